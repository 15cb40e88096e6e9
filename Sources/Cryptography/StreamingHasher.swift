/// Every digest of one artifact, and its size.
public struct ComputedDigests: Hashable, Sendable {
    public let sha512: SHA512Digest
    public let sha256: SHA256Digest
    public let sha1: SHA1Digest
    public let md5: MD5Digest
    /// The artifact's length.
    public let sizeBytes: Int64

    public init(sha512: SHA512Digest, sha256: SHA256Digest, sha1: SHA1Digest, md5: MD5Digest, sizeBytes: Int64) {
        self.sha512 = sha512
        self.sha256 = sha256
        self.sha1 = sha1
        self.md5 = md5
        self.sizeBytes = sizeBytes
    }

    /// The digests of bytes that are in memory.
    public init(of bytes: [UInt8]) {
        var hasher = StreamingHasher()
        hasher.update(bytes)
        self = hasher.finish()
    }
}

/// Computes all digests of an artifact in one pass while it arrives.
public struct StreamingHasher: ~Copyable {
    private let sha512 = MessageDigest(.sha512)
    private let sha256 = MessageDigest(.sha256)
    private let sha1 = MessageDigest(.sha1)
    private let md5 = MessageDigest(.md5)
    private var sizeBytes: Int64 = 0

    public init() {}

    /// Hashes the next bytes of the artifact; pieces of any size give the same digests.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        // Each block is read by four functions; small blocks stay in the processor's nearest cache meanwhile.
        let blockBytes = 16 << 10
        var start = 0
        while start < bytes.count {
            let end = min(start + blockBytes, bytes.count)
            let block = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            unsafe sha512.update(block)
            unsafe sha256.update(block)
            unsafe sha1.update(block)
            unsafe md5.update(block)
            start = end
        }
        sizeBytes += Int64(bytes.count)
    }

    /// Hashes the next bytes of the artifact; pieces of any size give the same digests.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withRawBytes { unsafe update($0) }
    }

    /// The digests of everything that was hashed.
    public consuming func finish() -> ComputedDigests {
        ComputedDigests(
            sha512: sha512.finish(), sha256: sha256.finish(), sha1: sha1.finish(), md5: md5.finish(),
            sizeBytes: sizeBytes)
    }
}
