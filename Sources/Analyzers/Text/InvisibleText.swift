/// Where a text has characters that reorder or hide what people see of it.
struct InvisibleText: Equatable {
    /// Offsets of the first text direction control and the first stray tag character.
    var firstBidi: Int?
    var bidiCount = 0
    var firstTag: Int?
    var tagCount = 0

    /// Scans UTF-8 bytes; sequences are recognised wherever they start, valid surroundings or not.
    init(_ bytes: [UInt8]) {
        var index = 0
        while index + 2 < bytes.count {
            switch bytes[index] {
            case 0xE2:
                if Self.isBidi(bytes, at: index) {
                    firstBidi = firstBidi ?? index
                    bidiCount += 1
                }
                index += 1
            case 0xF0:
                // A black flag begins the one honest use of tag characters.
                index = Self.endOfFlag(bytes, at: index) ?? index + 1
            case 0xF3:
                if Self.tag(bytes, at: index) != nil {
                    firstTag = firstTag ?? index
                    tagCount += 1
                }
                index += 1
            default: index += 1
            }
        }
    }

    /// U+202A–202E and U+2066–2069.
    private static func isBidi(_ bytes: [UInt8], at index: Int) -> Bool {
        let (middle, last) = (bytes[index + 1], bytes[index + 2])
        return middle == 0x80 && (0xAA...0xAE).contains(last) || middle == 0x81 && (0xA6...0xA9).contains(last)
    }

    /// The low seven bits of the tag character U+E0000–E007F at `index`.
    private static func tag(_ bytes: [UInt8], at index: Int) -> UInt8? {
        guard index + 3 < bytes.count, bytes[index] == 0xF3, bytes[index + 1] == 0xA0 else { return nil }
        let (third, last) = (bytes[index + 2], bytes[index + 3])
        guard third == 0x80 || third == 0x81, (0x80...0xBF).contains(last) else { return nil }
        return (third & 1) << 6 | (last & 0x3F)
    }

    /// Where a well-formed flag sequence that starts at `index` ends: U+1F3F4, tag letters or digits, U+E007F.
    ///
    /// Spec: Unicode Technical Standard 51, definition ED-14a; subdivision codes have three to six characters.
    private static func endOfFlag(_ bytes: [UInt8], at index: Int) -> Int? {
        guard index + 3 < bytes.count, bytes[index + 1] == 0x9F, bytes[index + 2] == 0x8F, bytes[index + 3] == 0xB4
        else { return nil }
        var position = index + 4
        var letters = 0
        while let character = tag(bytes, at: position) {
            position += 4
            if character == 0x7F { return (3...6).contains(letters) ? position : nil }
            let isLetter = (0x61...0x7A).contains(character) || (0x30...0x39).contains(character)
            guard isLetter, letters < 6 else { return nil }
            letters += 1
        }
        return nil
    }
}

/// Whether bytes are text rather than data of some other format.
func isText(_ bytes: [UInt8]) -> Bool { !bytes.prefix(8192).contains(0) }
