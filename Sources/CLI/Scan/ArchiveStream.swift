import Compression
import Platform

/// Writes a plain tar or zip archive into memory, file by file; the same files give the same bytes.
///
/// Nothing is compressed: the archive is read once, a moment later. Spec: POSIX.1 pax interchange format; PKWARE APPNOTE
/// 4.3 (stored members, no ZIP64: an archive stays below 2 GiB).
struct ArchiveStream: ~Copyable {
    private var memory: MemoryFile
    private let isZip: Bool
    private var current = Entry()
    /// What the central directory of a zip says, written at the end.
    private var directory: [UInt8] = []
    private var count = 0

    private struct Entry {
        var name: [UInt8] = []
        var sizeBytes: Int64 = 0
        var written: Int64 = 0
        var isExecutable = false
        var offset: Int64 = 0
        var checksum: UInt32 = 0
        var content: [UInt8] = []
    }

    init(name: String, isZip: Bool) throws(FileError) {
        memory = try MemoryFile(name: name)
        self.isZip = isZip
    }

    /// What was written so far.
    var sizeBytes: Int64 { memory.sizeBytes }

    mutating func begin(name: [UInt8], sizeBytes: Int64, isExecutable: Bool) throws(FileError) {
        current = Entry(name: name, sizeBytes: sizeBytes, isExecutable: isExecutable, offset: memory.sizeBytes)
        guard !isZip else { return }
        if name.count > TarBytes.maxNameBytes {
            let record = TarBytes.paxRecord("path", name)
            let size = Int64(record.count)
            try memory.append(TarBytes.header(Array("pax".utf8), sizeBytes: size, type: "x"))
            try memory.append(record + TarBytes.padding(after: size))
        }
        try memory.append(
            TarBytes.header(
                Array(name.prefix(TarBytes.maxNameBytes)), sizeBytes: sizeBytes, mode: isExecutable ? 0o755 : 0o644))
    }

    mutating func append(_ bytes: [UInt8]) throws(FileError) {
        let rest = current.sizeBytes - current.written
        let taken = Int64(bytes.count) <= rest ? bytes : Array(bytes.prefix(Int(rest)))
        current.written += Int64(taken.count)
        guard isZip else { return try memory.append(taken) }
        // Its checksum stands before it.
        current.content += taken
    }

    mutating func end() throws(FileError) {
        guard isZip else { return try memory.append(TarBytes.padding(after: current.sizeBytes)) }
        current.checksum = Checksum.crc32(of: current.content)
        try memory.append([0x50, 0x4B, 0x03, 0x04] + common() + current.name)
        try memory.append(current.content)
        current.content = []
        let mode: UInt32 = (0o100000 | (current.isExecutable ? 0o755 : 0o644)) << 16
        // Made by version 2.0 on Unix, so that the mode counts.
        directory +=
            [0x50, 0x4B, 0x01, 0x02, 20, 3] + common() + Self.little(0, 2) + Self.little(0, 2) + Self.little(0, 2)
        directory += Self.little(UInt64(mode), 4) + Self.little(UInt64(current.offset), 4) + current.name
        count += 1
    }

    consuming func finished() throws(FileError) -> OpenFile {
        guard isZip else {
            try memory.append(TarBytes.end)
            return try memory.sealed()
        }
        let start = memory.sizeBytes
        try memory.append(directory)
        // A count beyond 16 bits would need ZIP64; readers go by the directory's size.
        let shown = Self.little(UInt64(count & 0xFFFF), 2)
        try memory.append(
            [0x50, 0x4B, 0x05, 0x06, 0, 0, 0, 0] + shown + shown + Self.little(UInt64(directory.count), 4)
                + Self.little(UInt64(start), 4) + [0, 0])
        return try memory.sealed()
    }

    // MARK: zip

    /// What local header and directory entry have in common, from the version needed to the extra field's length.
    private func common() -> [UInt8] {
        let isASCII = current.name.allSatisfy { $0 < 0x80 }
        var bytes: [UInt8] = Self.little(20, 2) + Self.little(isASCII ? 0 : 0x800, 2) + Self.little(0, 2)
        // 1980-01-01 00:00, the first moment that zip knows.
        bytes += Self.little(0, 2) + Self.little(0x21, 2) + Self.little(UInt64(current.checksum), 4)
        bytes += Self.little(UInt64(current.written), 4) + Self.little(UInt64(current.written), 4)
        return bytes + Self.little(UInt64(current.name.count), 2) + Self.little(0, 2)
    }

    private static func little(_ value: UInt64, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }
}
