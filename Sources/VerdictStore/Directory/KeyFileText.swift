import Cryptography
import Platform

/// The text of a key file, read and written side by side.
///
/// Every line ends in a line feed:
/// ```
/// jurat private key v1                       jurat encrypted private key v1
/// name: log                                  name: log
/// keyid: <64 hexadecimal digits>             keyid: <64 hexadecimal digits>
/// seed: <Base64 of 32 bytes>                 public: <Base64 of 32 bytes>
///                                            kdf: argon2id <passes> <bytes of memory>
///                                            salt: <Base64 of 16 bytes>
///                                            nonce: <Base64 of 24 bytes>
///                                            box: <Base64 of 48 bytes>
/// ```
/// Spec: docs/keys.md, "Key files".
struct KeyFileText {
    private static let plainHeading = "jurat private key v1"
    private static let encryptedHeading = "jurat encrypted private key v1"
    private static let derivation = "argon2id"

    /// What the file holds of the secret.
    private enum Secret {
        case plain(Ed25519SigningKey)
        case boxed(PassphraseBox)
    }

    let name: KeyName
    let publicKey: Ed25519PublicKey
    private let path: String
    private let secret: Secret

    var isEncrypted: Bool {
        switch secret {
        case .plain: false
        case .boxed: true
        }
    }

    /// Reads a file. No passphrase is needed for that.
    ///
    /// - Throws: `KeyFileError.malformed`, `.wrongName`. No message quotes any part of the secret.
    init(parsing bytes: [UInt8], name: KeyName, path: String) throws(KeyFileError) {
        var fields = try FieldLines(bytes, path: path)
        let isEncrypted = try fields.heading(among: [Self.plainHeading, Self.encryptedHeading]) == 1
        let found = try fields.next("name")
        guard found == name.text else { throw .wrongName(path: path, expected: name, found: found) }
        let keyID = try fields.next("keyid")
        if isEncrypted {
            publicKey = try Self.publicKey(&fields)
            secret = .boxed(try Self.box(&fields))
        } else {
            let key = try Self.seed(try fields.next("seed"), path: path)
            publicKey = key.publicKey
            secret = .plain(key)
        }
        try fields.end()
        guard publicKey.keyID.hex.utf8.elementsEqual(keyID.utf8) else {
            throw .malformed(path: path, reason: "the key does not belong to the key identifier \(keyID.prefix(64))")
        }
        self.name = name
        self.path = path
    }

    /// The key itself.
    ///
    /// - Throws: `KeyFileError.locked` when it takes a passphrase and none is given, `.wrongPassphrase`.
    func key(_ passphrase: KeyPassphrase?) throws(KeyFileError) -> Ed25519SigningKey {
        switch secret {
        case .plain(let key): return key
        case .boxed(let box):
            guard let passphrase else { throw .locked(path: path) }
            guard let opened = box.open(with: passphrase.secret) else { throw .wrongPassphrase(path: path) }
            var seed = unsafe opened.withBytes { unsafe Array($0) }
            defer { seed.wipe() }
            guard let key = try? Ed25519SigningKey(seed: seed), key.publicKey == publicKey else {
                throw .malformed(path: path, reason: "the box holds another key than the file says")
            }
            return key
        }
    }

    /// The bytes of a file that holds `key`, encrypted when there is a passphrase. The caller wipes them.
    static func bytes(of key: Ed25519SigningKey, name: KeyName, passphrase: KeyPassphrase?) -> [UInt8] {
        let id = key.publicKey.keyID.hex
        guard let passphrase else {
            var seed = unsafe key.withSeed { unsafe Array($0) }
            defer { seed.wipe() }
            var text = Array("\(plainHeading)\nname: \(name.text)\nkeyid: \(id)\nseed: ".utf8)
            text += Base64.encodeBytes(seed)
            return text + [0x0A]
        }
        let box = unsafe key.withSeed { unsafe PassphraseBox.seal($0, with: passphrase.secret) }
        let text = """
            \(encryptedHeading)
            name: \(name.text)
            keyid: \(id)
            public: \(Base64.encode(key.publicKey.bytes))
            kdf: \(derivation) \(box.cost.operations) \(box.cost.memoryBytes)
            salt: \(Base64.encode(box.salt))
            nonce: \(Base64.encode(box.nonce))
            box: \(Base64.encode(box.sealed))

            """
        return Array(text.utf8)
    }

    private static func seed(_ text: String, path: String) throws(KeyFileError) -> Ed25519SigningKey {
        do {
            var seed = try Base64.decode(text)
            defer { seed.wipe() }
            return try Ed25519SigningKey(seed: seed)
        } catch {
            // The message must not quote any part of the seed.
            throw .malformed(path: path, reason: "the seed is not the Base64 of 32 bytes")
        }
    }

    private static func publicKey(_ fields: inout FieldLines) throws(KeyFileError) -> Ed25519PublicKey {
        let bytes = try fields.base64("public")
        do throws(KeyError) { return try Ed25519PublicKey(bytes: bytes) } catch {
            throw fields.malformed("its public key: \(error)")
        }
    }

    private static func box(_ fields: inout FieldLines) throws(KeyFileError) -> PassphraseBox {
        let words = try fields.next("kdf").split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[0] == derivation, let operations = UInt64(words[1]),
            let memory = UInt64(words[2]),
            let cost = PassphraseBox.Cost(operations: operations, memoryBytes: memory)
        else { throw fields.malformed("expected kdf: \(derivation) with 2 to 16 passes over 64 MiB to 1 GiB") }
        let salt = try fields.base64("salt")
        let nonce = try fields.base64("nonce")
        let sealed = try fields.base64("box")
        guard sealed.count == 32 + PassphraseBox.overheadBytes,
            let box = PassphraseBox(cost: cost, salt: salt, nonce: nonce, sealed: sealed)
        else { throw fields.malformed("salt, nonce or box does not have its length") }
        return box
    }
}

/// Lines of the form `label: value`, read in order.
private struct FieldLines {
    private let path: String
    private var lines: ArraySlice<String>

    init(_ bytes: [UInt8], path: String) throws(KeyFileError) {
        self.path = path
        lines =
            bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { String(decoding: Array($0), as: UTF8.self) }[...]
        guard lines.last?.isEmpty == true else { throw malformed("the last line has no end") }
        lines.removeLast()
    }

    func malformed(_ reason: String) -> KeyFileError { .malformed(path: path, reason: reason) }

    mutating func heading(among headings: [String]) throws(KeyFileError) -> Int {
        guard let line = lines.popFirst(),
            let index = headings.firstIndex(where: { $0.utf8.elementsEqual(line.utf8) })
        else {
            throw malformed("expected the heading " + headings.map { "\"\($0)\"" }.joined(separator: " or "))
        }
        return index
    }

    mutating func next(_ label: String) throws(KeyFileError) -> String {
        let prefix = label + ": "
        guard let line = lines.popFirst(), line.utf8.starts(with: prefix.utf8) else {
            throw malformed("expected a line \"\(prefix)…\"")
        }
        return String(decoding: Array(line.utf8.dropFirst(prefix.utf8.count)), as: UTF8.self)
    }

    mutating func base64(_ label: String) throws(KeyFileError) -> [UInt8] {
        let text = try next(label)
        do throws(EncodingError) { return try Base64.decode(text) } catch {
            throw malformed("\(label) is not Base64: \(error)")
        }
    }

    func end() throws(KeyFileError) {
        guard lines.isEmpty else { throw malformed("\(lines.count) lines follow the last field") }
    }
}
