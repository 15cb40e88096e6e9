import CSodium

/// An Ed25519 private key in guarded memory: locked against swapping, read-only, wiped when the last reference goes.
///
/// It never appears in a description, and its seed leaves only through `withSeed`.
@safe
public final class Ed25519SigningKey: @unchecked Sendable {
    /// The key that verifies what this one signs.
    public let publicKey: Ed25519PublicKey
    // 64 bytes: the seed, then the public key, as libsodium keeps them. Written only during `init`.
    private let secret: UnsafeMutableRawPointer

    /// Makes the key of a 32-byte seed. The caller wipes its own copy of the seed if that matters.
    ///
    /// - Throws: `KeyError.wrongLength`.
    public init(seed: [UInt8]) throws(KeyError) {
        initialiseSodium()
        guard seed.count == Int(crypto_sign_SEEDBYTES) else { throw .wrongLength(byteCount: seed.count) }
        guard let secret = unsafe sodium_malloc(Int(crypto_sign_SECRETKEYBYTES)) else {
            preconditionFailure("no memory for a private key")
        }
        unsafe self.secret = secret
        var publicBytes = [UInt8](repeating: 0, count: Int(crypto_sign_PUBLICKEYBYTES))
        let code = unsafe crypto_sign_seed_keypair(&publicBytes, secret.assumingMemoryBound(to: UInt8.self), seed)
        precondition(code == 0, "libsodium failed to derive a key")
        unsafe sodium_mprotect_readonly(secret)
        publicKey = try Ed25519PublicKey(bytes: publicBytes)
    }

    deinit {
        unsafe sodium_free(secret)
    }

    /// Makes a new key from the operating system's randomness.
    public static func generate() -> Ed25519SigningKey {
        initialiseSodium()
        var seed = [UInt8](repeating: 0, count: Int(crypto_sign_SEEDBYTES))
        unsafe randombytes_buf(&seed, seed.count)
        defer { unsafe sodium_memzero(&seed, seed.count) }
        do throws(KeyError) {
            return try Ed25519SigningKey(seed: seed)
        } catch {
            preconditionFailure("a fresh seed gave no key: \(error)")
        }
    }

    /// The 64-byte signature of `message`. Deterministic: the same key and message give the same bytes.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Int(crypto_sign_BYTES))
        let code = unsafe crypto_sign_detached(
            &signature, nil, message, UInt64(message.count), secret.assumingMemoryBound(to: UInt8.self))
        precondition(code == 0, "libsodium failed to sign")
        return signature
    }

    /// Lends the 32-byte seed to `body`, to be stored in a key file. The pointer must not outlive the call.
    public func withSeed<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe try body(UnsafeRawBufferPointer(start: secret, count: Int(crypto_sign_SEEDBYTES)))
    }
}
