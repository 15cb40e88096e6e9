import Cryptography
import Platform
import Screening
import TransparencyLog

/// Checks a whole log, trusting nothing but the signatures: product and test oracle alike.
///
/// 1. The database's tables and triggers are those that we make.
/// 2. Every entry is there, in canonical form, signed by a key that was good for it at that place.
/// 3. Tiles and statement index are what the entries say, no more and no less.
/// 4. Every checkpoint is signed by a log key over exactly the root and frontier of its size, and the last one covers
///    every entry.
/// 5. The anchor has seen no longer and no other history.
///
/// On what verdicts about differences stand is looked up afterwards, by `LogReader`: it is reported, not thrown.
struct LogVerifier {
    let log: StoredLog
    let anchor: LogAnchor
    /// What the anchor held before the log's state was fixed; read later, it could be ahead of that.
    let kept: SignedNote?
    let progress: @Sendable (_ entries: UInt64, _ of: UInt64) -> Void
    /// How many threads share the work; 0 does everything on the caller's, in log order.
    var threads = Processors.available

    /// What is counted and compared while the entries go by.
    fileprivate struct Findings {
        var signatures: UInt64 = 0
        var dispositions: UInt64 = 0
        var operatorKeys: Set<KeyID> = []
        var checkpoints: UInt64 = 0
        /// The log keys as of the last entry; nil after an entry that may have changed them.
        var verifiers: [NoteVerifier]?
        var lastSigned: UInt64 = 0
        var frontierAtAnchor: MerkleFrontier?
        var chained: [ChainedVerdict] = []
    }

    /// - Returns: what holds, and the verdicts that stand on others, for whoever can look up on what.
    func run() throws(LogError) -> (LogVerification, chained: [ChainedVerdict]) {
        let begin = ContinuousClock.now
        if let object = try inLog({ () throws(DatabaseError) in
            try VerdictLogSchema.firstDifference(in: log.connection)
        }) {
            throw .damaged(.schema(object: object))
        }
        let anchoredSize = try kept.map { (note) throws(LogError) in try anchor.size(of: note) }
        var findings = Findings()
        let replay = LogReplay(
            connection: log.connection, checksSignatures: true, origin: log.origin, threads: threads,
            progress: progress)
        let tip = try replay.run { (entry, tip) throws(LogError) in
            // The statement index must say exactly what the entry says: people search by it.
            guard try inLog({ () throws(DatabaseError) in try entry.isIndexed.get() }) else {
                throw .damaged(.statementRow(index: entry.logged.logIndex))
            }
            if tip.size == anchoredSize { findings.frontierAtAnchor = tip.frontier }
            findings.count(entry)
            try checkCheckpoint(of: entry, at: tip, &findings)
        }
        try checkEnd(tip, findings)
        try checkAnchor(tip, findings)
        let verification = LogVerification(
            origin: log.origin, entries: tip.size, signatures: findings.signatures,
            dispositions: findings.dispositions, operatorKeys: findings.operatorKeys.count,
            checkpoints: findings.checkpoints, root: tip.root, anchoredSize: anchoredSize,
            duration: begin.duration(to: .now))
        return (verification, findings.chained)
    }

    private func checkCheckpoint(
        of entry: ReplayedEntry, at tip: LogTip, _ findings: inout Findings
    ) throws(LogError) {
        if case .keyEvent = entry.logged.statement { findings.verifiers = nil }
        guard let next = entry.checkpoint else { return }
        // A log key signs only after the event that added it, so the keys as of this entry are all that count.
        if findings.verifiers == nil { findings.verifiers = try log.verifiers(in: tip.keyring) }
        let verifiers = findings.verifiers ?? []
        guard !verifiers.isEmpty else {
            throw .damaged(.checkpoint(size: tip.size, reason: "there is no log key yet"))
        }
        try log.check(next, of: tip.frontier, verifiers: verifiers)
        findings.lastSigned = tip.size
        findings.checkpoints += 1
        findings.signatures += 1
    }

    private func checkEnd(_ tip: LogTip, _ findings: Findings) throws(LogError) {
        guard findings.lastSigned > 0 else { throw .damaged(.noCheckpoint) }
        guard findings.lastSigned == tip.size else {
            throw .damaged(.unsignedEntries(from: findings.lastSigned, to: tip.size - 1))
        }
        // The newest head must be by a key that is still good after its last entry; others prove nothing any more.
        guard let newest = try log.lastCheckpoint() else { throw .damaged(.noCheckpoint) }
        try log.check(newest, of: tip.frontier, verifiers: try log.verifiers(in: tip.keyring, onlyGood: true))
        guard try log.checkpoints(after: tip.size, limit: 1).isEmpty else {
            throw .damaged(.missingEntry(index: tip.size))
        }
        let rows = try inLog { () throws(DatabaseError) in
            try log.connection.first("SELECT count(*) FROM statements") { (row) throws(DatabaseError) in
                try row.index(0)
            }
        }
        guard rows == tip.size else { throw .damaged(.surplusRows(table: "statements")) }
    }

    private func checkAnchor(_ tip: LogTip, _ findings: Findings) throws(LogError) {
        guard let kept else { return }
        let seen = try anchor.checkpoint(in: kept, verifiers: try log.verifiers(in: tip.keyring))
        try anchor.compare(seen, logSize: tip.size, frontierThere: findings.frontierAtAnchor)
    }
}

extension LogVerifier.Findings {
    fileprivate mutating func count(_ entry: ReplayedEntry) {
        signatures += UInt64(entry.envelope.signatures.count)
        if let verdict = ChainedVerdict(entry.logged) { chained.append(verdict) }
        if case .disposition = entry.logged.statement {
            dispositions += 1
            operatorKeys.insert(entry.logged.signer)
        }
    }
}
