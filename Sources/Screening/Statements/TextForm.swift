/// The forms that strings of a statement may take: what keeps free text and control characters out of the log.
enum TextForm {
    /// An id of a rule, ruleset or similar: letters, digits and `-_.:`.
    case identifier
    /// Printable ASCII without spaces at the ends.
    case word
    /// A path inside an artifact: any UTF-8 but control characters.
    case path
    /// A sentence by a person: any UTF-8 but control characters other than newline and tab.
    case sentence
    /// A person's short name: letters, digits and `-_.@`.
    case holder
    /// A log's origin: printable ASCII without spaces and `+`, so that it can name a key.
    case origin

    var expectation: String {
        switch self {
        case .identifier: "1 to 64 letters, digits and -_.:"
        case .word: "1 to 200 printable ASCII characters"
        case .path: "1 to 512 bytes of text without control characters"
        case .sentence: "1 to 1024 bytes of text without control characters"
        case .holder: "1 to 64 letters, digits and -_.@"
        case .origin: "a log's origin: 1 to 255 printable ASCII characters without spaces and +"
        }
    }

    func accepts(_ text: String) -> Bool {
        let bytes = text.utf8
        switch self {
        case .identifier: return (1...64).contains(bytes.count) && bytes.allSatisfy { Self.isPart($0, of: "-_.:") }
        case .holder: return (1...64).contains(bytes.count) && bytes.allSatisfy { Self.isPart($0, of: "-_.@") }
        case .word:
            return (1...200).contains(bytes.count) && bytes.allSatisfy { (0x20...0x7E).contains($0) }
                && bytes.first != 0x20 && bytes.last != 0x20
        case .origin:
            return (1...255).contains(bytes.count) && bytes.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2B }
        case .path: return (1...512).contains(bytes.count) && text.unicodeScalars.allSatisfy { !Self.isControl($0) }
        case .sentence:
            return (1...1024).contains(bytes.count)
                && text.unicodeScalars.allSatisfy { !Self.isControl($0) || $0 == "\n" || $0 == "\t" }
        }
    }

    private static func isPart(_ byte: UInt8, of marks: String) -> Bool {
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
            || marks.utf8.contains(byte)
    }

    // Line and paragraph separators and the bidirectional controls change how a record reads on a screen.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
