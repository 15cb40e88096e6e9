public import Cryptography

/// How a signature of a note is made; the byte that key hashes and verifier keys carry.
///
/// Spec: C2SP signed-note, "Signature types".
public enum NoteSignatureType: UInt8, Sendable, CaseIterable {
    /// Ed25519 over the note's text. What logs sign with.
    case ed25519 = 0x01
    /// Ed25519 over a time and a checkpoint. What witnesses sign with.
    case cosignatureV1 = 0x04
}

/// A named public key that signatures of notes are checked with.
public struct NoteVerifier: Hashable, Sendable, CustomStringConvertible {
    /// The key's name; for a log's key, the log's origin. Printable ASCII, so that equal names are equal bytes.
    public let name: String
    public let type: NoteSignatureType
    public let publicKey: Ed25519PublicKey
    /// The short identifier that signature lines carry. It finds the key; it proves nothing.
    public let keyHash: UInt32

    /// Names a public key.
    ///
    /// - Throws: `NoteError.malformedName`.
    public init(name: String, type: NoteSignatureType = .ed25519, publicKey: Ed25519PublicKey) throws(NoteError) {
        guard NoteVerifier.isName(name) else { throw .malformedName(name) }
        self.name = name
        self.type = type
        self.publicKey = publicKey
        keyHash = NoteVerifier.keyHash(name: name, type: type, publicKey: publicKey)
    }

    /// Reads the text form `<name>+<hash>+<base64 of type and key>`, in which logs and witnesses publish keys.
    ///
    /// - Throws: `NoteError.malformedVerifierKey`, also when the hash does not belong to the key, the type is unknown,
    ///   or the key is weak; `NoteError.malformedName`.
    public init(vkey text: String) throws(NoteError) {
        let parts = Array(text.utf8).split(
            separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformedVerifierKey(text) }
        let hashText = String(decoding: parts[1], as: UTF8.self)
        let publicKey: Ed25519PublicKey
        let type: NoteSignatureType?
        do {
            let material = try Base64.decode(Array(parts[2]))
            guard !material.isEmpty else { throw NoteError.malformedVerifierKey(text) }
            type = NoteSignatureType(rawValue: material[0])
            publicKey = try Ed25519PublicKey(bytes: Array(material.dropFirst()))
        } catch {
            throw .malformedVerifierKey(text)
        }
        guard let type else { throw .malformedVerifierKey(text) }
        try self.init(name: String(decoding: parts[0], as: UTF8.self), type: type, publicKey: publicKey)
        guard Hex.encode(keyHash.bigEndianBytes) == hashText else { throw .malformedVerifierKey(text) }
    }

    /// The text form, which `init(vkey:)` reads.
    public var vkey: String {
        "\(name)+\(Hex.encode(keyHash.bigEndianBytes))+\(Base64.encode([type.rawValue] + publicKey.bytes))"
    }

    public var description: String { vkey }

    /// Whether a text can name a key: printable ASCII without space and plus, at most 255 characters.
    ///
    /// C2SP allows more of Unicode and recommends this. It leaves no two names that look or compare equal.
    public static func isName(_ text: String) -> Bool {
        let bytes = text.utf8
        return (1...255).contains(bytes.count)
            && bytes.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "+") }
    }

    private static func keyHash(name: String, type: NoteSignatureType, publicKey: Ed25519PublicKey) -> UInt32 {
        let message = Array(name.utf8) + [0x0A, type.rawValue] + publicKey.bytes
        return SHA256Digest(hashing: message).bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// What a signature of this key says, or nil when it is not valid for the text.
    func check(_ signature: NoteSignature, of text: String) -> VerifiedNoteSignature? {
        switch type {
        case .ed25519:
            guard publicKey.isValid(signature: signature.bytes, for: Array(text.utf8)) else { return nil }
            return VerifiedNoteSignature(verifier: self, secondsSinceEpoch: nil)
        case .cosignatureV1:
            guard let cosignature = Cosignature(parsing: signature.bytes),
                publicKey.isValid(signature: cosignature.signature, for: cosignature.message(for: text))
            else { return nil }
            return VerifiedNoteSignature(verifier: self, secondsSinceEpoch: cosignature.secondsSinceEpoch)
        }
    }
}

/// A signature that was seen to be valid.
public struct VerifiedNoteSignature: Hashable, Sendable {
    /// The trusted key that made it.
    public let verifier: NoteVerifier
    /// For a cosignature, the time that the witness vouches for; not compared with any clock here.
    public let secondsSinceEpoch: Int64?
}

extension UInt32 {
    var bigEndianBytes: [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self >> $0) }
    }
}
