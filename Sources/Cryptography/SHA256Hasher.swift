/// Computes one SHA-256 digest of parts given one after the other, without joining them first.
public struct SHA256Hasher: ~Copyable {
    private let computation = MessageDigest(.sha256)

    public init() {}

    /// Hashes one byte.
    public func update(byte: UInt8) {
        unsafe withUnsafeBytes(of: byte) { unsafe computation.update($0) }
    }

    /// Hashes the next bytes.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe computation.update(bytes)
    }

    /// Hashes the next bytes.
    public func update(_ bytes: [UInt8]) {
        bytes.withRawBytes { unsafe computation.update($0) }
    }

    /// Hashes the 32 bytes of another digest.
    public func update(_ digest: SHA256Digest) {
        digest.words.withBigEndianBytes { unsafe computation.update($0) }
    }

    /// The digest of everything that was hashed.
    public consuming func finish() -> SHA256Digest {
        computation.finish()
    }
}
