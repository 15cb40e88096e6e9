import CSodium

/// A secret under a passphrase: everything but the passphrase that it takes to open it.
///
/// The key is derived from the passphrase by Argon2id with a salt of its own; it seals the secret by XSalsa20-Poly1305,
/// so that a wrong passphrase and a changed byte are both noticed.
/// Spec: RFC 9106 (Argon2id, version 1.3); libsodium `crypto_pwhash`, `crypto_secretbox_easy`.
public struct PassphraseBox: Hashable, Sendable {
    /// What deriving the key costs.
    public struct Cost: Hashable, Sendable {
        /// Passes over the memory.
        public let operations: UInt64
        public let memoryBytes: UInt64

        /// What a person waits for without noticing: 2 passes over 64 MiB.
        public static let interactive = Cost(
            checked: UInt64(crypto_pwhash_OPSLIMIT_INTERACTIVE), UInt64(crypto_pwhash_MEMLIMIT_INTERACTIVE))

        private init(checked operations: UInt64, _ memoryBytes: UInt64) {
            self.operations = operations
            self.memoryBytes = memoryBytes
        }

        /// A cost that a file names; nil when it is so low that guessing would be cheap, or so high that opening would
        /// bring the machine down.
        public init?(operations: UInt64, memoryBytes: UInt64) {
            guard (2...16).contains(operations), (64 << 20...1 << 30).contains(memoryBytes) else { return nil }
            self.init(checked: operations, memoryBytes)
        }
    }

    public static let saltBytes = Int(crypto_pwhash_SALTBYTES)
    public static let nonceBytes = Int(crypto_secretbox_NONCEBYTES)
    /// How much longer the sealed text is than the secret.
    public static let overheadBytes = Int(crypto_secretbox_MACBYTES)

    public let cost: Cost
    public let salt: [UInt8]
    public let nonce: [UInt8]
    public let sealed: [UInt8]

    /// A box that was read; nil when a part does not have its length.
    public init?(cost: Cost, salt: [UInt8], nonce: [UInt8], sealed: [UInt8]) {
        guard salt.count == Self.saltBytes, nonce.count == Self.nonceBytes, sealed.count >= Self.overheadBytes else {
            return nil
        }
        self.init(checked: cost, salt: salt, nonce: nonce, sealed: sealed)
    }

    private init(checked cost: Cost, salt: [UInt8], nonce: [UInt8], sealed: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.nonce = nonce
        self.sealed = sealed
    }

    /// Seals a secret, with fresh salt and nonce. Takes about a tenth of a second and 64 MiB.
    public static func seal(_ secret: UnsafeRawBufferPointer, with passphrase: SecretBytes) -> PassphraseBox {
        let salt = random(Self.saltBytes)
        let nonce = random(Self.nonceBytes)
        guard var key = derive(passphrase, salt: salt, cost: .interactive) else {
            preconditionFailure("no memory to derive a key")
        }
        defer { key.wipe() }
        var sealed = [UInt8](repeating: 0, count: secret.count + Self.overheadBytes)
        let start = unsafe secret.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let code = unsafe crypto_secretbox_easy(&sealed, start, UInt64(secret.count), nonce, key)
        precondition(code == 0, "libsodium failed to seal")
        return PassphraseBox(checked: .interactive, salt: salt, nonce: nonce, sealed: sealed)
    }

    /// The secret; nil when the passphrase is another one, the box was changed, or there is no memory to derive the key.
    public func open(with passphrase: SecretBytes) -> SecretBytes? {
        guard var key = Self.derive(passphrase, salt: salt, cost: cost) else { return nil }
        defer { key.wipe() }
        var secret = [UInt8](repeating: 0, count: sealed.count - Self.overheadBytes)
        guard unsafe crypto_secretbox_open_easy(&secret, sealed, UInt64(sealed.count), nonce, key) == 0 else {
            secret.wipe()
            return nil
        }
        return SecretBytes(taking: &secret)
    }

    private static func derive(_ passphrase: SecretBytes, salt: [UInt8], cost: Cost) -> [UInt8]? {
        initialiseSodium()
        var key = [UInt8](repeating: 0, count: Int(crypto_secretbox_KEYBYTES))
        let code = unsafe passphrase.withBytes { bytes -> Int32 in
            guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return -1 }
            return unsafe crypto_pwhash(
                &key, UInt64(key.count), start, UInt64(bytes.count), salt, cost.operations, Int(cost.memoryBytes),
                crypto_pwhash_ALG_ARGON2ID13)
        }
        return code == 0 ? key : nil
    }

    private static func random(_ count: Int) -> [UInt8] {
        initialiseSodium()
        var bytes = [UInt8](repeating: 0, count: count)
        unsafe randombytes_buf(&bytes, bytes.count)
        return bytes
    }
}
