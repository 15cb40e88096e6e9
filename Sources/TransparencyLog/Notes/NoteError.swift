/// Why a signed note, or a key for one, is not accepted.
public enum NoteError: Error, Equatable, CustomStringConvertible {
    case tooLong(byteCount: Int)
    case notText
    case noSignatures
    case tooManySignatures(count: Int)
    case malformedSignatureLine(number: Int)
    /// A text to be signed is empty, does not end in a line feed, or has control characters.
    case unsignableText
    /// A key that we trust is named, and its signature is wrong: somebody altered the note.
    case invalidSignature(keyName: String)
    /// No signature is by a key that we trust.
    case noTrustedSignature(expected: [String])
    case malformedName(String)
    case malformedVerifierKey(String)

    public var description: String {
        switch self {
        case .tooLong(let byteCount): "a note of \(byteCount) bytes is too long; at most \(SignedNote.maxBytes)"
        case .notText: "the note is not UTF-8 text, or has control characters"
        case .noSignatures: "the note has no signatures; expected a blank line and at least one signature line"
        case .tooManySignatures(let count):
            "the note has \(count) signatures; at most \(SignedNote.maxSignatures)"
        case .malformedSignatureLine(let number):
            "signature line \(number) of the note is malformed; expected \"— <name> <base64>\""
        case .unsignableText: "the text cannot be signed: it must end in a line feed and have no control characters"
        case .invalidSignature(let keyName): "the signature by \(keyName) is not valid: the note was altered"
        case .noTrustedSignature(let expected):
            "the note is not signed by a trusted key; expected one of \(expected.joined(separator: ", "))"
        case .malformedName(let name):
            "\"\(name.prefix(80))\" is not a key name; "
                + "expected printable ASCII without space or plus, for example log.example.com/verdicts"
        case .malformedVerifierKey(let text):
            "\"\(text.prefix(160))\" is not a verifier key; expected <name>+<8 hexadecimal digits>+<base64>"
        }
    }
}
