/// Spellings that keep a text readable for a model and not for a search: letters set apart, character references.
extension ReviewerCarriers {
    private static let leastLetters = 7
    private static let maxSpellings = 64

    // MARK: i g n o r e

    /// Words whose letters are set apart by one character each.
    static func spacedLetters(_ bytes: [UInt8]) -> [CarriedText] {
        var texts: [CarriedText] = []
        var index = 0
        // A word of seven letters set apart covers five bytes in a row at one of these positions.
        while index + 8 < bytes.count, texts.count < maxSpellings {
            if index + blockBytes + 4 <= bytes.count, !mayHaveLettersApart(bytes, in: index..<index + blockBytes) {
                index += blockBytes
                continue
            }
            guard isApart(bytes, at: index) else {
                index += 4
                continue
            }
            let (text, start, end) = joined(bytes, from: index)
            if text.count >= leastLetters { texts.append(CarriedText(bytes: text, offset: start, isInvisible: false)) }
            index = max(end, index + 4)
        }
        return texts
    }

    /// So many bytes are passed at once, a multiple of the steps between the positions that are looked at.
    private static let blockBytes = 64

    /// Whether letters and others take turns in any five bytes that begin in a block: without a branch, in vectors.
    @inline(__always)
    private static func mayHaveLettersApart(_ bytes: [UInt8], in block: Range<Int>) -> Bool {
        var found: UInt8 = 0
        unsafe bytes.withUnsafeBufferPointer { text in
            for index in block {
                let first = unsafe letterBit(text[index])
                let second = unsafe letterBit(text[index + 1])
                let third = unsafe letterBit(text[index + 2])
                let fourth = unsafe letterBit(text[index + 3])
                let fifth = unsafe letterBit(text[index + 4])
                found |= (first ^ second) & (second ^ third) & (third ^ fourth) & (fourth ^ fifth)
            }
        }
        return found != 0
    }

    /// Whether letters and other characters take turns in the five bytes from `index`.
    @inline(__always)
    private static func isApart(_ bytes: [UInt8], at index: Int) -> Bool {
        let first = isLetter(bytes[index])
        guard first != isLetter(bytes[index + 1]), first == isLetter(bytes[index + 2]) else { return false }
        return first != isLetter(bytes[index + 3]) && first == isLetter(bytes[index + 4])
    }

    /// The letters around `index` that stand apart, with a blank where more than one character is between them.
    private static func joined(_ bytes: [UInt8], from index: Int) -> (text: [UInt8], start: Int, end: Int) {
        var start = index
        while start >= 1, isLetter(bytes[start]) != isLetter(bytes[start - 1]) { start -= 1 }
        var text: [UInt8] = []
        var position = start
        var others = 0
        var separator: UInt8?
        while position < bytes.count, text.count < 4096 {
            if isLetter(bytes[position]) {
                // Two letters together: ordinary words begin again.
                if position + 1 < bytes.count, isLetter(bytes[position + 1]) { break }
                // Words are apart by more than letters are, or by something else.
                let isChange = separator.map { others == 1 && bytes[position - 1] != $0 } ?? false
                let isWordEnd = !text.isEmpty && (others > 1 || isChange)
                if isWordEnd { text.append(0x20) }
                if others == 1, separator == nil, !text.isEmpty { separator = bytes[position - 1] }
                text.append(bytes[position])
                others = 0
            } else {
                others += 1
                if others > 4 { break }
            }
            position += 1
        }
        return (text, start, position)
    }

    // MARK: &#105; \u0069 %69

    /// Stretches in which letters are written by their numbers.
    static func references(_ bytes: [UInt8]) -> [CarriedText] {
        guard hasReferences(bytes) else { return [] }
        let found = referenceMarks.matches(in: bytes, limit: 20_000)
        guard found.count >= leastLetters else { return [] }
        var texts: [CarriedText] = []
        var index = 0
        while index < found.count, texts.count < maxSpellings {
            var last = index
            while last + 1 < found.count, found[last + 1].range.lowerBound - found[last].range.lowerBound < 40 {
                last += 1
            }
            if last - index + 1 >= leastLetters {
                let range =
                    max(found[index].range.lowerBound - 40, 0)..<min(found[last].range.upperBound + 40, bytes.count)
                texts.append(
                    CarriedText(
                        bytes: resolved(bytes[range]), offset: found[index].range.lowerBound, isInvisible: false))
            }
            index = last + 1
        }
        return texts
    }

    /// Whether `&#`, `\u`, `\x`, `%6` and `%7` occur as often as a word has letters: without a branch, in vectors.
    private static func hasReferences(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 1 else { return false }
        return unsafe bytes.withUnsafeBufferPointer { text in
            guard let base = text.baseAddress else { return false }
            let last = text.count - 1
            var (count, start) = (0, 0)
            while start < last, count < leastLetters {
                // A byte counts up to 255.
                let end = min(start + 128, last)
                var inBlock: UInt8 = 0
                for index in start..<end {
                    let byte = unsafe base[index]
                    let next = unsafe base[index + 1]
                    let isNumber: UInt8 = (byte == 0x26 ? 1 : 0) & (next == 0x23 ? 1 : 0)
                    let isLetter: UInt8 = next | 0x20 == 0x78 || next | 0x20 == 0x75 ? 1 : 0
                    let isEscape: UInt8 = (byte == 0x5C ? 1 : 0) & isLetter
                    let isPercent: UInt8 = (byte == 0x25 ? 1 : 0) & (next & 0xFE == 0x36 ? 1 : 0)
                    inBlock &+= isNumber | isEscape | isPercent
                }
                count += Int(inBlock)
                start = end
            }
            return count >= leastLetters
        }
    }

    /// The beginnings of references to ASCII letters.
    private static let referenceMarks = LiteralSet(
        ["&#x4", "&#x5", "&#x6", "&#x7", "&#10", "&#11", "&#12", "&#6", "&#7", "&#8", "&#9"]
            + ["\\u004", "\\u005", "\\u006", "\\u007", "\\x4", "\\x5", "\\x6", "\\x7"]
            + ["%6", "%7"].flatMap { mark in "0123456789ABCDEF".map { "\(mark)\($0)%" } }, ignoringCase: true)

    /// The text with references to ASCII characters resolved.
    private static func resolved(_ slice: ArraySlice<UInt8>) -> [UInt8] {
        let bytes = Array(slice)
        var text: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if let (value, length) = reference(bytes, at: index) {
                text.append(value)
                index += length
            } else {
                text.append(bytes[index])
                index += 1
            }
        }
        return text
    }

    private static func reference(_ bytes: [UInt8], at index: Int) -> (UInt8, Int)? {
        switch bytes[index] {
        case UInt8(ascii: "%"): return hexadecimal(bytes, index + 1, 2).map { ($0, 3) }
        case UInt8(ascii: "\\"):
            guard index + 1 < bytes.count else { return nil }
            if bytes[index + 1] == UInt8(ascii: "x") { return hexadecimal(bytes, index + 2, 2).map { ($0, 4) } }
            guard bytes[index + 1] == UInt8(ascii: "u"), index + 3 < bytes.count, bytes[index + 2] == UInt8(ascii: "0"),
                bytes[index + 3] == UInt8(ascii: "0")
            else { return nil }
            return hexadecimal(bytes, index + 4, 2).map { ($0, 6) }
        case UInt8(ascii: "&"): return characterReference(bytes, at: index)
        case _: return nil
        }
    }

    private static func characterReference(_ bytes: [UInt8], at index: Int) -> (UInt8, Int)? {
        guard index + 2 < bytes.count, bytes[index + 1] == UInt8(ascii: "#") else { return nil }
        let isHexadecimal = bytes[index + 2] | 0x20 == UInt8(ascii: "x")
        var position = index + (isHexadecimal ? 3 : 2)
        var value = 0
        while position < bytes.count, position < index + 9, let digit = digit(bytes[position]),
            isHexadecimal || digit < 10
        {
            value = value * (isHexadecimal ? 16 : 10) + Int(digit)
            position += 1
        }
        guard (0x20..<0x7F).contains(value) else { return nil }
        if position < bytes.count, bytes[position] == UInt8(ascii: ";") { position += 1 }
        return (UInt8(value), position - index)
    }

    private static func hexadecimal(_ bytes: [UInt8], _ start: Int, _ count: Int) -> UInt8? {
        guard start + count <= bytes.count else { return nil }
        var value: UInt8 = 0
        for index in start..<start + count {
            guard let digit = digit(bytes[index]) else { return nil }
            value = value << 4 | digit
        }
        return (0x20..<0x7F).contains(value) ? value : nil
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46, 0x61...0x66: (byte | 0x20) - 0x57
        case _: nil
        }
    }
}

/// 1 for an ASCII letter, 0 for anything else.
@inline(__always)
private func letterBit(_ byte: UInt8) -> UInt8 { (byte | 0x20) &- 0x61 < 26 ? 1 : 0 }

@inline(__always)
private func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
