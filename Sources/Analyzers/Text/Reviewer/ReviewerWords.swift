/// One word of a text with what it can mean.
struct ReviewerWord {
    let meaning: WordMeaning
    /// In the text's bytes.
    let range: Range<Int>
    /// Whether only marks and blanks stand before it on its line.
    let isLineStart: Bool
    /// The first byte after it that is no blank.
    let next: UInt8
}

/// The words of a stretch of text, in code, comments and prose alike: `ignoreAllRules` has three.
struct ReviewerWords {
    private(set) var words: [ReviewerWord] = []
    private let bytes: [UInt8]
    private let end: Int
    private var index: Int
    private var isLineStart = true
    private var scratch: [UInt8] = []

    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [ReviewerWord] {
        var reader = ReviewerWords(bytes, range)
        while reader.index < reader.end { reader.step() }
        return reader.words
    }

    private init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        index = range.lowerBound
        end = range.upperBound
    }

    private mutating func step() {
        let byte = bytes[index]
        if isWordByte(byte) {
            readWord()
        } else if byte >= 0x80 {
            readForeign()
        } else {
            // `\n` within a literal ends a word and begins none.
            let isEscape = byte == UInt8(ascii: "\\") && index + 1 < end && "nrt".utf8.contains(bytes[index + 1])
            let following = index + 1 < end ? bytes[index + 1] : 0
            let isComment =
                byte == UInt8(ascii: "#")
                || byte == UInt8(ascii: "/") && (following == byte || following == UInt8(ascii: "*"))
                || byte == UInt8(ascii: "-") && following == byte
            if byte == 0x0A || byte == 0x0D || isEscape || isComment { isLineStart = true }
            index += isEscape ? 2 : 1
        }
    }

    private mutating func readWord() {
        let start = index
        scratch.removeAll(keepingCapacity: true)
        while index < end {
            let byte = bytes[index]
            if isWordByte(byte) {
                if index > start, startsWord(at: index) { break }
                scratch.append(byte)
                index += 1
            } else if let length = apostrophe(at: index), index + length < end, isLetter(bytes[index + length]) {
                index += length
            } else {
                break
            }
        }
        append(WordTrie.lexicon.meaning(of: scratch, in: 0..<scratch.count), start)
    }

    /// Whether a capital at `index` begins a word within a name: `allRules`, `AIReviewer`.
    private func startsWord(at index: Int) -> Bool {
        guard isCapital(bytes[index]) else { return false }
        if isSmall(bytes[index - 1]) { return true }
        return isCapital(bytes[index - 1]) && index + 1 < end && isSmall(bytes[index + 1])
    }

    private func apostrophe(at index: Int) -> Int? {
        if bytes[index] == UInt8(ascii: "'") { return 1 }
        guard index + 2 < end, bytes[index] == 0xE2, bytes[index + 1] == 0x80, bytes[index + 2] == 0x99 else {
            return nil
        }
        return 3
    }

    /// Letters of other scripts: whole words, and where words are not separated, every known one.
    private mutating func readForeign() {
        let start = index
        let isUnseparated = bytes[index] >= 0xE3 && bytes[index] <= 0xE9
        if let found = WordTrie.lexicon.longest(in: bytes, from: index, to: end) {
            index += found.length
            // The rest of a word in a script that separates words belongs to it.
            if !isUnseparated { while index < end, bytes[index] >= 0x80 { index += 1 } }
            append(found.meaning, start)
            return
        }
        index += 1
        if isUnseparated {
            while index < end, bytes[index] & 0xC0 == 0x80 { index += 1 }
        } else {
            while index < end, bytes[index] >= 0x80 { index += 1 }
            append([], start)
        }
    }

    private mutating func append(_ meaning: WordMeaning, _ start: Int) {
        var following = index
        while following < end, bytes[following] == 0x20 || bytes[following] == 0x09 { following += 1 }
        words.append(
            ReviewerWord(
                meaning: meaning, range: start..<index, isLineStart: isLineStart,
                next: following < end ? bytes[following] : 0))
        isLineStart = false
    }
}

@inline(__always)
private func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
@inline(__always)
private func isWordByte(_ byte: UInt8) -> Bool { isLetter(byte) || byte &- 0x30 < 10 }
@inline(__always)
private func isCapital(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
@inline(__always)
private func isSmall(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 }
