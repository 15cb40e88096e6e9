/// Lines of requirements as Python's `str.splitlines` sees them, by which pip reads.
///
/// It ends lines at more marks than line feeds. Behind each, in what looks like a comment too, may stand what pip installs.
enum PythonLines {
    static func of(_ text: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        var lines: [ArraySlice<UInt8>] = []
        var (start, at) = (0, 0)
        while at < bytes.count {
            let length = lineEnd(bytes, at)
            guard length > 0 else {
                at += 1
                continue
            }
            lines.append(bytes[start..<at])
            at += length
            start = at
        }
        lines.append(bytes[start...])
        return lines
    }

    /// How many bytes of a line's end stand here; 0 for none.
    private static func lineEnd(_ bytes: [UInt8], _ at: Int) -> Int {
        func follows(_ expected: [UInt8]) -> Bool { bytes[(at + 1)...].starts(with: expected) }
        switch bytes[at] {
        case 0x0D: return follows([0x0A]) ? 2 : 1
        case 0x0A, 0x0B, 0x0C, 0x1C, 0x1D, 0x1E: return 1
        // U+0085, U+2028 and U+2029.
        case 0xC2: return follows([0x85]) ? 2 : 0
        case 0xE2: return follows([0x80, 0xA8]) || follows([0x80, 0xA9]) ? 3 : 0
        default: return 0
        }
    }
}

/// Options on lines of requirements, as pip's parser takes them apart.
enum PipOption {
    /// The value of one of these options at the beginning of a line; nil when another one stands there.
    static func value(_ names: [String], in text: String) -> String? {
        for name in names {
            guard let length = length(of: name, in: text) else { continue }
            return String(text.dropFirst(length).drop { $0 == "=" || $0 == " " || $0 == "\t" }).trimmedBlanks
        }
        return nil
    }

    /// Whether something that installs may stand behind the first option of a line, or be hidden by quotes.
    static func mayBringMore(_ text: String) -> Bool {
        if text.utf8.contains(where: { [UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\")].contains($0) }) {
            return true
        }
        let names = ["-r", "-e", "--requirement", "--editable"]
        return text.split { $0 == " " || $0 == "\t" }.dropFirst().contains { word in
            names.contains { length(of: $0, in: String(word)) != nil }
        }
    }

    /// How long the name of the option is, as it is written. `-rfile` is one option with its value; of long names pip takes
    /// the beginning for the whole.
    private static func length(of name: String, in text: String) -> Int? {
        guard name.hasPrefix("--") else { return text.hasPrefix(name) ? name.count : nil }
        let word = text.prefix { $0 != "=" && $0 != " " && $0 != "\t" }
        return word.utf8.count > 3 && name.hasPrefix(word) ? word.count : nil
    }
}
