/// The scripts whose letters pass for Latin ones.
public enum LetterScript: Sendable, Equatable {
    case latin, cyrillic, greek, armenian, cherokee

    /// The script of a code point; nil for what is no letter of these.
    public init?(_ value: UInt32) {
        switch value {
        case 0x41...0x5A, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x24F, 0x1E00...0x1EFF: self = .latin
        case 0x370...0x373, 0x376...0x377, 0x37B...0x37D, 0x37F, 0x386, 0x388...0x3FF, 0x1F00...0x1FFC: self = .greek
        case 0x400...0x481, 0x48A...0x52F, 0x1C80...0x1C88, 0xA640...0xA66E, 0xA680...0xA69D: self = .cyrillic
        case 0x531...0x556, 0x561...0x587: self = .armenian
        case 0x13A0...0x13FD, 0xAB70...0xABBF: self = .cherokee
        case _: return nil
        }
    }
}

/// Letters of other scripts that look like Latin ones.
public enum Lookalike {
    /// The ASCII letter that a letter of another script cannot be told from; nil for every other.
    public static func letter(_ value: UInt32) -> UInt8? { same[value] }

    /// The ASCII letter that a letter of another script may pass for in a word of Latin letters.
    public static func near(_ value: UInt32) -> UInt8? { same[value] ?? similar[value] }

    private static let same = table([
        // Cyrillic
        "А": "A", "В": "B", "Е": "E", "Ѕ": "S", "І": "I", "Ј": "J", "К": "K", "М": "M", "Н": "H", "О": "O",
        "Р": "P", "С": "C", "Т": "T", "У": "Y", "Х": "X", "Ү": "Y", "Ԍ": "G", "Ԛ": "Q", "Ԝ": "W", "Һ": "H",
        "а": "a", "е": "e", "ѕ": "s", "і": "i", "ј": "j", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x",
        "ԁ": "d", "һ": "h", "ӏ": "l", "Ӏ": "I", "ԛ": "q", "ԝ": "w", "ѵ": "v", "ү": "y",
        // Greek
        "Α": "A", "Β": "B", "Ε": "E", "Ζ": "Z", "Η": "H", "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N", "Ο": "O",
        "Ρ": "P", "Τ": "T", "Υ": "Y", "Χ": "X", "ο": "o", "ϲ": "c", "ϳ": "j", "Ϲ": "C", "Ϳ": "J",
        // Armenian
        "օ": "o", "Օ": "O", "ս": "u", "Ս": "U", "հ": "h", "ո": "n", "Տ": "S", "Լ": "L", "յ": "j", "ց": "g", "ք": "p",
        "զ": "q",
        // Cherokee
        "Ꭰ": "D", "Ꭱ": "R", "Ꭲ": "T", "Ꭺ": "A", "Ꭻ": "J", "Ꭼ": "E", "Ꮃ": "W", "Ꮇ": "M", "Ꮋ": "H", "Ꮐ": "G",
        "Ꮓ": "Z", "Ꮪ": "S", "Ꮩ": "V", "Ꮮ": "L", "Ꮯ": "C", "Ꮲ": "P", "Ꮶ": "K", "Ᏼ": "B",
    ])

    private static let similar = table([
        "в": "b", "к": "k", "м": "m", "н": "h", "т": "t", "п": "n", "г": "r", "ь": "b", "ё": "e", "ї": "i", "ӓ": "a",
        "α": "a", "β": "b", "γ": "y", "δ": "d", "ε": "e", "η": "n", "ι": "i", "κ": "k", "μ": "u", "ν": "v", "ρ": "p",
        "σ": "o", "τ": "t", "υ": "u", "χ": "x", "ω": "w", "ί": "i", "ό": "o", "ύ": "u", "ή": "n", "έ": "e", "ά": "a",
        "Ѵ": "V", "Σ": "E", "Λ": "A", "Δ": "A", "Π": "N", "И": "N", "Я": "R", "я": "r",
    ])

    private static func table(_ pairs: KeyValuePairs<String, String>) -> [UInt32: UInt8] {
        var table: [UInt32: UInt8] = [:]
        for (from, to) in pairs {
            guard let scalar = from.unicodeScalars.first, let byte = to.utf8.first else { continue }
            table[scalar.value] = byte
        }
        return table
    }
}
