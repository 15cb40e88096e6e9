import Cryptography
import Platform

/// The files of the content-addressed cache: `sha512/ab/cd/<hex>` below its root.
enum ArtifactFiles {
    /// Where the bytes with that digest are, or would be.
    static func directory(of digest: SHA512Digest, below root: String) -> String {
        let hex = Array(digest.hex.utf8)
        let first = String(decoding: hex[0..<2], as: UTF8.self)
        let second = String(decoding: hex[2..<4], as: UTF8.self)
        return "\(root)/sha512/\(first)/\(second)"
    }

    /// The digest that a file's name claims; nil for a name that is none, or stands in another place than its own.
    static func digest(of name: (path: String, file: String), below root: String) -> SHA512Digest? {
        guard let digest = try? SHA512Digest(hex: name.file),
            "\(directory(of: digest, below: root))/\(digest.hex)" == name.path
        else { return nil }
        return digest
    }

    /// Hashes a file.
    ///
    /// - Throws: `FileError`.
    static func digests(of path: String) throws(FileError) -> ComputedDigests {
        let file = try OpenFile.openForReading(path)
        var hasher = StreamingHasher()
        var offset: Int64 = 0
        while true {
            let bytes = try file.read(at: offset, count: 1 << 20)
            if bytes.isEmpty { break }
            hasher.update(bytes)
            offset += Int64(bytes.count)
        }
        return hasher.finish()
    }

    /// Every file below `sha512`, ascending by path, whatever its name.
    ///
    /// - Throws: `FileError`.
    static func names(below root: String) throws(FileError) -> [(path: String, file: String)] {
        var names: [(path: String, file: String)] = []
        var directories = [(path: root + "/sha512", depth: 0)]
        while let directory = directories.popLast() {
            for name in try Files.list(directory.path).reversed() {
                let path = "\(directory.path)/\(name)"
                // Files in the wrong place are found too: they are orphans.
                if directory.depth < 2, try Files.kind(path) == .directory {
                    directories.append((path: path, depth: directory.depth + 1))
                } else {
                    names.append((path: path, file: name))
                }
            }
        }
        return names.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// The digests that files are named by, in the order of their last use.
    ///
    /// - Throws: `FileError`.
    static func byLastUse(below root: String) throws(FileError) -> [SHA512Digest] {
        var used: [(time: Timestamp, digest: SHA512Digest)] = []
        for name in try names(below: root) {
            guard let digest = try? SHA512Digest(hex: name.file) else { continue }
            used.append((time: try Files.modificationTime(name.path), digest: digest))
        }
        return used.sorted { ($0.time, $0.digest) < ($1.time, $1.digest) }.map(\.digest)
    }
}
