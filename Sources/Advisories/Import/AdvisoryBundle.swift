import Cryptography
public import Platform
public import Registry

/// The records of one ecosystem as they are published: `all.zip`, one JSON file per record.
public struct AdvisoryBundle: Sendable {
    public let ecosystem: Ecosystem
    private var contents: Contents

    private enum Contents: Sendable {
        case memory([UInt8])
        case mapped(MappedFile)
        case file(OpenFile)
        case owned(MappedFile, path: String, digest: SHA256Digest?)
    }

    /// A bundle in memory: for small ones.
    public init(_ ecosystem: Ecosystem, bytes: [UInt8]) {
        self.ecosystem = ecosystem
        contents = .memory(bytes)
    }

    /// A bundle that is mapped already.
    public init(_ ecosystem: Ecosystem, file: MappedFile) {
        self.ecosystem = ecosystem
        contents = .mapped(file)
    }

    /// Opens the file at `path`. An import copies it first and reads the copy, so it may change meanwhile.
    public init(_ ecosystem: Ecosystem, path: String) throws(AdvisoryError) {
        self.ecosystem = ecosystem
        do throws(FileError) {
            contents = .file(try OpenFile.openForReading(path))
        } catch {
            throw .file(error)
        }
    }

    /// Opens a file that belongs to this program and that nobody writes to any more.
    ///
    /// An import keeps it by a second name instead of copying it, if it is on the same file system. The first name stays
    /// and may be removed.
    public init(_ ecosystem: Ecosystem, takingOver path: String) throws(AdvisoryError) {
        self.ecosystem = ecosystem
        do throws(FileError) {
            contents = .owned(try MappedFile(path: path), path: path, digest: nil)
        } catch {
            throw .file(error)
        }
    }

    /// Makes a file with the bundle in the folder of bundles, without a final name yet.
    func stage(in store: BundleStore) throws(FileError) -> StagedBundle {
        if case .owned(let mapped, let path, _) = contents,
            let link = try? TemporaryFile.link(to: path, inDirectory: store.directory)
        {
            let digest = try digest()
            return StagedBundle(
                file: link, contents: mapped, digest: digest, finalPath: store.path(ecosystem, digest))
        }
        var file = try TemporaryFile.create(inDirectory: store.directory)
        let digest = try copy(into: &file)
        let mapped = try MappedFile(path: file.path)
        return StagedBundle(file: file, contents: mapped, digest: digest, finalPath: store.path(ecosystem, digest))
    }

    /// The digest of the bundle as it is now.
    func digest() throws(FileError) -> SHA256Digest {
        if case .owned(_, _, let digest?) = contents { return digest }
        let hasher = SHA256Hasher()
        unsafe try forEachPiece { piece throws(FileError) in unsafe hasher.update(piece) }
        return hasher.finish()
    }

    /// Copies the bundle to the end of a file, and returns the digest of what was copied.
    /// Computes the digest now, once for all if nobody writes to the bundle any more.
    mutating func fixDigest() throws(FileError) -> SHA256Digest {
        let digest = try digest()
        if case .owned(let file, let path, _) = contents { contents = .owned(file, path: path, digest: digest) }
        return digest
    }

    private func copy(into file: inout TemporaryFile) throws(FileError) -> SHA256Digest {
        let hasher = SHA256Hasher()
        unsafe try forEachPiece { piece throws(FileError) in
            unsafe hasher.update(piece)
            unsafe try file.write(piece)
        }
        return hasher.finish()
    }

    private func forEachPiece(
        _ body: (UnsafeRawBufferPointer) throws(FileError) -> Void
    ) throws(FileError) {
        switch contents {
        case .memory(let bytes):
            unsafe try bytes.withUnsafeBufferPointer { buffer throws(FileError) in
                unsafe try body(UnsafeRawBufferPointer(buffer))
            }
        case .mapped(let file): unsafe try file.withBytes(body)
        case .owned(let file, _, _):
            for start in stride(from: 0, to: file.count, by: 1 << 22) {
                let range = start..<min(start + 1 << 22, file.count)
                unsafe try file.withBytes { bytes throws(FileError) in
                    unsafe try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
                }
                file.releasePages(range)
            }
        case .file(let file):
            var offset: Int64 = 0
            while offset < file.sizeBytes {
                let piece = try file.read(at: offset, count: 1 << 20)
                // The file was shortened since it was opened; what is missing shows when the copy is read.
                if piece.isEmpty { break }
                unsafe try piece.withUnsafeBufferPointer { buffer throws(FileError) in
                    unsafe try body(UnsafeRawBufferPointer(buffer))
                }
                offset += Int64(piece.count)
            }
        }
    }
}
