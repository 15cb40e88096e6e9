/// A SHA-256 digest: tree hashes, key identifiers, PyPI's file hashes.
///
/// Spec: FIPS 180-4.
public struct SHA256Digest: Digest {
    let words: DigestWords<4>

    public static func algorithm() -> DigestAlgorithm { .sha256 }

    public init(exactly bytes: UnsafeRawBufferPointer) { unsafe words = DigestWords(bytes, byteCount: 32) }

    public var bytes: [UInt8] { words.bytes(32) }

    /// Appends the 32 bytes to a buffer without an array in between.
    public func append(to buffer: inout [UInt8]) { words.append(32, to: &buffer) }

    public static func < (left: SHA256Digest, right: SHA256Digest) -> Bool { left.words < right.words }
}

/// A SHA-512 digest: what verdicts attach to, npm's integrity.
///
/// Spec: FIPS 180-4.
public struct SHA512Digest: Digest {
    let words: DigestWords<8>

    public static func algorithm() -> DigestAlgorithm { .sha512 }

    public init(exactly bytes: UnsafeRawBufferPointer) { unsafe words = DigestWords(bytes, byteCount: 64) }

    public var bytes: [UInt8] { words.bytes(64) }

    public static func < (left: SHA512Digest, right: SHA512Digest) -> Bool { left.words < right.words }
}

/// A SHA-1 digest, npm's legacy `shasum`. Collisions can be made: it never identifies bytes by itself.
///
/// Spec: FIPS 180-4.
public struct SHA1Digest: Digest {
    let words: DigestWords<3>

    public static func algorithm() -> DigestAlgorithm { .sha1 }

    public init(exactly bytes: UnsafeRawBufferPointer) { unsafe words = DigestWords(bytes, byteCount: 20) }

    public var bytes: [UInt8] { words.bytes(20) }

    public static func < (left: SHA1Digest, right: SHA1Digest) -> Bool { left.words < right.words }
}

/// An MD5 digest, PyPI's oldest hash. Collisions can be made: it never identifies bytes by itself.
///
/// Spec: RFC 1321.
public struct MD5Digest: Digest {
    let words: DigestWords<2>

    public static func algorithm() -> DigestAlgorithm { .md5 }

    public init(exactly bytes: UnsafeRawBufferPointer) { unsafe words = DigestWords(bytes, byteCount: 16) }

    public var bytes: [UInt8] { words.bytes(16) }

    public static func < (left: MD5Digest, right: MD5Digest) -> Bool { left.words < right.words }
}

/// Inline storage for a digest: big-endian words, so that comparing words compares bytes.
struct DigestWords<let count: Int>: Hashable, Comparable, Sendable {
    private var words = InlineArray<count, UInt64>(repeating: 0)

    // A digest that does not fill its last word leaves the word's low bytes zero.
    init(_ bytes: UnsafeRawBufferPointer, byteCount: Int) {
        precondition(bytes.count == byteCount, "a digest was made of \(bytes.count) bytes instead of \(byteCount)")
        for index in 0..<byteCount {
            words[index / 8] |= UInt64(unsafe bytes[index]) << UInt64(56 - index % 8 * 8)
        }
    }

    func bytes(_ byteCount: Int) -> [UInt8] {
        var buffer: [UInt8] = []
        buffer.reserveCapacity(byteCount)
        append(byteCount, to: &buffer)
        return buffer
    }

    func append(_ byteCount: Int, to buffer: inout [UInt8]) {
        for index in 0..<byteCount {
            buffer.append(UInt8(truncatingIfNeeded: words[index / 8] >> UInt64(56 - index % 8 * 8)))
        }
    }

    /// Lends all bytes of all words, which are the digest's bytes when it fills its words.
    @safe
    func withBigEndianBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        var bigEndian = words
        for index in 0..<count { bigEndian[index] = words[index].bigEndian }
        unsafe withUnsafeBytes(of: &bigEndian) { unsafe body($0) }
    }

    static func == (left: Self, right: Self) -> Bool {
        for index in 0..<count where left.words[index] != right.words[index] { return false }
        return true
    }

    static func < (left: Self, right: Self) -> Bool {
        for index in 0..<count where left.words[index] != right.words[index] {
            return left.words[index] < right.words[index]
        }
        return false
    }

    func hash(into hasher: inout Hasher) {
        for index in 0..<count { hasher.combine(words[index]) }
    }
}
