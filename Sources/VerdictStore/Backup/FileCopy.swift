import Cryptography
import Platform

/// Copies and hashes files piece by piece, whatever their size.
enum FileCopy {
    private static let pieceBytes = 1 << 20

    /// Copies a file as it is now; what is appended meanwhile is not part of the copy. Durable when this returns.
    ///
    /// - Returns: size and digest of what was copied.
    static func copy(_ source: String, to destination: String, mode: UInt16) throws(FileError) -> (Int64, SHA256Digest)
    {
        let file = try OpenFile.openForReading(source)
        var copy = try TemporaryFile.create(inDirectory: Files.directory(of: destination), mode: mode)
        let hasher = SHA256Hasher()
        var offset: Int64 = 0
        while offset < file.sizeBytes {
            let piece = try file.read(at: offset, count: pieceBytes)
            guard !piece.isEmpty else { break }
            hasher.update(piece)
            try copy.write(piece)
            offset += Int64(piece.count)
        }
        try copy.commit(to: destination)
        return (offset, hasher.finish())
    }

    /// - Returns: size and digest of a file.
    static func measure(_ path: String) throws(FileError) -> (Int64, SHA256Digest) {
        let file = try OpenFile.openForReading(path)
        let hasher = SHA256Hasher()
        var offset: Int64 = 0
        while true {
            let piece = try file.read(at: offset, count: pieceBytes)
            guard !piece.isEmpty else { return (offset, hasher.finish()) }
            hasher.update(piece)
            offset += Int64(piece.count)
        }
    }

    /// Every regular file below a directory, relative to it, ascending by bytes; nothing when it does not exist.
    static func tree(_ directory: String) throws(FileError) -> [String] {
        guard Files.exists(directory) else { return [] }
        var found: [String] = []
        var folders = [""]
        while let folder = folders.popLast() {
            for name in try Files.list(directory + "/" + folder) {
                let path = folder + name
                switch try Files.kind(directory + "/" + path) {
                case .directory: folders.append(path + "/")
                case .regularFile: found.append(path)
                case .symbolicLink, .other: break
                }
            }
        }
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
