public import Cryptography
import Registry
import Screening
public import TransparencyLog

/// Writes a verdict bundle from the own log, line by line: a log of any length needs memory for its indices alone.
///
/// Deterministic: the same checkpoint and selection give the same bytes.
public struct BundleExport: Sendable {
    /// What was written.
    public struct Summary: Hashable, Sendable {
        public let origin: String
        public let treeSize: UInt64
        /// Entries in all.
        public let statements: UInt64
        public let counts: BundleCounts
        public let sizeBytes: UInt64
        /// Of the whole file.
        public let digest: SHA256Digest
    }

    private static let pageEntries: Int64 = 512

    private let reader: LogReader
    private let selection: BundleSelection
    private let sinceCheckpoint: UInt64?
    private let note: SignedNote?

    /// - Parameters:
    ///   - sinceCheckpoint: an earlier size that the bundle is to prove continuity with; by default the size that
    ///     `sinceIndex` of the selection means.
    ///   - note: a signed checkpoint of the log, for example one that witnesses cosigned; by default the newest one.
    public init(
        _ reader: LogReader, selection: BundleSelection = BundleSelection(), sinceCheckpoint: UInt64? = nil,
        note: SignedNote? = nil
    ) {
        self.reader = reader
        self.selection = selection
        self.sinceCheckpoint = sinceCheckpoint ?? selection.sinceIndex
        self.note = note
    }

    /// Writes the bundle. Blocks.
    ///
    /// - Parameters:
    ///   - sink: gets the bytes in order, some at a time.
    ///   - progress: called with entries looked at and of all.
    /// - Throws: `ExchangeFailure.log`; `.wrongEntries` when the earlier size is larger than the log; what `sink` throws.
    public func write(
        to sink: (_ bytes: [UInt8]) throws(ExchangeFailure) -> Void,
        progress: (_ entries: UInt64, _ of: UInt64) -> Void = { _, _ in }
    ) throws(ExchangeFailure) -> Summary {
        let (note, checkpoint) = try head()
        let consistency = try consistency(with: checkpoint)
        var output = BundleOutput()
        var indices: [UInt64] = []
        var counts = BundleCounts()
        var next: UInt64 = 0
        while true {
            let rows = try inOwnLog { () throws(LogError) in try page(from: next, below: checkpoint.size.value) }
            guard let last = rows.last else { break }
            for row in rows {
                counts.count(try statement(row))
                indices.append(row.index)
                try output.line(row.leaf, to: sink)
            }
            next = last.index + 1
            progress(next, checkpoint.size.value)
        }
        let header = BundleHeader(
            note: note, checkpoint: checkpoint, selection: selection, statements: UInt64(indices.count),
            consistency: consistency)
        try output.line(header.line, to: sink)
        let prover = InclusionProver(reader, size: checkpoint.size.value)
        for index in indices {
            let proof = try inOwnLog { () throws(LogError) in try prover.proof(of: index) }
            try output.line(BundleProof(index: proof.index, hashes: proof.hashes).line, to: sink)
        }
        let (size, digest) = try output.finish(sink)
        return Summary(
            origin: checkpoint.origin, treeSize: checkpoint.size.value, statements: UInt64(indices.count),
            counts: counts, sizeBytes: size, digest: digest)
    }

    private func head() throws(ExchangeFailure) -> (SignedNote, Checkpoint) {
        let text: [UInt8]
        if let note {
            text = note.bytes
        } else {
            text = Array(try inOwnLog { () throws(LogError) in try reader.head() }.note.utf8)
        }
        do {
            let note = try SignedNote(parsing: text)
            return (note, try Checkpoint(parsing: note.text))
        } catch {
            throw .log(.damaged(.checkpoint(size: 0, reason: "\(error)")))
        }
    }

    private func consistency(with checkpoint: Checkpoint) throws(ExchangeFailure) -> ConsistencyProof? {
        guard let sinceCheckpoint else { return nil }
        let proof = try inOwnLog { () throws(LogError) in
            try reader.consistencyProof(from: sinceCheckpoint, to: checkpoint.size.value)
        }
        guard let proof else {
            throw .wrongEntries(
                origin: checkpoint.origin, expected: "a size up to \(checkpoint.size), not \(sinceCheckpoint)")
        }
        return proof
    }

    /// The statement of an entry, which must be one that the selection covers: the index was used to find it.
    private func statement(_ row: (index: UInt64, leaf: [UInt8])) throws(ExchangeFailure) -> Statement {
        do throws(StatementError) {
            let statement = try Statement(parsingCanonical: try Envelope(parsingLeaf: row.leaf).payload)
            if selection.covers(statement, at: row.index) { return statement }
        } catch {
            throw .log(.damaged(.entry(index: row.index, reason: "\(error)")))
        }
        throw .log(.damaged(.statementRow(index: row.index)))
    }

    private func page(from index: UInt64, below size: UInt64) throws(LogError) -> [(index: UInt64, leaf: [UInt8])] {
        try reader.reading { (log) throws(LogError) in
            try inLog { () throws(DatabaseError) in
                try log.connection.rows(
                    """
                    SELECT logIndex, leaf FROM statements JOIN entries USING (logIndex)
                    WHERE logIndex >= ?1 AND logIndex < ?2 AND (
                        predicate IN (?3, ?4, ?5) OR (
                            logIndex >= ?6 AND (?7 IS NULL OR package = ?7) AND (?8 IS NULL OR purl = ?8)
                            AND (?9 IS NULL OR sha512 = ?9) AND (?10 IS NULL OR analyzer = ?10)
                            AND (?11 IS NULL OR verdict = ?11)))
                    ORDER BY logIndex LIMIT ?12
                    """,
                    .index(index), .index(size), .text(PredicateType.keyEvent.rawValue),
                    .text(PredicateType.revocation.rawValue), .text(PredicateType.logSuccession.rawValue),
                    .index(selection.sinceIndex ?? 0),
                    .optional(selection.purl.map { PackageURL($0.name).text }),
                    .optional(selection.purl.flatMap { $0.version == nil ? nil : $0.text }),
                    .optional(selection.integrity?.bytes), .optional(selection.analyzer?.text),
                    .optional(selection.verdict?.rawValue), .integer(Self.pageEntries)
                ) { (row) throws(DatabaseError) in (index: try row.index(0), leaf: try row.blob(1)) }
            }
        }
    }

    private func inOwnLog<Outcome>(_ body: () throws(LogError) -> Outcome) throws(ExchangeFailure) -> Outcome {
        do throws(LogError) { return try body() } catch { throw .log(error) }
    }
}

/// Collects lines into larger pieces and hashes them.
private struct BundleOutput: ~Copyable {
    private static let pieceBytes = 64 << 10
    private var piece: [UInt8] = []
    private var sizeBytes: UInt64 = 0
    private let hasher = SHA256Hasher()

    mutating func line(
        _ line: [UInt8], to sink: (_ bytes: [UInt8]) throws(ExchangeFailure) -> Void
    ) throws(ExchangeFailure) {
        piece += line
        piece.append(0x0A)
        if piece.count >= Self.pieceBytes { try flush(sink) }
    }

    consuming func finish(
        _ sink: (_ bytes: [UInt8]) throws(ExchangeFailure) -> Void
    ) throws(ExchangeFailure) -> (size: UInt64, digest: SHA256Digest) {
        try flush(sink)
        return (sizeBytes, hasher.finish())
    }

    private mutating func flush(_ sink: (_ bytes: [UInt8]) throws(ExchangeFailure) -> Void) throws(ExchangeFailure) {
        hasher.update(piece)
        sizeBytes += UInt64(piece.count)
        try sink(piece)
        piece.removeAll(keepingCapacity: true)
    }
}
