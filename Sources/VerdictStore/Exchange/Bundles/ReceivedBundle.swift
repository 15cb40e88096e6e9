public import Cryptography
public import Platform
public import Screening
public import TransparencyLog

/// Where one entry of a bundle is, in the file and in its log.
struct BundleEntry: Sendable, Equatable {
    var logIndex: UInt64
    let leafHash: SHA256Digest
    let offset: UInt64
    let byteCount: Int
    var proofOffset: UInt64 = 0
    var proofByteCount = 0
}

/// One entry of a bundle as it says itself; nothing of it has been verified.
public struct ReceivedEntry: Sendable, Equatable {
    /// The line of the file that it is on, counted from 1.
    public let line: Int
    public let logIndex: UInt64
    public let statementID: StatementID
    public let signer: KeyID
    public let statement: Statement
}

/// A verdict bundle whose form was checked to the last byte; nothing that it says has been verified.
///
/// It holds no more than 100 bytes for each entry: whoever needs the entries reads the file again, and compares.
public struct ReceivedBundle: Sendable {
    /// SHA-256 of the whole file.
    public let digest: SHA256Digest
    public let sizeBytes: UInt64
    /// The log that it says it is from.
    public var origin: String { header.origin }
    /// The state of the log that it says its entries are in.
    public var checkpoint: Checkpoint { header.checkpoint }
    /// The checkpoint note that it carries.
    public var note: SignedNote { header.note }
    /// What was asked for when it was made.
    public var selection: BundleSelection { header.selection }
    /// Envelopes, key events included.
    public var statements: UInt64 { UInt64(entries.count) }
    /// The earlier size that it says its state continues; nil when it says nothing.
    public var consistentSince: UInt64? { header.consistency?.older.value }

    let header: BundleHeader
    let entries: [BundleEntry]
    let bytes: BundleBytes
    let limits: BundleLimits

    /// Reads the form of a bundle file. Blocks for as long as reading and hashing take.
    ///
    /// - Throws: `ExchangeFailure.line`, `.tooLarge`, `.file`.
    public init(
        file: OpenFile, limits: BundleLimits = BundleLimits(),
        progress: (_ bytes: UInt64, _ of: UInt64) -> Void = { _, _ in }
    ) throws(ExchangeFailure) {
        try self.init(.file(file), limits: limits, progress: progress)
    }

    /// Reads the form of a bundle in memory.
    ///
    /// - Throws: `ExchangeFailure.line`, `.tooLarge`.
    public init(parsing bytes: [UInt8], limits: BundleLimits = BundleLimits()) throws(ExchangeFailure) {
        try self.init(.memory(bytes), limits: limits) { _, _ in }
    }

    private init(
        _ bytes: BundleBytes, limits: BundleLimits, progress: (UInt64, UInt64) -> Void
    ) throws(ExchangeFailure) {
        var lines = try BundleLines(bytes, limits: limits)
        var form = BundleForm(maxStatements: limits.maxStatements)
        while let line = try lines.next() {
            try form.take(line)
            if line.number % 1024 == 0 { progress(lines.bytesDone, bytes.count) }
        }
        (header, entries) = try form.finish()
        sizeBytes = lines.bytesDone
        digest = lines.finish()
        self.bytes = bytes
        self.limits = limits
    }

    /// What an entry says, read again from the file.
    ///
    /// - Parameter position: from 0 on, less than `statements`.
    /// - Throws: `ExchangeFailure.line` when the file changed meanwhile, `.file`.
    public func entry(_ position: Int) throws(ExchangeFailure) -> ReceivedEntry {
        let line = line(ofEntry: position)
        let leaf = try leaf(position)
        do throws(StatementError) {
            let envelope = try Envelope(parsingLeaf: leaf)
            return ReceivedEntry(
                line: line, logIndex: entries[position].logIndex, statementID: envelope.statementID,
                signer: envelope.signatures[0].keyID, statement: try Statement(parsingCanonical: envelope.payload))
        } catch {
            throw .line(line, reason: "\(error)")
        }
    }

    /// The line that an entry's envelope is on.
    func line(ofEntry position: Int) -> Int { position + 1 }
    /// The line that the checkpoint is on.
    var headerLine: Int { entries.count + 1 }
    /// The line that an entry's proof is on.
    func line(ofProof position: Int) -> Int { entries.count + 2 + position }

    /// The exact bytes of an entry, as they were when the form was checked.
    func leaf(_ position: Int) throws(ExchangeFailure) -> [UInt8] {
        let entry = entries[position]
        let leaf = try bytes.read(at: entry.offset, count: entry.byteCount)
        guard MerkleTree.leafHash(leaf) == entry.leafHash else { throw changed(line(ofEntry: position)) }
        return leaf
    }

    /// The proof of an entry, read again.
    func proof(_ position: Int) throws(ExchangeFailure) -> BundleProof {
        let entry = entries[position]
        let line = try bytes.read(at: entry.proofOffset, count: entry.proofByteCount)
        do throws(BundleTextError) {
            return try BundleProof(parsing: line)
        } catch {
            throw changed(self.line(ofProof: position))
        }
    }

    func changed(_ line: Int) -> ExchangeFailure {
        .line(line, reason: "the file changed while it was read; keep it still and try again")
    }
}

/// The order of a bundle's lines: envelopes, the header, as many proofs.
private struct BundleForm {
    let maxStatements: UInt64
    private var entries: [BundleEntry] = []
    private var header: BundleHeader?
    private var proofs = 0
    private var lastLine = 0

    init(maxStatements: UInt64) { self.maxStatements = maxStatements }

    mutating func take(_ line: BundleLine) throws(ExchangeFailure) {
        lastLine = line.number
        if line.bytes.starts(with: BundleHeader.opening) {
            try takeHeader(line)
        } else if line.bytes.starts(with: BundleProof.opening) {
            try takeProof(line)
        } else {
            try takeEnvelope(line)
        }
    }

    private mutating func takeEnvelope(_ line: BundleLine) throws(ExchangeFailure) {
        guard header == nil else {
            throw .line(line.number, reason: "expected a tlogProof line; only proofs follow the verdictBundle line")
        }
        guard UInt64(entries.count) < maxStatements else {
            throw .line(line.number, reason: "the bundle has more than \(maxStatements) entries")
        }
        do throws(StatementError) {
            let envelope = try Envelope(parsingLeaf: line.bytes)
            _ = try Statement(parsingCanonical: envelope.payload)
        } catch {
            throw .line(line.number, reason: "\(error)")
        }
        entries.append(
            BundleEntry(
                logIndex: 0, leafHash: MerkleTree.leafHash(line.bytes), offset: line.offset,
                byteCount: line.bytes.count))
    }

    private mutating func takeHeader(_ line: BundleLine) throws(ExchangeFailure) {
        guard header == nil else { throw .line(line.number, reason: "there is a second verdictBundle line") }
        let header = try reading(line) { () throws(BundleTextError) in try BundleHeader(parsing: line.bytes) }
        guard header.statements == UInt64(entries.count), !entries.isEmpty else {
            throw .line(
                line.number,
                reason: "it says that \(header.statements) entries come before it, and there are \(entries.count)")
        }
        self.header = header
    }

    private mutating func takeProof(_ line: BundleLine) throws(ExchangeFailure) {
        guard let header else { throw .line(line.number, reason: "a proof comes before the verdictBundle line") }
        guard proofs < entries.count else {
            throw .line(line.number, reason: "there are more proofs than the \(entries.count) entries")
        }
        let proof = try reading(line) { () throws(BundleTextError) in try BundleProof(parsing: line.bytes) }
        let index = proof.index.value
        guard index < header.checkpoint.size.value else {
            throw .line(
                line.number, reason: "log index \(index) is beyond the checkpoint's \(header.checkpoint.size) entries")
        }
        guard proofs == 0 || index > entries[proofs - 1].logIndex else {
            throw .line(line.number, reason: "log index \(index) does not come after the one before it")
        }
        entries[proofs].logIndex = index
        entries[proofs].proofOffset = line.offset
        entries[proofs].proofByteCount = line.bytes.count
        proofs += 1
    }

    private func reading<Outcome>(
        _ line: BundleLine, _ body: () throws(BundleTextError) -> Outcome
    ) throws(ExchangeFailure) -> Outcome {
        do throws(BundleTextError) {
            return try body()
        } catch {
            throw .line(line.number, reason: error.reason)
        }
    }

    func finish() throws(ExchangeFailure) -> (BundleHeader, [BundleEntry]) {
        guard let header else {
            throw .line(lastLine + 1, reason: "the file ends without a verdictBundle line")
        }
        guard proofs == entries.count else {
            throw .line(lastLine + 1, reason: "the file ends after \(proofs) proofs for \(entries.count) entries")
        }
        return (header, entries)
    }
}
