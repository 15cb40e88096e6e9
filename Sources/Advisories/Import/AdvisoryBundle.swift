import Cryptography
public import Platform
public import Registry

/// The records of one ecosystem as they are published: `all.zip`, one JSON file per record.
public struct AdvisoryBundle: Sendable {
    public let ecosystem: Ecosystem
    private let contents: Contents

    private enum Contents: Sendable {
        case memory([UInt8])
        case mapped(MappedFile)
        case file(OpenFile)
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

    /// The digest of the bundle as it is now.
    func digest() throws(FileError) -> SHA256Digest {
        let hasher = SHA256Hasher()
        unsafe try forEachPiece { piece throws(FileError) in unsafe hasher.update(piece) }
        return hasher.finish()
    }

    /// Copies the bundle to the end of a file, and returns the digest of what was copied.
    func copy(into file: inout TemporaryFile) throws(FileError) -> SHA256Digest {
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
