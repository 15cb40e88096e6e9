/// Text of a package as a model is shown it: one line at a time, in which nothing acts on whoever reads it.
///
/// Characters that nobody sees and those that turn the direction of writing are taken out, control characters are
/// written as `\u{…}`, and so is the first character of what chat templates use to tell who speaks: servers that read
/// such marks in the middle of a message would otherwise let a package end its own quotation.
enum ReviewText {
    /// The longest line in bytes; the rest is cut, and the gutter says so.
    static let maxLineBytes = 1000
    /// A character more than the limit and the escape that it may become.
    private static let slackBytes = 16

    /// One line as it is shown.
    struct Line: Equatable {
        var text: String
        /// How many characters were taken out.
        var removed = 0
        /// Whether the line goes on.
        var isCut = false
    }

    /// Makes a line of a file harmless.
    ///
    /// - Parameter bytes: without its end of line; bytes that are no UTF-8 become U+FFFD.
    static func shown(_ bytes: some Sequence<UInt8>) -> Line {
        let all = Array(String(decoding: Array(bytes), as: UTF8.self).unicodeScalars)
        // Marks are looked for among what is left: a character that nobody sees could hold one apart until it is gone.
        let scalars = all.filter { !isRemoved($0) }
        var line = Line(text: "", removed: all.count - scalars.count)
        var text = String.UnicodeScalarView()
        var count = 0
        for (index, scalar) in scalars.enumerated() {
            guard count < maxLineBytes else {
                line.isCut = true
                break
            }
            if isEscaped(scalar) || beginsMark(scalars, at: index) {
                let escape = "\\u{\(String(scalar.value, radix: 16))}"
                text.append(contentsOf: escape.unicodeScalars)
                count += escape.utf8.count
            } else {
                text.append(scalar)
                count += UTF8.width(scalar)
            }
        }
        line.text = String(text)
        return line
    }

    /// Whether a text could have come from `shown`: what a confined child says of a file is believed only then.
    static func isShown(_ text: String) -> Bool {
        guard text.utf8.count <= maxLineBytes + slackBytes else { return false }
        let scalars = Array(text.unicodeScalars)
        return scalars.indices.allSatisfy { index in
            !isRemoved(scalars[index]) && !isEscaped(scalars[index]) && !beginsMark(scalars, at: index)
        }
    }

    /// Characters that leave no trace on a screen or change how others read.
    private static func isRemoved(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x200B...0x200F, 0x202A...0x202E,
            0x2060...0x206F, 0x2800, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB, 0x1BCA0...0x1BCA3,
            0x1D173...0x1D17A, 0xE0000...0xE0FFF:
            true
        default: false
        }
    }

    /// Characters that terminals act on or that end a line, and those that mean something only where they were agreed on.
    private static func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09: false
        case 0x00..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0xE000...0xF8FF, 0xF0000...0x10FFFF: true
        // The two last of every plane are no characters.
        case let value: value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(value)
        }
    }

    /// What follows `<` in the marks of chat templates.
    private static let angleMarks = [
        "|", "\u{FF5C}", "s>", "/s>", "bos>", "/bos>", "eos>", "/eos>", "pad>", "unk>", "mask>", "start_of_", "end_of_",
        "unused", "<SYS>>", "</SYS>>", "/SYS>>", "SYS>>", "tool_", "/tool_", "think>", "/think>", "fim_", "extra_id_",
        "reserved_", "sep>", "cls>", "eod>", "eom>", "eot>", "im_", "message>", "/message>", "system>", "/system>",
        "user>", "/user>", "assistant>", "/assistant>", "human>", "/human>",
    ].map { Array($0.unicodeScalars) }

    private static func beginsMark(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
        switch scalars[index] {
        case "<": return angleMarks.contains { scalars[(index + 1)...].starts(with: $0) }
        case "[":
            // `[INST]`, `[/INST]`, `[TOOL_CALLS]`: capitals alone, as no code writes them.
            var rest = scalars[(index + 1)...].prefix(40)
            if rest.first == "/" { rest = rest.dropFirst() }
            let word = rest.prefix { ("A"..."Z").contains($0) || $0 == "_" }
            return word.count >= 3 && rest.dropFirst(word.count).first == "]"
        case "|":
            // The end of a mark whose beginning was cut away.
            return index + 1 < scalars.count && scalars[index + 1] == ">"
        default: return false
        }
    }
}

/// How many tokens a text is at most likely to be. Models divide differently; this errs on the dear side for code.
public enum TokenEstimate {
    /// Three bytes of ASCII a token, and a token for each byte beyond it.
    public static func tokens(in text: some Sequence<UInt8>) -> Int {
        var (plain, other) = (0, 0)
        for byte in text { if byte < 0x80 { plain += 1 } else { other += 1 } }
        return (plain + 2) / 3 + other
    }
}
