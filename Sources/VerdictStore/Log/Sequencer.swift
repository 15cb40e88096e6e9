import Cryptography
import Screening
import TransparencyLog

/// What the sequencer found about one submitted statement.
enum Admission {
    /// It is, or will be, the entry of this group at that place.
    case entry(LoggedStatement)
    /// The log has it already.
    case known(LoggedStatement)
}

/// Puts statements in order: the only writer of the log, confined to one thread.
///
/// Either a group of statements is in the log with a signed checkpoint over them and everybody was told so, or it is
/// not and nobody was. The argument is `commit(_:)`, read from top to bottom.
final class Sequencer {
    /// The most entries that share one commit.
    static let maxGroup = 256

    /// The end of what is durable.
    private(set) var tip: LogTip
    private(set) var checkpoint: StoredCheckpoint
    private let database: any LogDatabase
    private var signer: CheckpointSigner
    private let knowledge: KnowledgeIndex
    private let onDoubt: @Sendable (String) -> Void
    private var endReason: String?

    /// Whether the log stopped because what is on the disk is unknown.
    var isEnded: Bool { endReason != nil }

    /// - Parameters:
    ///   - tip: the end of the log as re-hashed and compared with `checkpoint`.
    ///   - knowledge: holds exactly the entries below `tip`.
    ///   - onDoubt: ends the process. Should it return, as in tests, the sequencer refuses everything from then on.
    init(
        continuing tip: LogTip, checkpoint: StoredCheckpoint, database: any LogDatabase, signer: CheckpointSigner,
        knowledge: KnowledgeIndex, onDoubt: @escaping @Sendable (String) -> Void
    ) {
        self.tip = tip
        self.checkpoint = checkpoint
        self.database = database
        self.signer = signer
        self.knowledge = knowledge
        self.onDoubt = onDoubt
    }

    /// Appends a group of at most `maxGroup` statements and answers each; durable when this returns.
    ///
    /// ✝ marks what a crash (or a lost power) leaves at that point.
    func commit(_ group: [PendingStatement]) -> [Result<LoggedStatement, LogError>] {
        if let endReason { return group.map { _ in .failure(.ended(reason: endReason)) } }

        // 1. Judge every statement and extend a copy of the tip, in memory. ✝ Nothing has happened.
        // No draft is ever without a key at hand that may sign it: an event that would end the last one is refused.
        var draft = LogDraft(after: tip, signer: signer)
        let admissions = group.map { admit($0, to: &draft) }
        if draft.entries.isEmpty { return admissions.map { $0.map(\.logged) } }

        // 2. Sign the tree that will be. The signature leaves this function only after it is true.
        let next = signer.sign(draft.tip)

        // 3. Write entries, index, tiles and checkpoint as one transaction. ✝ Without the commit record the write-ahead
        // log is ignored at the next start: none of it happened, and no waiter was told that it did.
        do throws(DatabaseError) {
            try database.begin()
            for entry in draft.entries { try database.insert(entry) }
            for tile in draft.tiles { try database.insert(tile) }
            try database.insert(next)
        } catch {
            return abandon(admissions, because: error)
        }

        // 4. The one moment that decides. When COMMIT fails, the record may be on the disk or not, and a failed
        // synchronisation cannot be asked again. No answer would be safe: "failed" may be false, "logged" may be
        // false, and the next checkpoint might fork the tree. So the process ends, and the next start reads what is
        // there. ✝ Either all of the group is there or nothing; its senders ask again and get the same places.
        do throws(DatabaseError) {
            try database.commit()
        } catch {
            return end("a commit is in doubt: \(error)", count: group.count)
        }

        // 5. It is true now: let memory follow. ✝ The next start rebuilds all of this from the entries.
        tip = draft.tip
        checkpoint = next
        knowledge.add(draft.entries.map(\.logged), keyring: tip.keyring)

        // 6. Only now may anybody hear of it: the caller releases the waiters with what is returned here.
        return admissions.map { $0.map(\.logged) }
    }

    /// Signs with these keys from the next group on.
    ///
    /// - Throws: `LogError.notTheLogKey` when none of them is good now; the keys in use then stay.
    func use(_ next: CheckpointSigner) throws(LogError) {
        try next.checkCanSign(tip.keyring)
        signer = next
    }

    /// Moves committed pages into the database file. Called between groups.
    func walCheckpoint() {
        guard endReason == nil else { return }
        do throws(DatabaseError) {
            try database.walCheckpoint()
        } catch {
            // The pages that failed to reach the device cannot be told from those that did.
            _ = end("the database file cannot be synchronised: \(error)", count: 0)
        }
    }

    /// Decides about one statement, against the log and the entries of the draft before it.
    private func admit(_ pending: PendingStatement, to draft: inout LogDraft) -> Result<Admission, LogError> {
        do throws(LogError) {
            let place = try place(of: pending.identity, in: draft)
            // The very same entry was verified when it entered, by the keys of that time.
            if let place, place.leaf == pending.leaf { return .success(.known(known(pending, at: place))) }
            let verified: VerifiedEnvelope
            do throws(StatementError) {
                verified = try VerifiedEnvelope.verify(pending.examined, with: draft.tip.keyring)
            } catch {
                throw .refused(error)
            }
            // The same statement in another envelope, such as a key event with one more signature.
            if let place { return .success(.known(known(pending, at: place))) }
            if let successor = draft.tip.successor { throw .succeeded(by: successor) }
            try checkSequence(of: verified, in: draft)
            return .success(.entry(try draft.append(pending)))
        } catch {
            return .failure(error)
        }
    }

    /// The entry that a statement has already.
    private func known(_ pending: PendingStatement, at place: (logIndex: UInt64, leaf: [UInt8])) -> LoggedStatement {
        LoggedStatement(pending, logIndex: place.logIndex, leafHash: MerkleTree.leafHash(place.leaf))
    }

    private func place(
        of identity: StatementIdentity, in draft: LogDraft
    ) throws(LogError) -> (logIndex: UInt64, leaf: [UInt8])? {
        if let entry = draft.entry(of: identity) { return (logIndex: entry.logged.logIndex, leaf: entry.leaf) }
        do throws(DatabaseError) {
            return try database.entry(of: identity.statement, signer: identity.signer)
        } catch {
            throw .database(error)
        }
    }

    /// A disposition must be the next of its signer about its subject, so that none is replayed or lost in between.
    private func checkSequence(of verified: VerifiedEnvelope, in draft: LogDraft) throws(LogError) {
        guard case .disposition(let disposition) = verified.statement else { return }
        let subject = disposition.subject.sha512
        let inDraft = draft.entries.last { entry in
            guard case .disposition(let earlier) = entry.logged.statement else { return false }
            return entry.logged.signer == verified.signer && earlier.subject.sha512 == subject
        }
        var last = knowledge.lastSequence(of: verified.signer, about: subject)
        if case .disposition(let earlier)? = inDraft?.logged.statement { last = earlier.sequence }
        guard disposition.sequence == last + 1 else {
            throw .wrongSequence(expected: last + 1, found: disposition.sequence)
        }
    }

    /// Takes back a transaction that has not been committed, and tells everybody in it.
    private func abandon(
        _ admissions: [Result<Admission, LogError>], because error: DatabaseError
    ) -> [Result<LoggedStatement, LogError>] {
        switch error.kind {
        case .inputOutput, .corrupt:
            return end("the disk failed while writing: \(error)", count: admissions.count)
        case .constraint, .denied, .busy, .full, .inaccessible, .unexpectedRow, .other:
            break
        }
        do throws(DatabaseError) {
            try database.rollBack()
        } catch {
            return end("a transaction cannot be taken back: \(error)", count: admissions.count)
        }
        return admissions.map { admission in
            admission.flatMap { (admission) -> Result<LoggedStatement, LogError> in
                switch admission {
                case .entry: .failure(.database(error))
                // What the log had before this group, it still has; a duplicate within the group is not logged.
                case .known(let logged): logged.logIndex < tip.size ? .success(logged) : .failure(.database(error))
                }
            }
        }
    }

    private func end(_ reason: String, count: Int) -> [Result<LoggedStatement, LogError>] {
        endReason = reason
        onDoubt(reason)
        return Array(repeating: .failure(.ended(reason: reason)), count: count)
    }
}

/// The log as it would be with the entries of one group.
private struct LogDraft {
    private(set) var tip: LogTip
    private(set) var entries: [PendingEntry] = []
    private(set) var tiles: [FullTile] = []
    private let signer: CheckpointSigner
    private var positions: [StatementIdentity: Int] = [:]

    init(after tip: LogTip, signer: CheckpointSigner) {
        self.tip = tip
        self.signer = signer
        entries.reserveCapacity(Sequencer.maxGroup)
    }

    /// The entry of this group that is that statement.
    func entry(of identity: StatementIdentity) -> PendingEntry? { positions[identity].map { entries[$0] } }

    mutating func append(_ pending: PendingStatement) throws(LogError) -> LoggedStatement {
        let logged = LoggedStatement(pending, logIndex: tip.size, leafHash: pending.leafHash)
        do throws(StatementError) {
            let signers = logged.signers
            if case .keyEvent(let event) = logged.statement { try checkSigners(after: event, by: signers) }
            tiles += try tip.append(logged.statement, signers: signers, leafHash: logged.leafHash)
        } catch {
            throw .refused(error)
        }
        positions[pending.identity] = entries.count
        entries.append(PendingEntry(logged: logged, leaf: pending.leaf))
        return logged
    }

    /// A log that nobody here may sign any more could not even record who may.
    private func checkSigners(after event: KeyEventStatement, by signers: [KeyID]) throws(StatementError) {
        var keyring = tip.keyring
        try keyring.apply(event, at: tip.size, signedBy: signers)
        guard signer.canSign(tip.keyring), !signer.canSign(keyring) else { return }
        throw .keyEventRefused(
            event.publicKey.keyID,
            reason: "no good log key would be left here to sign with; rotate the log key first")
    }
}

extension Admission {
    fileprivate var logged: LoggedStatement {
        switch self {
        case .entry(let logged), .known(let logged): logged
        }
    }
}

extension LoggedStatement {
    fileprivate init(_ pending: PendingStatement, logIndex: UInt64, leafHash: SHA256Digest) {
        self.init(
            logIndex: logIndex, statementID: pending.identity.statement, statement: pending.examined.statement,
            signer: pending.identity.signer, leafHash: leafHash,
            cosigners: pending.envelope.signatures.dropFirst().map(\.keyID))
    }
}
