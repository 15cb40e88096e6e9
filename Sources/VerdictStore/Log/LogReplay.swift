import Cryptography
import Screening
import TransparencyLog

/// One stored entry, as the database has it.
struct EntryRow {
    let logIndex: UInt64
    let leaf: [UInt8]
    let leafHash: SHA256Digest
}

/// An entry that was read, hashed and (when asked for) verified while the log was walked.
struct ReplayedEntry {
    let logged: LoggedStatement
    let envelope: Envelope
}

/// Walks the log from its first entry, re-hashing everything: what start-up and `verify` have in common.
///
/// It believes the leaves and nothing derived from them: the tree, the tiles and the keys are computed anew.
struct LogReplay {
    /// Entries read at once.
    private static let pageEntries: UInt64 = 512

    let connection: Connection
    /// Whether every signature is checked too. Start-up does not: the root, which a log key signed over entries that
    /// were verified when they entered, vouches for them.
    let checksSignatures: Bool
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
        var tip = LogTip()
        while tip.size < count {
            let rows = try page(from: tip.size)
            guard !rows.isEmpty else { throw .damaged(.missingEntry(index: tip.size)) }
            for row in rows {
                guard row.logIndex == tip.size else { throw .damaged(.missingEntry(index: tip.size)) }
                let entry = try replay(row, onto: &tip)
                try visit(entry, tip)
            }
            progress(tip.size, count)
        }
        try checkTileCounts(of: tip)
        return tip
    }

    private func replay(_ row: EntryRow, onto tip: inout LogTip) throws(LogError) -> ReplayedEntry {
        let leafHash = MerkleTree.leafHash(row.leaf)
        guard leafHash == row.leafHash else { throw .damaged(.leafHash(index: row.logIndex)) }
        let tiles: [FullTile]
        let entry: ReplayedEntry
        do throws(StatementError) {
            let envelope = try Envelope(parsingLeaf: row.leaf)
            entry = ReplayedEntry(logged: try read(envelope, row, leafHash, keyring: tip.keyring), envelope: envelope)
            tiles = try tip.append(
                entry.logged.statement, signers: envelope.signatures.map(\.keyID), leafHash: leafHash)
        } catch {
            throw .damaged(.entry(index: row.logIndex, reason: "\(error)"))
        }
        for tile in tiles where try storedTile(tile.level, tile.index) != tile.hashes.joinedBytes {
            throw .damaged(.tile(level: tile.level, index: tile.index))
        }
        return entry
    }

    private func read(
        _ envelope: Envelope, _ row: EntryRow, _ leafHash: SHA256Digest, keyring: Keyring
    ) throws(StatementError) -> LoggedStatement {
        if checksSignatures {
            let verified = try VerifiedEnvelope.verify(envelope, with: keyring, at: row.logIndex)
            return LoggedStatement(verified, logIndex: row.logIndex, leaf: row.leaf)
        }
        return LoggedStatement(
            logIndex: row.logIndex, statementID: envelope.statementID,
            statement: try Statement(parsingCanonical: envelope.payload), signer: envelope.signatures[0].keyID,
            leafHash: leafHash, cosigners: envelope.signatures.dropFirst().map(\.keyID))
    }

    private func page(from index: UInt64) throws(LogError) -> [EntryRow] {
        try inLog { () throws(DatabaseError) in
            try connection.rows(
                "SELECT logIndex, leaf, leafHash FROM entries WHERE logIndex >= ? ORDER BY logIndex LIMIT ?",
                .index(index), .index(LogReplay.pageEntries)
            ) { (row) throws(DatabaseError) in
                EntryRow(logIndex: try row.index(0), leaf: try row.blob(1), leafHash: try row.digest(2))
            }
        }
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
