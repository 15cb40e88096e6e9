import Platform

/// The bytes of an archive: the artifact itself, or an archive held in memory that lay inside it.
enum ArchiveBytes {
    case file(OpenFile)
    case memory([UInt8])

    var count: Int64 {
        switch self {
        case .file(let file): file.sizeBytes
        case .memory(let bytes): Int64(bytes.count)
        }
    }

    /// Up to `count` bytes from `offset`; fewer only at the end.
    func read(at offset: Int64, count: Int) throws(ArchiveFailure) -> [UInt8] {
        switch self {
        case .file(let file):
            do throws(FileError) { return try file.read(at: offset, count: count) } catch { throw .unreadable }
        case .memory(let bytes):
            let start = Int(min(max(offset, 0), Int64(bytes.count)))
            return Array(bytes[start..<min(bytes.count, start + count)])
        }
    }
}

/// The archive formats that are told apart by their first bytes.
enum ArchiveFormat: Equatable {
    case zip
    case tar(Compression)

    enum Compression: Equatable { case none, gzip, bzip2, xz }

    /// The format of an archive that starts with `head`, nil when it is none that can be read.
    init?(head: [UInt8]) {
        if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) || head.starts(with: [0x50, 0x4B, 0x05, 0x06]) {
            self = .zip
        } else if head.starts(with: [0x1F, 0x8B]) {
            self = .tar(.gzip)
        } else if head.starts(with: [0x42, 0x5A, 0x68]) {
            self = .tar(.bzip2)
        } else if head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
            self = .tar(.xz)
        } else if head.count >= TarHeader.blockBytes, TarHeader(Array(head.prefix(TarHeader.blockBytes))) != nil {
            self = .tar(.none)
        } else {
            return nil
        }
    }
}
