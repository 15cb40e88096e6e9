import COpenSSL

/// One hash computation in progress, by OpenSSL.
@safe
struct MessageDigest: ~Copyable {
    private let context: OpaquePointer

    init(_ algorithm: DigestAlgorithm) {
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("OpenSSL has no memory for a hash") }
        unsafe self.context = context
        start(algorithm)
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    private func start(_ algorithm: DigestAlgorithm) {
        let code = unsafe EVP_DigestInit_ex2(context, digestFunctions.pointer(algorithm), nil)
        precondition(code == 1, "OpenSSL refuses to start \(algorithm.rawValue)")
    }

    func update(_ bytes: UnsafeRawBufferPointer) {
        let code = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(code == 1, "OpenSSL failed to hash")
    }

    /// The digest of what was hashed; the computation cannot go on afterwards.
    func finish<Value: Digest>() -> Value {
        unsafe withUnsafeTemporaryAllocation(byteCount: Int(EVP_MAX_MD_SIZE), alignment: 8) { buffer in
            var length: UInt32 = 0
            let code = unsafe EVP_DigestFinal_ex(
                context, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), &length)
            precondition(code == 1, "OpenSSL failed to finish a hash")
            return unsafe Value(exactly: UnsafeRawBufferPointer(rebasing: buffer[..<Int(length)]))
        }
    }

    /// The digest of one message that is in memory.
    static func hash<Value: Digest>(_ message: UnsafeRawBufferPointer) -> Value {
        let computation = MessageDigest(Value.algorithm())
        unsafe computation.update(message)
        return computation.finish()
    }
}

/// OpenSSL's hash functions, looked up once: a lookup by name costs more than hashing a short message.
@safe
private struct DigestFunctions: @unchecked Sendable {
    private let md5 = unsafe fetch("MD5")
    private let sha1 = unsafe fetch("SHA1")
    private let sha256 = unsafe fetch("SHA256")
    private let sha512 = unsafe fetch("SHA512")

    func pointer(_ algorithm: DigestAlgorithm) -> OpaquePointer {
        switch algorithm {
        case .md5: unsafe md5
        case .sha1: unsafe sha1
        case .sha256: unsafe sha256
        case .sha512: unsafe sha512
        }
    }

    private static func fetch(_ name: String) -> OpaquePointer {
        guard let function = unsafe EVP_MD_fetch(nil, name, nil) else {
            preconditionFailure("this OpenSSL does not offer \(name); check its providers (FIPS mode lacks MD5)")
        }
        return unsafe function
    }
}

private let digestFunctions = DigestFunctions()
