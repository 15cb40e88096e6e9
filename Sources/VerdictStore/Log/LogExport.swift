import Cryptography
import Platform
public import TransparencyLog

/// What an export wrote, or would write.
public struct LogExportReport: Hashable, Sendable {
    public let origin: String
    public let directory: String
    /// The size that the directory had before; 0 for a new one.
    public let olderSize: UInt64
    public let size: UInt64
    public let tiles: Int
    public let entryBundles: Int
    public let bytes: UInt64
}

/// Writes the log as static files in the layout of C2SP tlog-tiles, for any web server or program to read.
///
/// Running it again adds what is new. The checkpoint is replaced last, so that whoever reads the directory meanwhile
/// finds every resource that the checkpoint there promises.
struct LogExport {
    let reader: LogReader
    /// The checkpoint that is written; nil for the newest.
    let note: SignedNote?
    let directory: String
    /// Whether nothing is written.
    let isRehearsal: Bool
    /// Called with resources done and of all.
    let progress: (_ done: UInt64, _ of: UInt64) -> Void

    /// - Throws: `LogError.otherExport` when the directory holds another log or another history of this one;
    ///   `.damaged`, `.database`, `.file`.
    func run() throws(LogError) -> LogExportReport {
        let head: LogHead
        if let note { head = try reader.head(of: note) } else { head = try reader.head() }
        let older = try exportedSize(under: head)
        let size = TreeSize(head.size)
        let bundles = TilePath.entryBundles(from: older, to: size)
        let tiles = TilePath.tiles(from: older, to: size)
        if !isRehearsal { try inFiles { () throws(FileError) in try Files.createDirectory(directory, mode: 0o755) } }
        var bytes: UInt64 = 0
        // ✝ Stopped anywhere before the checkpoint: the old one stands, everything it promises is still there, and the
        // next run writes the rest again.
        for (offset, path) in (bundles + tiles).enumerated() {
            let content = try checkedResource(path)
            bytes += UInt64(content.count)
            if !isRehearsal { try write(content, to: path.text) }
            progress(UInt64(offset + 1), UInt64(bundles.count + tiles.count))
        }
        guard try reader.root(ofTreeOf: head.size) == head.root else { throw .damaged(.root(size: head.size)) }
        if !isRehearsal { try write(Array(head.note.utf8), to: "checkpoint") }
        return LogExportReport(
            origin: reader.origin, directory: directory, olderSize: older.value, size: head.size, tiles: tiles.count,
            entryBundles: bundles.count, bytes: bytes)
    }

    /// How far an earlier run came; what it left must be the beginning of this very log.
    private func exportedSize(under head: LogHead) throws(LogError) -> TreeSize {
        let path = "\(directory)/checkpoint"
        guard Files.exists(path) else { return .zero }
        let bytes = try inFiles { () throws(FileError) in try Files.readAll(path, maxBytes: SignedNote.maxBytes) }
        let earlier: Checkpoint
        do {
            earlier = try Checkpoint(parsing: SignedNote(parsing: bytes).text)
        } catch {
            throw .otherExport(directory: directory, reason: "its checkpoint cannot be read: \(error)")
        }
        guard earlier.origin == reader.origin else {
            throw .otherExport(directory: directory, reason: "it holds the log \(earlier.origin)")
        }
        guard earlier.size.value <= head.size else {
            throw .otherExport(
                directory: directory,
                reason: "it has \(earlier.size) entries and this log \(head.size): the log went back")
        }
        guard try reader.root(ofTreeOf: earlier.size.value) == earlier.root else {
            throw .otherExport(
                directory: directory, reason: "its first \(earlier.size) entries are another history of this log")
        }
        return earlier.size
    }

    /// A resource's bytes; entries are compared with the leaf hashes that the tree is made of.
    private func checkedResource(_ path: TilePath) throws(LogError) -> [UInt8] {
        guard let bytes = try reader.resource(path) else {
            throw .damaged(.missingEntry(index: path.index * UInt64(TilePath.fullWidth)))
        }
        guard path.content == .entries else { return bytes }
        let first = path.index * UInt64(TilePath.fullWidth)
        let hashes = try reader.resource(TilePath(.hashes(level: 0), index: path.index, width: path.width))
        let leaves: [[UInt8]]
        do throws(TileError) {
            leaves = try EntryBundle.decode(bytes, path: path)
        } catch {
            throw .damaged(.entry(index: first, reason: "\(error)"))
        }
        guard leaves.map(MerkleTree.leafHash).joinedBytes == hashes else { throw .damaged(.leafHash(index: first)) }
        return bytes
    }

    private func write(_ bytes: [UInt8], to name: String) throws(LogError) {
        let path = "\(directory)/\(name)"
        try inFiles { () throws(FileError) in
            try Files.createDirectory(Files.directory(of: path), mode: 0o755)
            try Files.writeDurably(bytes, to: path, mode: 0o644)
        }
    }
}

extension LogReader {
    /// Writes the log into a directory as static files (C2SP tlog-tiles), or what is new since the last time.
    ///
    /// - Parameters:
    ///   - note: the checkpoint to write, for example one that witnesses cosigned; by default the newest.
    ///   - isRehearsal: whether to write nothing and only say what would be written.
    ///   - progress: called with resources done and of all.
    /// - Throws: `LogError.otherExport` when the directory holds another log or another history; `.damaged`,
    ///   `.database`, `.file`.
    public func export(
        to directory: String, under note: SignedNote? = nil, isRehearsal: Bool = false,
        progress: (UInt64, UInt64) -> Void = { _, _ in }
    ) throws(LogError) -> LogExportReport {
        try withoutActuallyEscaping(progress) { (progress) throws(LogError) in
            try LogExport(
                reader: self, note: note, directory: directory, isRehearsal: isRehearsal, progress: progress
            ).run()
        }
    }
}
