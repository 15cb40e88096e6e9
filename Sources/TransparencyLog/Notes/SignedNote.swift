import Cryptography

/// One signature line of a note.
public struct NoteSignature: Hashable, Sendable {
    /// The name of the key that is said to have signed. Not checked; compare bytes, not characters.
    public let name: String
    /// The short identifier of that key.
    public let keyHash: UInt32
    /// What follows the identifier; its form depends on the key's type.
    public let bytes: [UInt8]

    public init(name: String, keyHash: UInt32, bytes: [UInt8]) {
        self.name = name
        self.keyHash = keyHash
        self.bytes = bytes
    }

    /// The line as it stands in a note, with its line feed.
    public var line: String {
        "— \(name) \(Base64.encode(keyHash.bigEndianBytes + bytes))\n"
    }

    /// Reads a line without its line feed; nil when it is malformed.
    init?(parsing line: ArraySlice<UInt8>) {
        let mark = Array("— ".utf8)
        guard line.starts(with: mark) else { return nil }
        let fields = line.dropFirst(mark.count).split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard fields.count == 2, let name = String(validating: fields[0], as: UTF8.self), NoteSignature.isName(name)
        else { return nil }
        do throws(EncodingError) {
            let payload = try Base64.decode(Array(fields[1]))
            guard payload.count > 4 else { return nil }
            keyHash = payload.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
            bytes = Array(payload.dropFirst(4))
        } catch {
            return nil
        }
        self.name = name
    }

    /// The wide rule for names that others use: any UTF-8 without white space and plus.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0 != "+" }
    }

    func isBy(_ verifier: NoteVerifier) -> Bool {
        keyHash == verifier.keyHash && name.utf8.elementsEqual(verifier.name.utf8)
    }
}

/// A text with signatures. The text means nothing before `verify`.
///
/// Spec: C2SP signed-note, "Format".
public struct SignedNote: Hashable, Sendable {
    /// The longest note that is read; a checkpoint has a few hundred bytes.
    public static let maxBytes = 1 << 20
    /// The most signatures that are read.
    public static let maxSignatures = 100

    /// The signed text with its final line feed.
    public let text: String
    /// The signatures in their order.
    public private(set) var signatures: [NoteSignature]

    /// Makes a note of a text and its first signatures.
    ///
    /// - Throws: `NoteError.unsignableText`, `.noSignatures`.
    public init(text: String, signatures: [NoteSignature]) throws(NoteError) {
        guard text.utf8.last == 0x0A, SignedNote.isPlain(text.utf8) else { throw .unsignableText }
        guard !signatures.isEmpty else { throw .noSignatures }
        self.text = text
        self.signatures = signatures
    }

    /// Signs a text.
    ///
    /// - Throws: `NoteError.unsignableText`.
    public static func sign(_ text: String, by signers: NoteSigner...) throws(NoteError) -> SignedNote {
        try SignedNote(text: text, signatures: signers.map { $0.sign(text) })
    }

    /// Reads a note; the last empty line divides text and signatures.
    ///
    /// - Throws: `NoteError` when the form is wrong. Nothing is verified.
    public init(parsing bytes: [UInt8]) throws(NoteError) {
        guard bytes.count <= SignedNote.maxBytes else { throw .tooLong(byteCount: bytes.count) }
        guard String(validating: bytes, as: UTF8.self) != nil, SignedNote.isPlain(bytes) else { throw .notText }
        guard let textEnd = SignedNote.endOfText(bytes), bytes.last == 0x0A else { throw .noSignatures }
        let lines = bytes[(textEnd + 1)...].dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.count <= SignedNote.maxSignatures else { throw .tooManySignatures(count: lines.count) }
        var signatures: [NoteSignature] = []
        for (offset, line) in lines.enumerated() {
            guard let signature = NoteSignature(parsing: line) else {
                throw .malformedSignatureLine(number: offset + 1)
            }
            signatures.append(signature)
        }
        text = String(decoding: bytes[..<textEnd], as: UTF8.self)
        self.signatures = signatures
    }

    /// The offset after the text's final line feed: that of the last empty line, which signatures follow.
    private static func endOfText(_ bytes: [UInt8]) -> Int? {
        var position = bytes.count - 2
        while position > 0 {
            if bytes[position] == 0x0A && bytes[position - 1] == 0x0A { return position }
            position -= 1
        }
        return nil
    }

    private static func isPlain(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.allSatisfy { $0 >= 0x20 || $0 == 0x0A }
    }

    /// The note as it is stored and sent.
    public var bytes: [UInt8] {
        Array((text + "\n" + signatures.map(\.line).joined()).utf8)
    }

    /// Adds a signature after the others, unless the very same is there.
    public mutating func add(_ signature: NoteSignature) {
        if !signatures.contains(signature) { signatures.append(signature) }
    }

    /// Checks every signature that names one of these keys; others are ignored.
    ///
    /// - Returns: the valid signatures, one for each key that signed, in the note's order; at least one.
    /// - Throws: `NoteError.invalidSignature` when one of these keys is named and its signature is wrong,
    ///   `.noTrustedSignature` when none is named.
    public func verify(by verifiers: [NoteVerifier]) throws(NoteError) -> [VerifiedNoteSignature] {
        var verified: [VerifiedNoteSignature] = []
        for signature in signatures {
            // Different keys can share name and short hash; a signature has to hold for one of them.
            let candidates = verifiers.filter { signature.isBy($0) }
            guard let first = candidates.first else { continue }
            guard let result = candidates.lazy.compactMap({ $0.check(signature, of: text) }).first else {
                throw .invalidSignature(keyName: first.name)
            }
            if !verified.contains(where: { $0.verifier == result.verifier }) { verified.append(result) }
        }
        guard !verified.isEmpty else { throw .noTrustedSignature(expected: verifiers.map(\.name)) }
        return verified
    }

    /// Checks that the note carries a valid signature by this key.
    ///
    /// - Throws: as `verify(by:)` with several keys.
    public func verify(by verifier: NoteVerifier) throws(NoteError) {
        _ = try verify(by: [verifier])
    }
}
