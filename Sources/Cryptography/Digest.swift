/// A hash function that this program computes.
public enum DigestAlgorithm: String, Sendable, CaseIterable {
    case md5
    case sha1
    case sha256
    case sha512

    /// The length of its digests.
    public var byteCount: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256: 32
        case .sha512: 64
        }
    }
}

/// The value of a hash function: fixed length, compared and ordered by its bytes.
///
/// Digests are public values and compare in variable time; secrets are compared with `constantTimeEquals`.
public protocol Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The function that this type holds values of.
    static func algorithm() -> DigestAlgorithm

    /// Takes over exactly `algorithm().byteCount` bytes.
    init(exactly bytes: UnsafeRawBufferPointer)

    /// The digest's bytes, `algorithm().byteCount` of them.
    var bytes: [UInt8] { get }
}

/// Why bytes or a text are not a digest.
public enum DigestError: Error, Equatable, CustomStringConvertible {
    case wrongLength(algorithm: DigestAlgorithm, byteCount: Int)
    case malformedHex(algorithm: DigestAlgorithm, text: String)

    public var description: String {
        switch self {
        case .wrongLength(let algorithm, let byteCount):
            "\(byteCount) bytes are not a \(algorithm.rawValue) digest, which has \(algorithm.byteCount)"
        case .malformedHex(let algorithm, let text):
            "\"\(text.prefix(160))\" is not a \(algorithm.rawValue) digest; "
                + "expected \(algorithm.byteCount * 2) lower-case hexadecimal digits"
        }
    }
}

extension Digest {
    /// The digest of `message`.
    public init(hashing message: UnsafeRawBufferPointer) {
        unsafe self = MessageDigest.hash(message)
    }

    /// The digest of `message`.
    public init(hashing message: [UInt8]) {
        self = message.withRawBytes { unsafe MessageDigest.hash($0) }
    }

    /// Takes over the bytes of a digest that was computed elsewhere.
    ///
    /// - Throws: `DigestError.wrongLength`.
    public init(bytes: [UInt8]) throws(DigestError) {
        let algorithm = Self.algorithm()
        guard bytes.count == algorithm.byteCount else {
            throw .wrongLength(algorithm: algorithm, byteCount: bytes.count)
        }
        self = bytes.withRawBytes { unsafe Self(exactly: $0) }
    }

    /// Reads lower-case hexadecimal digits, the only form that is written, hashed and compared.
    ///
    /// - Throws: `DigestError.malformedHex`.
    public init(hex: String) throws(DigestError) {
        let algorithm = Self.algorithm()
        let bytes: [UInt8]
        do throws(EncodingError) {
            bytes = try Hex.decode(hex)
        } catch {
            throw .malformedHex(algorithm: algorithm, text: hex)
        }
        guard bytes.count == algorithm.byteCount else { throw .malformedHex(algorithm: algorithm, text: hex) }
        self = bytes.withRawBytes { unsafe Self(exactly: $0) }
    }

    /// The digest as lower-case hexadecimal digits.
    public var hex: String { Hex.encode(bytes) }

    /// The digest as standard Base64 with padding, as in an SRI string.
    public var base64: String { Base64.encode(bytes) }

    public var description: String { hex }
}
