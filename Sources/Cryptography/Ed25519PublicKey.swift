import CSodium

/// Why bytes are not a usable key.
public enum KeyError: Error, Equatable, CustomStringConvertible {
    case wrongLength(byteCount: Int)
    /// The bytes are no point of the curve's large prime-order group: signatures under them prove nothing.
    case weakPublicKey
    case malformedKeyID(text: String)

    public var description: String {
        switch self {
        case .wrongLength(let byteCount): "\(byteCount) bytes are not an Ed25519 key, which has 32"
        case .weakPublicKey: "the bytes are not a valid Ed25519 public key (not on the curve, or of small order)"
        case .malformedKeyID(let text):
            "\"\(text.prefix(96))\" is not a key identifier; expected 64 lower-case hexadecimal digits"
        }
    }
}

/// The name of a public key: SHA-256 over its DER SubjectPublicKeyInfo.
///
/// Spec: RFC 8410 section 4 (the encoding); in-toto and cosign name keys the same way.
public struct KeyID: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let digest: SHA256Digest

    init(naming publicKeyBytes: [UInt8]) {
        let derPrefix: [UInt8] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]
        digest = SHA256Digest(hashing: derPrefix + publicKeyBytes)
    }

    /// Reads 64 lower-case hexadecimal digits.
    ///
    /// - Throws: `KeyError.malformedKeyID`.
    public init(hex: String) throws(KeyError) {
        do throws(DigestError) {
            digest = try SHA256Digest(hex: hex)
        } catch {
            throw .malformedKeyID(text: hex)
        }
    }

    /// The identifier as 64 lower-case hexadecimal digits.
    public var hex: String { digest.hex }

    public var description: String { hex }

    public static func < (left: KeyID, right: KeyID) -> Bool { left.digest < right.digest }
}

/// An Ed25519 public key that is safe to trust signatures of.
///
/// Spec: RFC 8032, verified strictly: canonical encodings, no points of small order, `S` below the group order.
public struct Ed25519PublicKey: Hashable, Sendable, CustomStringConvertible {
    /// The 32 bytes of the compressed point.
    public let bytes: [UInt8]
    /// The key's name in records and trust lists.
    public let keyID: KeyID

    /// Takes over a public key.
    ///
    /// - Throws: `KeyError` unless the bytes are 32 and the canonical encoding of a point of the prime-order group.
    public init(bytes: [UInt8]) throws(KeyError) {
        initialiseSodium()
        guard bytes.count == Int(crypto_sign_PUBLICKEYBYTES) else { throw .wrongLength(byteCount: bytes.count) }
        guard unsafe crypto_core_ed25519_is_valid_point(bytes) == 1 else { throw .weakPublicKey }
        self.bytes = bytes
        keyID = KeyID(naming: bytes)
    }

    /// Whether `signature` is this key's signature of `message`; any other length than 64 bytes is not.
    public func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
        guard signature.count == Int(crypto_sign_BYTES) else { return false }
        return unsafe crypto_sign_verify_detached(signature, message, UInt64(message.count), bytes) == 0
    }

    public var description: String { Base64.encode(bytes) }
}

/// Prepares libsodium once for the process; every use of it goes through here first.
func initialiseSodium() {
    precondition(sodiumStatus >= 0, "libsodium cannot be initialised")
}

private let sodiumStatus = sodium_init()
