/// Text as its reader takes it: small letters without accents, without what does not show, disguises undone.
///
/// Full-width, mathematical and circled letters become plain ones; letters of other scripts that stand for Latin ones
/// within a word become Latin. Line ends stay, so lines are counted as in the original. ASCII stays as it is, capitals
/// too.
public struct FoldedText: Sendable {
    public private(set) var bytes: [UInt8] = []
    /// Offsets in `bytes` of words that hold a disguise: a hidden character within, letters of another style or script.
    public private(set) var disguises: [Int] = []

    /// Folds UTF-8 text; bytes that are no UTF-8 stay as they are.
    public init(_ text: [UInt8]) {
        bytes.reserveCapacity(text.count)
        let span = text.span
        var index = 0
        while index < span.count {
            let run = asciiRun(span, from: index)
            if run > index {
                bytes.append(contentsOf: text[index..<run])
                index = run
                continue
            }
            let (value, length) = UTF8Scalar.read(span, at: index)
            if value == UTF8Scalar.invalid {
                bytes.append(span[index])
                index += 1
            } else if let hidden = HiddenCharacter(value), hidden.isIgnorable {
                index += length
                noteRemoval(hidden, before: index < span.count ? span[index] : 0)
            } else if let script = LetterScript(value), script != .latin {
                index = appendWord(span, from: index)
            } else {
                append(value, text[index..<index + length])
                index += length
            }
        }
    }

    /// Whether a disguised word begins or lies in a range of `bytes`.
    public func isDisguised(in range: Range<Int>) -> Bool {
        var (low, high) = (0, disguises.count)
        while low < high {
            let middle = (low + high) / 2
            if disguises[middle] < range.lowerBound { low = middle + 1 } else { high = middle }
        }
        return low < disguises.count && disguises[low] < range.upperBound
    }

    private func asciiRun(_ span: Span<UInt8>, from start: Int) -> Int {
        unsafe span.withUnsafeBytes { bytes in
            var index = start
            // Eight at a time: most of a text is ASCII.
            while index &+ 8 <= bytes.count,
                unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index &+= 8
            }
            while index < bytes.count, unsafe bytes[index] < 0x80 { index &+= 1 }
            return index
        }
    }

    /// A hidden character between two letters splits a word for machines and for nobody else.
    private mutating func noteRemoval(_ hidden: HiddenCharacter, before next: UInt8) {
        switch hidden {
        // Hyphenation and direction marks stand in words honestly.
        case .softHyphen, .mark, .filler, .privateUse, .control, .lineSeparator: return
        case .direction, .tag, .variation, .zeroWidth, .joiner: break
        }
        if let last = bytes.last, isASCIILetter(last), isASCIILetter(next) { disguises.append(bytes.count - 1) }
    }

    private mutating func append(_ value: UInt32, _ original: ArraySlice<UInt8>) {
        // Scripts whose characters have no case and no accents stay as they are.
        if (0x3040...0x9FFF).contains(value) || (0xAC00...0xD7A3).contains(value) || value >= 0x20000 {
            bytes.append(contentsOf: original)
            return
        }
        if let letter = styled(value) {
            disguises.append(bytes.count)
            bytes.append(letter)
            return
        }
        switch plainLetters[value] {
        case let known?: bytes.append(contentsOf: known)
        case nil: for part in CompatibilityForm.plain(value) { UTF8Scalar.append(part, to: &bytes) }
        }
    }

    /// The letter behind a character that is a plain letter in another dress.
    private func styled(_ value: UInt32) -> UInt8? {
        switch value {
        case 0xFF21...0xFF3A: return UInt8(truncatingIfNeeded: value - 0xFF21 + 0x61)
        case 0xFF41...0xFF5A: return UInt8(truncatingIfNeeded: value - 0xFF41 + 0x61)
        case 0x24B6...0x24CF: return UInt8(truncatingIfNeeded: value - 0x24B6 + 0x61)
        case 0x24D0...0x24E9: return UInt8(truncatingIfNeeded: value - 0x24D0 + 0x61)
        case 0x1F130...0x1F149: return UInt8(truncatingIfNeeded: value - 0x1F130 + 0x61)
        case 0x1F150...0x1F169: return UInt8(truncatingIfNeeded: value - 0x1F150 + 0x61)
        case 0x1F170...0x1F189: return UInt8(truncatingIfNeeded: value - 0x1F170 + 0x61)
        case 0x1D400...0x1D6A3:
            let plain = CompatibilityForm.plain(value)
            return plain.count == 1 && plain[0] < 0x80 ? UInt8(truncatingIfNeeded: plain[0]) : nil
        case 0x1D00...0x1D22, 0x262, 0x26A, 0x274, 0x280, 0x28F, 0x299, 0x29C, 0x29F, 0xA730, 0xA731:
            return smallCapitals[value]
        case _: return nil
        }
    }

    // MARK: Words with letters of other scripts

    /// Appends the rest of a word from a letter that is not Latin; answers where the word ends.
    private mutating func appendWord(_ span: Span<UInt8>, from start: Int) -> Int {
        var wordStart = bytes.count
        while wordStart > 0, isASCIILetter(bytes[wordStart - 1]) { wordStart -= 1 }
        var index = start
        var letters: [UInt32] = bytes[wordStart...].map { UInt32($0) }
        while index < span.count {
            let (value, length) = UTF8Scalar.read(span, at: index)
            if HiddenCharacter(value)?.isIgnorable == true {
                index += length
                continue
            }
            guard LetterScript(value) != nil else { break }
            letters.append(value)
            index += length
        }
        bytes.removeSubrange(wordStart...)
        if let latin = latinReading(letters) {
            disguises.append(bytes.count)
            bytes.append(contentsOf: latin)
        } else {
            for value in letters {
                if value < 0x80 {
                    bytes.append(UInt8(truncatingIfNeeded: value))
                } else {
                    for part in CompatibilityForm.plain(value) { UTF8Scalar.append(part, to: &bytes) }
                }
            }
        }
        return index
    }

    /// What a word of several scripts reads as when it is read as Latin; nil when it is not meant so.
    private func latinReading(_ letters: [UInt32]) -> [UInt8]? {
        guard letters.contains(where: { $0 < 0x80 }), letters.count > 2 else { return nil }
        var result: [UInt8] = []
        for value in letters {
            if value < 0x80 {
                result.append(UInt8(truncatingIfNeeded: value) | 0x20)
            } else if let near = Lookalike.near(value) {
                result.append(near | 0x20)
            } else {
                return nil
            }
        }
        return result
    }
}

@inline(__always)
private func isASCIILetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

private let smallCapitals: [UInt32: UInt8] = [
    0x1D00: 0x61, 0x299: 0x62, 0x1D04: 0x63, 0x1D05: 0x64, 0x1D07: 0x65, 0xA730: 0x66, 0x262: 0x67, 0x29C: 0x68,
    0x26A: 0x69, 0x1D0A: 0x6A, 0x1D0B: 0x6B, 0x29F: 0x6C, 0x1D0D: 0x6D, 0x274: 0x6E, 0x1D0F: 0x6F, 0x1D18: 0x70,
    0x280: 0x72, 0xA731: 0x73, 0x1D1B: 0x74, 0x1D1C: 0x75, 0x1D20: 0x76, 0x1D21: 0x77, 0x28F: 0x79, 0x1D22: 0x7A,
]

/// The plain forms of accented Latin letters, which texts in many languages are full of.
private let plainLetters: [UInt32: [UInt8]] = {
    var table: [UInt32: [UInt8]] = [:]
    for value in Array(UInt32(0xA0)...0x24F) + Array(0x1EA0...0x1EFF) {
        var bytes: [UInt8] = []
        for part in CompatibilityForm.plain(value) { UTF8Scalar.append(part, to: &bytes) }
        table[value] = bytes
    }
    return table
}()
