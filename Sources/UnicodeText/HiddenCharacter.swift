/// A character that shows nothing, or something else than it is.
public enum HiddenCharacter: UInt8, Sendable {
    /// U+202A–202E, U+2066–2069: changes the order in which text is shown.
    case direction
    /// U+E0000–E007F.
    case tag
    /// U+FE00–FE0F and U+E0100–E01EF, and Mongolian's own.
    case variation
    /// U+200B, U+2060–2064, U+FEFF, U+180E, U+034F and their kind: nothing is shown, and no script needs them.
    case zeroWidth
    /// U+200C and U+200D, which scripts and emoji need.
    case joiner
    /// U+200E, U+200F, U+061C: the direction of one place.
    case mark
    /// U+00AD.
    case softHyphen
    /// Letters that show nothing: Hangul's fillers, the empty Braille pattern.
    case filler
    /// For private use.
    case privateUse
    /// U+0080–009F.
    case control
    /// U+2028 and U+2029, at which lines end in JavaScript and in no editor.
    case lineSeparator

    /// What kind of hidden character a code point above ASCII is; nil for every other.
    public init?(_ value: UInt32) {
        switch value {
        case 0x80...0x9F: self = .control
        case 0xAD: self = .softHyphen
        case 0x34F, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x2060...0x2065, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFB,
            0x1BCA0...0x1BCA3, 0x1D173...0x1D17A:
            self = .zeroWidth
        case 0x61C, 0x200E, 0x200F: self = .mark
        case 0x200C, 0x200D: self = .joiner
        case 0x2028, 0x2029: self = .lineSeparator
        case 0x202A...0x202E, 0x2066...0x2069: self = .direction
        case 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0: self = .filler
        case 0x180B...0x180D, 0x180F, 0xFE00...0xFE0F, 0xE0100...0xE01EF: self = .variation
        case 0xE0000...0xE007F: self = .tag
        case 0xE000...0xF8FF, 0xF0000...0xFFFFD, 0x100000...0x10FFFD: self = .privateUse
        case _: return nil
        }
    }

    /// Whether text reads the same without it.
    public var isIgnorable: Bool {
        switch self {
        case .direction, .tag, .variation, .zeroWidth, .joiner, .mark, .softHyphen: true
        case .filler, .privateUse, .control, .lineSeparator: false
        }
    }
}
