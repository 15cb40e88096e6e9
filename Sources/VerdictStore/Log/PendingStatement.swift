import Cryptography
import Screening
import TransparencyLog

/// A statement on its way to the sequencer, with everything computed that does not need its place: the sender's
/// processors do that, so that the one thread that puts statements in order does little else.
struct PendingStatement: Sendable {
    let examined: ExaminedEnvelope
    let leaf: [UInt8]
    let leafHash: SHA256Digest

    var envelope: Envelope { examined.envelope }
    /// What makes a statement the same one: what it says and who says it.
    var identity: StatementIdentity {
        StatementIdentity(statement: examined.statementID, signer: envelope.signatures[0].keyID)
    }

    /// - Parameter keyring: the keys whose signatures are checked now; others are checked in the sequencer.
    /// - Throws: `LogError.refused` when the payload is not canonical.
    init(_ envelope: Envelope, keyring: Keyring = Keyring()) throws(LogError) {
        do throws(StatementError) {
            examined = try ExaminedEnvelope(envelope) { keyring.key($0)?.publicKey }
        } catch {
            throw .refused(error)
        }
        leaf = envelope.leafBytes
        leafHash = MerkleTree.leafHash(leaf)
    }
}

/// The log has a statement of a signer once.
struct StatementIdentity: Hashable {
    let statement: StatementID
    let signer: KeyID
}

extension Sequencer {
    /// Appends envelopes that nobody examined yet; answers as for examined ones.
    func commit(_ group: [Envelope]) -> [Result<LoggedStatement, LogError>] {
        let examined = group.map { (envelope) -> Result<PendingStatement, LogError> in
            do throws(LogError) { return .success(try PendingStatement(envelope)) } catch { return .failure(error) }
        }
        var answers = commit(examined.compactMap { try? $0.get() })[...]
        return examined.map { result in result.flatMap { _ in answers.removeFirst() } }
    }
}
