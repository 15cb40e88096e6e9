import Cryptography
import Platform
import Registry
import Screening

/// Checks a ruling against everything that the log knew before it. Pure.
///
/// The log's sequencer checks keys and sequence again, in its own turn; what is asked here besides is whether the ruling
/// can mean anything at this gateway.
struct DispositionCheck: Sendable {
    let keyring: Keyring
    /// Keys that a revocation took back, whatever the keyring says.
    let isRevokedKey: @Sendable (KeyID) -> Bool
    /// The statements about the bytes: of our own log, and those that were taken over from others.
    let statements: Set<StatementID>
    /// Those of our log that are rulings.
    let rulings: Set<StatementID>
    let lastSequence: UInt64
    /// Whether the bytes are in the artifact store.
    let areBytesHere: Bool
    let now: Timestamp

    /// - Throws: `DispositionRefusal`, the first reason against it.
    func check(_ envelope: Envelope, _ ruling: DispositionStatement) throws(DispositionRefusal) {
        let signer = envelope.signatures[0].keyID
        let holder = try checkKey(signer, ruling)
        do throws(StatementError) {
            _ = try VerifiedEnvelope.verify(envelope, with: keyring)
        } catch .badSignature(let key) {
            throw .badSignature(key)
        } catch {
            throw .notAuthorized(error)
        }
        guard ruling.sequence > lastSequence else {
            throw .replayed(signer, holder: holder, found: ruling.sequence, last: lastSequence)
        }
        guard ruling.sequence == lastSequence + 1 else {
            throw .skipped(signer, holder: holder, found: ruling.sequence, expected: lastSequence + 1)
        }
        if let end = ruling.expiresAt, end <= now || end <= ruling.createdAt {
            throw .expiredAtBirth(signer, end: end, now: now)
        }
        if let predecessor = ruling.supersedes, !rulings.contains(predecessor) {
            throw .unknownPredecessor(signer, predecessor)
        }
        if let stranger = ruling.inViewOf.first(where: { !statements.contains($0) }) {
            throw .unknownStatement(signer, stranger)
        }
        // Refusing bytes beforehand needs no look at them.
        if ruling.decision == .allow, statements.isEmpty, !areBytesHere {
            throw .unseenBytes(signer, ruling.subject.sha512)
        }
    }

    /// - Returns: whose key it is.
    private func checkKey(_ id: KeyID, _ ruling: DispositionStatement) throws(DispositionRefusal) -> String {
        guard let entry = keyring.key(id) else { throw .unknownKey(id) }
        guard entry.role == .operator_, let holder = entry.holder else { throw .notAnOperatorKey(id, entry.role) }
        guard keyring.isValidNow(id), !isRevokedKey(id) else {
            let isRevoked = entry.isRevoked || isRevokedKey(id)
            throw .endedKey(id, holder: holder, isRevoked: isRevoked, from: entry.invalidFrom)
        }
        guard holder.utf8.elementsEqual(ruling.actor.utf8) else {
            throw .anotherHolder(id, holder: holder, actor: ruling.actor)
        }
        let asked = ruling.scope.registries
        if let allowed = entry.scope.registries, asked.isEmpty || !asked.allSatisfy(allowed.contains) {
            throw .outOfScope(id, holder: holder, allowed: allowed, asked: asked)
        }
        return holder
    }
}
