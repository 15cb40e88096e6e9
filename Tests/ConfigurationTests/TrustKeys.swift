import Cryptography
import TransparencyLog

/// Keys for entries of `trust`.
enum TrustKeys {
    static func vkey(_ name: String, seed: UInt8 = 1, type: NoteSignatureType = .ed25519) throws -> String {
        let key = try Ed25519SigningKey(seed: Array(repeating: seed, count: 32)).publicKey
        return try NoteVerifier(name: name, type: type, publicKey: key).vkey
    }

    static func keyID(seed: UInt8) throws -> String {
        try Ed25519SigningKey(seed: Array(repeating: seed, count: 32)).publicKey.keyID.hex
    }

    /// A whole entry on one line, with `more` keys after those that it cannot do without.
    static func entry(_ origin: String, _ more: String = "", seed: UInt8 = 1) throws -> String {
        let (key, root) = (try vkey(origin, seed: seed), try keyID(seed: seed &+ 100))
        return "{ origin: \(origin), keys: [\"\(key)\"], roots: [\(root)]\(more.isEmpty ? "" : ", \(more)") }"
    }
}
