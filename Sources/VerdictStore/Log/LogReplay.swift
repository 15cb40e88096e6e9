import Cryptography
import Platform
import Screening
import TransparencyLog

/// An entry that was read, hashed and (when asked for) verified while the log was walked.
struct ReplayedEntry {
    let logged: LoggedStatement
    let envelope: Envelope
    /// Whether the statement index says the same; only where it was read along.
    let isIndexed: Result<Bool, DatabaseError>
    /// The checkpoint that was signed right after this entry, when there is one and checkpoints were read along.
    let checkpoint: ExaminedCheckpoint?
}

/// Walks the log from its first entry, re-hashing everything: what start-up and `verify` have in common.
///
/// It believes the leaves and nothing derived from them: the tree, the tiles and the keys are computed anew. Pages are
/// read in order, examined on all processors, and replayed in order; what is found, and what is found first, does not
/// depend on the number of threads.
struct LogReplay {
    /// Entries read at once.
    private static let pageEntries: UInt64 = 256
    /// Entries of the first page, which is examined with no key known: it brings the first keys.
    private static let firstPageEntries: UInt64 = 16
    /// Pages between reading and replaying, for each thread: what bounds the memory.
    private static let pagesPerThread = 4

    let connection: Connection
    /// Whether every signature is checked too. Start-up does not: the root, which a log key signed over entries that
    /// were verified when they entered, vouches for them.
    let checksSignatures: Bool
    /// The log's name, for checking checkpoints; nil when these and the statement index are not read along.
    var origin: String?
    /// How many threads examine pages; 0 does it on the caller's.
    var threads = Processors.available
    /// Called after each page with the number of entries walked and of all.
    let progress: (_ entries: UInt64, _ of: UInt64) -> Void

    /// How many entries the database has.
    func entryCount() throws(LogError) -> UInt64 {
        try inLog { () throws(DatabaseError) in
            try connection.first("SELECT coalesce(max(logIndex) + 1, 0) FROM entries") { (row) throws(DatabaseError) in
                try row.index(0)
            } ?? 0
        }
    }

    /// Walks all entries, handing over each together with the tip after it.
    ///
    /// - Parameter visit: gets the entries in order; may throw to stop.
    /// - Returns: the tip after the last entry.
    /// - Throws: `LogError.damaged` at the first entry or tile that does not hold.
    func run(visit: (ReplayedEntry, LogTip) throws(LogError) -> Void) throws(LogError) -> LogTip {
        let count = try entryCount()
        let pages = LogPages(connection: connection, isComplete: origin != nil)
        var tip = LogTip()
        let first = pages.page(from: 0, count: LogReplay.firstPageEntries)
        try replay(try examination(after: tip).examine(first), onto: &tip, visit)
        if tip.size > 0 { progress(tip.size, count) }
        guard threads > 0 else {
            while tip.size < count {
                let page = pages.page(from: tip.size, count: LogReplay.pageEntries)
                try replay(try examination(after: tip).examine(page), onto: &tip, visit)
                progress(tip.size, count)
            }
            try checkTileCounts(of: tip)
            return tip
        }
        let work = OrderedWork<ExaminedPage>(name: "log-replay", threads: threads)
        var read = tip.size
        while tip.size < count {
            while read < count, work.underWay < threads * LogReplay.pagesPerThread {
                let page = pages.page(from: read, count: LogReplay.pageEntries)
                // A page that is short is the last that is replayed: it ends in a failure or a missing entry.
                read = page.rows.count == LogReplay.pageEntries ? read + LogReplay.pageEntries : count
                let examination = try examination(after: tip)
                work.add { examination.examine(page) }
            }
            guard work.underWay > 0 else { throw .damaged(.missingEntry(index: tip.size)) }
            try replay(work.next(), onto: &tip, visit)
            progress(tip.size, count)
        }
        try checkTileCounts(of: tip)
        return tip
    }

    private func examination(after tip: LogTip) throws(LogError) -> LogExamination {
        var verifiers: [NoteVerifier] = []
        if let origin {
            verifiers = try StoredLog(recognised: connection, origin: origin).verifiers(in: tip.keyring)
        }
        return LogExamination(keyring: tip.keyring, verifiers: verifiers, checksSignatures: checksSignatures)
    }

    private func replay(
        _ page: ExaminedPage, onto tip: inout LogTip, _ visit: (ReplayedEntry, LogTip) throws(LogError) -> Void
    ) throws(LogError) {
        var checkpoints = page.checkpoints[...]
        for examined in page.entries {
            guard examined.logIndex == tip.size else { throw .damaged(.missingEntry(index: tip.size)) }
            let isSigned = checkpoints.first?.stored.size == tip.size + 1
            let entry = try replay(examined, checkpoint: isSigned ? checkpoints.removeFirst() : nil, onto: &tip)
            try visit(entry, tip)
        }
        if let failure = page.failure { throw failure }
        if page.entries.isEmpty, tip.size < (try entryCount()) { throw .damaged(.missingEntry(index: tip.size)) }
    }

    private func replay(
        _ examined: ExaminedEntry, checkpoint: ExaminedCheckpoint?, onto tip: inout LogTip
    ) throws(LogError) -> ReplayedEntry {
        guard examined.hasRightHash else { throw .damaged(.leafHash(index: examined.logIndex)) }
        let tiles: [FullTile]
        let entry: ReplayedEntry
        do throws(StatementError) {
            let content = try examined.envelope.get()
            if checksSignatures {
                _ = try VerifiedEnvelope.verify(content, with: tip.keyring, at: examined.logIndex)
            }
            let logged = LoggedStatement(
                logIndex: examined.logIndex, statementID: content.statementID, statement: content.statement,
                signer: content.envelope.signatures[0].keyID, leafHash: examined.leafHash,
                cosigners: content.envelope.signatures.dropFirst().map(\.keyID))
            entry = ReplayedEntry(
                logged: logged, envelope: content.envelope, isIndexed: examined.isIndexed, checkpoint: checkpoint)
            tiles = try tip.append(
                content.statement, signers: content.envelope.signatures.map(\.keyID), leafHash: examined.leafHash)
        } catch {
            throw .damaged(.entry(index: examined.logIndex, reason: "\(error)"))
        }
        for tile in tiles where try storedTile(tile.level, tile.index) != tile.hashes.joinedBytes {
            throw .damaged(.tile(level: tile.level, index: tile.index))
        }
        return entry
    }

    private func storedTile(_ level: Int, _ index: UInt64) throws(LogError) -> [UInt8]? {
        try inLog { () throws(DatabaseError) in
            try connection.first(
                "SELECT hashes FROM tiles WHERE level = ? AND tileIndex = ?", .integer(Int64(level)), .index(index)
            ) { (row) throws(DatabaseError) in try row.blob(0) }
        }
    }

    private func checkTileCounts(of tip: LogTip) throws(LogError) {
        let expected = (0..<8).reduce(UInt64(0)) { $0 + tip.size >> UInt64(8 * ($1 + 1)) }
        let stored = try inLog { () throws(DatabaseError) in
            try connection.first("SELECT count(*) FROM tiles") { (row) throws(DatabaseError) in try row.index(0) }
        }
        guard stored == expected else { throw .damaged(.surplusRows(table: "tiles")) }
    }
}

/// Runs database work as part of the log.
func inLog<Outcome>(_ body: () throws(DatabaseError) -> Outcome) throws(LogError) -> Outcome {
    do throws(DatabaseError) { return try body() } catch { throw .database(error) }
}
