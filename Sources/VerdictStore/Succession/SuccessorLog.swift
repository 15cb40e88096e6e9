import Cryptography
import Platform
import Screening
import TransparencyLog

/// Writes the log that continues another one into a file of its own.
///
/// In order: a key event for every key, the statement that says whom it continues, every statement that counts, and the
/// end of keys that had ended. Leaves are taken over unchanged; only revocations by root keys that no longer reach the
/// number of signatures needed now are signed again, with the same payload and so under the same identifier.
struct SuccessorLog {
    let plan: SuccessionPlan
    let signer: CheckpointSigner
    let rootKeys: [Ed25519SigningKey]
    let reason: String
    let now: Timestamp
    let progress: (_ entries: UInt64, _ of: UInt64) -> Void

    /// Writes everything; durable and closed when this returns.
    ///
    /// - Returns: the log's first checkpoint that covers all of it.
    /// - Throws: `LogError`.
    func write(to path: String, from reader: LogReader) throws(LogError) -> StoredCheckpoint {
        let connection = try VerdictLogGenesis.createDatabase(at: path, origin: signer.origin)
        let sequencer = Sequencer(
            continuing: LogTip(), checkpoint: StoredCheckpoint(size: 0, frontier: [], note: ""),
            database: try inLog { () throws(DatabaseError) in try SQLiteLogDatabase(restricting: connection) },
            signer: signer, knowledge: KnowledgeIndex(), onDoubt: { _ in })
        try append(try beginning(), to: sequencer)
        var group: [Envelope] = []
        var done: UInt64 = 0
        try plan.forEachCarried(in: reader) { (entry, envelope) throws(LogError) in
            group.append(try carried(entry, envelope, into: sequencer))
            guard group.count == Sequencer.maxGroup else { return }
            try append(group, to: sequencer)
            done += UInt64(group.count)
            progress(done, plan.carried)
            group = []
        }
        try append(group, to: sequencer)
        for key in plan.keys where key.isEnded {
            let kind: KeyEventKind = key.entry.isRevoked ? .revoke : .retire
            try append([try sign(event(kind, key.entry, at: sequencer.tip.size))], to: sequencer)
        }
        return sequencer.checkpoint
    }

    private func append(_ group: [Envelope], to sequencer: Sequencer) throws(LogError) {
        for start in stride(from: 0, to: group.count, by: Sequencer.maxGroup) {
            let first = sequencer.tip.size
            let part = Array(group[start..<min(start + Sequencer.maxGroup, group.count)])
            for (offset, outcome) in sequencer.commit(part).enumerated() {
                // Every one has its own place: nothing may be taken for something that is there already.
                guard try outcome.get().logIndex == first + UInt64(offset) else {
                    throw .noSuccession(reason: "a statement of the old log is there twice")
                }
            }
        }
    }

    /// The leaf as it is, where the new log's keys say that it is good.
    private func carried(
        _ entry: LogEntry, _ envelope: Envelope, into sequencer: Sequencer
    ) throws(LogError) -> Envelope {
        guard case .revocation = entry.logged.statement, plan.keyring.key(entry.logged.signer)?.role == .root,
            (try? VerifiedEnvelope.verify(envelope, with: sequencer.tip.keyring)) == nil
        else { return envelope }
        return try sign(entry.logged.statement)
    }

    // MARK: Statements

    /// The keys, and whom this log continues. The log keys come right after the root keys, since the first checkpoint
    /// must cover the event that introduces its signer.
    private func beginning() throws(LogError) -> [Envelope] {
        var events = try rootEvents()
        let (log, others) = (plan.keys.filter { $0.entry.role == .log }, plan.keys.filter { $0.entry.role != .log })
        for key in log + others { events.append(try sign(event(.add, key.entry))) }
        return events + [try sign(.logSuccession(begins))]
    }

    /// The first root key introduces itself; together with the others it introduces the rest, and the last event says
    /// how many must sign from then on.
    private func rootEvents() throws(LogError) -> [Envelope] {
        var events: [Envelope] = []
        guard let first = rootKeys.first(where: { $0.publicKey == plan.roots.first?.publicKey }) else {
            throw .noSuccession(reason: "no root key signs it")
        }
        for (number, entry) in plan.roots.enumerated() {
            let isLast = number == plan.roots.count - 1
            let threshold = isLast && plan.requiredRootSignatures > 1 ? plan.requiredRootSignatures : nil
            let statement = KeyEventStatement(
                event: .add, publicKey: entry.publicKey, role: .root, scope: .standard(for: .root), reason: takenOver,
                threshold: threshold)
            events.append(try sign(.keyEvent(statement), with: [first]))
        }
        return events
    }

    private func event(_ kind: KeyEventKind, _ entry: KeyringEntry, at index: UInt64? = nil) -> Statement {
        .keyEvent(
            KeyEventStatement(
                event: kind, publicKey: entry.publicKey, role: entry.role, holder: entry.holder, scope: entry.scope,
                invalidFromIndex: index, reason: takenOver))
    }

    private var takenOver: String { "taken over from \(plan.origin)" }

    private var begins: LogSuccessionStatement {
        LogSuccessionStatement(
            event: .begins, origin: plan.origin, logKey: plan.logKey, treeSize: plan.size, root: plan.root,
            reason: reason, createdAt: now)
    }

    private func sign(_ statement: Statement) throws(LogError) -> Envelope {
        try sign(statement, with: rootKeys)
    }

    private func sign(_ statement: Statement, with keys: [Ed25519SigningKey]) throws(LogError) -> Envelope {
        do throws(StatementError) {
            return try Envelope.signing(statement, withAll: keys)
        } catch {
            throw .refused(error)
        }
    }
}
