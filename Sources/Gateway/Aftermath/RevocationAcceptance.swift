import Cryptography
import JSON
import Registry
import Screening
import VerdictStore

/// The revocations that a worker hands in with an advisory verdict, checked before anything is logged.
///
/// A verdict key may revoke any single verdict; here it takes back only what the gateway offered with the job: statements
/// about this very subject on which bytes were served.
struct RevocationAcceptance: Sendable {
    /// Why a worker's revocations are not taken; nothing of its answer is logged then.
    enum Refusal: Error, Sendable {
        /// The worker's own fault: a sentence for its log.
        case unacceptable(String)
        /// The log cannot be asked now.
        case unknown(AdvisoryReviewError)
    }

    let subject: AdvisorySubject
    let past: AdvisoryPast?
    let reads: LogReads

    /// A revocation and the statement that it takes back.
    struct Accepted: Sendable {
        let envelope: Envelope
        let target: StatementID
    }

    /// Reads and checks what `complete` carried.
    ///
    /// A target that was revoked meanwhile is accepted: a worker that got no answer hands in the same again.
    func accept(_ value: JSONValue?, with verdict: Envelope) async throws(Refusal) -> [Accepted] {
        guard let value, value != .null else { return [] }
        guard let leaves = value.arrayValue, leaves.count <= AdvisoryReview.maxStatements else {
            throw .unacceptable("revocations is no list of at most \(AdvisoryReview.maxStatements) statements")
        }
        var accepted: [Accepted] = []
        for leaf in leaves {
            let revocation = try read(leaf, signedAs: verdict)
            guard !accepted.contains(where: { $0.target == revocation.target }) else {
                throw .unacceptable("\(revocation.target) is revoked twice")
            }
            try await check(revocation.target)
            accepted.append(revocation)
        }
        return accepted
    }

    private func read(_ leaf: JSONValue, signedAs verdict: Envelope) throws(Refusal) -> Accepted {
        guard let text = leaf.stringValue else { throw .unacceptable("a revocation is no text") }
        let signed: SignedLeaf
        do throws(StatementError) { signed = try SignedLeaf(parsing: text) } catch {
            throw .unacceptable("a revocation cannot be read: \(error)")
        }
        guard case .revocation(let revocation) = signed.statement, case .statement(let target) = revocation.target
        else {
            throw .unacceptable("with a verdict come revocations of single statements, and nothing else")
        }
        guard signed.envelope.signatures.map(\.keyID) == verdict.signatures.map(\.keyID) else {
            throw .unacceptable("the revocation of \(target) is not signed by the key that signed the verdict")
        }
        return Accepted(envelope: signed.envelope, target: target)
    }

    private func check(_ target: StatementID) async throws(Refusal) {
        if let past, past.relied.contains(where: { $0.standing.statement == target }) { return }
        // Not among what stands: either it was offered and is revoked by now, or it never was.
        let verdict: VerdictStatement?
        do throws(LogReads.Failure) {
            verdict = try await reads.run { (reader) throws(LogError) in try reader.verdict(named: target) }
        } catch {
            throw .unknown(AdvisoryReviewError(reason: "\(error)"))
        }
        guard let verdict, verdict.analyzer.id == .advisory, verdict.subject.sha512 == subject.sha512,
            verdict.appliesTo == .coordinates([subject.purl]), verdict.verdict != .malicious,
            let past, past.served.accesses > 0,
            !past.said.contains(where: { $0.standing.statement == target })
        else {
            throw .unacceptable("\(target) was not offered with the job: it may not be taken back with it")
        }
    }
}

extension LogReader {
    /// The verdict with an identifier; nil when there is none or it names something else.
    func verdict(named id: StatementID) throws(LogError) -> VerdictStatement? {
        do throws(LogError) {
            guard case .verdict(let verdict) = try statement(withPrefix: id.hex).logged.statement else { return nil }
            return verdict
        } catch {
            guard case .noSuchStatement = error else { throw error }
            return nil
        }
    }
}
