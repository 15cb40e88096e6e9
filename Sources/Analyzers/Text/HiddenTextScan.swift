import UnicodeText

/// Characters of a text that show nothing or something else than they are, with what surrounds them.
struct HiddenTextScan {
    /// Offsets of the first of them, and how many there are.
    struct Finds {
        private(set) var offsets: [Int] = []
        private(set) var count = 0
        private static let maxOffsets = 1024

        mutating func add(_ offset: Int) {
            count += 1
            if offsets.count < Self.maxOffsets { offsets.append(offset) }
        }

        var first: Int? { offsets.first }
    }

    /// A stretch of hidden characters without any other between them.
    struct Run {
        var start = 0
        var count = 0
        /// How many different characters it has, up to the four that are told apart.
        var kinds: [UInt32] = []
        /// Whether every character is the one after its neighbour: a table, not a text.
        var isSequence = true
        /// Whether a character is there twice: texts repeat their letters, tables do not.
        private(set) var repeats = false
        private var seen = SIMD4<UInt64>()
        fileprivate var last: UInt32 = 0

        fileprivate mutating func add(_ value: UInt32, at offset: Int) {
            if count == 0 { start = offset } else if value != last &+ 1 { isSequence = false }
            count += 1
            last = value
            let (word, bit) = (Int(value >> 6 & 3), UInt64(1) << UInt64(value & 63))
            if seen[word] & bit != 0 { repeats = true }
            seen[word] |= bit
            if kinds.count < 4, !kinds.contains(value) { kinds.append(value) }
        }
    }

    private(set) var direction = Finds()
    /// Those of them that override the order of letters.
    private(set) var overrides = Finds()
    private(set) var tags = Finds()
    private(set) var variationRuns: [Run] = []
    private(set) var zeroWidthRuns: [Run] = []
    private(set) var fillerRuns: [Run] = []
    private(set) var privateRuns: [Run] = []
    /// Selectors after characters that have no variants.
    private(set) var strayVariations = Finds()
    private(set) var strayEmojiVariations = Finds()
    /// Zero-width characters between two ASCII letters or digits.
    private(set) var within = Finds()
    private(set) var withinKinds: Set<UInt32> = []
    private(set) var fillers = Finds()
    private(set) var lineSeparators = Finds()
    /// C0 controls but tab, line feed, form feed and return; and DEL.
    private(set) var controls = Finds()
    /// Returns without a line feed.
    private(set) var returns = Finds()
    private(set) var lineFeeds = 0
    /// Whether letters are there that are written from right to left.
    private(set) var hasRightToLeft = false

    private var variation = Run()
    private var zeroWidth = Run()
    private var filler = Run()
    private var privateUse = Run()
    private var previous: UInt32 = 0x0A
    private static let maxRuns = 256

    init(_ bytes: [UInt8]) {
        let span = bytes.span
        var index = 0
        while index < span.count {
            let byte = span[index]
            if byte &- 0x20 < 0x5F {
                if variation.count | zeroWidth.count | filler.count | privateUse.count != 0 { endRuns() }
                index = endOfPrintable(span, from: index + 1)
                previous = UInt32(span[index - 1])
            } else if byte < 0x80 {
                takeControl(byte, at: index, next: index + 1 < span.count ? span[index + 1] : 0)
                index += 1
            } else {
                index += takeWide(span, at: index)
            }
        }
        endRuns()
    }

    private mutating func takeControl(_ byte: UInt8, at index: Int, next: UInt8) {
        endRuns()
        switch byte {
        case 0x0A: lineFeeds += 1
        case 0x09, 0x0C: break
        case 0x0D: if next != 0x0A && next != 0x0D && previous != 0x0D { returns.add(index) }
        case _: controls.add(index)
        }
        previous = UInt32(byte)
    }

    private mutating func takeWide(_ span: Span<UInt8>, at index: Int) -> Int {
        if let flag = endOfFlag(span, at: index) {
            endRuns()
            previous = 0x1F3F4
            return flag - index
        }
        let (value, length) = UTF8Scalar.read(span, at: index)
        guard let hidden = HiddenCharacter(value) else {
            endRuns()
            if (0x590...0x8FF).contains(value) { hasRightToLeft = true }
            previous = value
            return length
        }
        take(hidden, value, at: index, next: index + length < span.count ? span[index + length] : 0)
        return length
    }

    private mutating func take(_ hidden: HiddenCharacter, _ value: UInt32, at index: Int, next: UInt8) {
        switch hidden {
        case .direction:
            direction.add(index)
            if value == 0x202D || value == 0x202E { overrides.add(index) }
        case .tag: tags.add(index)
        case .variation:
            if variation.count == 0 { noteStray(value, at: index) }
            variation.add(value, at: index)
        case .zeroWidth, .joiner, .mark:
            zeroWidth.add(value, at: index)
            if hidden != .mark, standsInNames(next), previous < 0x80, standsInNames(UInt8(truncatingIfNeeded: previous))
            {
                within.add(index)
                if withinKinds.count < 16 { withinKinds.insert(value) }
            }
        case .filler:
            fillers.add(index)
            if value != 0x2800 { filler.add(value, at: index) }
        case .privateUse: privateUse.add(value, at: index)
        case .lineSeparator: lineSeparators.add(index)
        case .softHyphen, .control: break
        }
    }

    /// A selector belongs after an emoji, a digit of a key, a symbol, or a Chinese character.
    private mutating func noteStray(_ value: UInt32, at index: Int) {
        let isPlain = previous < 0x80 && !(0x30...0x39).contains(previous) && previous != 0x23 && previous != 0x2A
        if value == 0xFE0F || value == 0xFE0E {
            if isPlain { strayEmojiVariations.add(index) }
        } else if isPlain || value >= 0xE0100 && !(0x2E80...0x9FFF).contains(previous) && previous < 0x20000 {
            strayVariations.add(index)
        }
    }

    private mutating func endRuns() {
        if variation.count > 1, variationRuns.count < Self.maxRuns { variationRuns.append(variation) }
        if zeroWidth.count > 7, zeroWidthRuns.count < Self.maxRuns { zeroWidthRuns.append(zeroWidth) }
        if filler.count > 7, fillerRuns.count < Self.maxRuns { fillerRuns.append(filler) }
        if privateUse.count > 7, privateRuns.count < Self.maxRuns { privateRuns.append(privateUse) }
        (variation, zeroWidth, filler, privateUse) = (Run(), Run(), Run(), Run())
    }
}

/// Where the next byte stands that is no printable ASCII, from `start` on: eight at a time, since most bytes are.
private func endOfPrintable(_ span: Span<UInt8>, from start: Int) -> Int {
    unsafe span.withUnsafeBytes { bytes in
        var index = start
        while index &+ 8 <= bytes.count {
            let word = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            // Bit 7 of a byte: it is not ASCII, it is a delete, or it lies below a blank.
            let deletes = (word ^ 0x7F7F_7F7F_7F7F_7F7F) &- 0x0101_0101_0101_0101
            let controls = word &- 0x2020_2020_2020_2020
            guard (word | deletes | controls) & 0x8080_8080_8080_8080 == 0 else { break }
            index &+= 8
        }
        while index < bytes.count, unsafe bytes[index] &- 0x20 < 0x5F { index &+= 1 }
        return index
    }
}

@inline(__always)
private func standsInNames(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "_")
}

/// Where a well-formed flag sequence that starts at `index` ends: U+1F3F4, tag letters or digits, U+E007F.
///
/// Spec: Unicode Technical Standard 51, definition ED-14a; subdivision codes have three to six characters.
private func endOfFlag(_ bytes: Span<UInt8>, at index: Int) -> Int? {
    guard bytes[index] == 0xF0, UTF8Scalar.read(bytes, at: index).value == 0x1F3F4 else { return nil }
    var position = index + 4
    var letters = 0
    while position < bytes.count {
        let (value, length) = UTF8Scalar.read(bytes, at: position)
        position += length
        // Tables that join the characters of every emoji in the same way put a joiner between these as well.
        if value == 0x200D { continue }
        if value == 0xE007F { return (3...6).contains(letters) ? position : nil }
        guard (0xE0061...0xE007A).contains(value) || (0xE0030...0xE0039).contains(value) else { return nil }
        letters += 1
    }
    return nil
}
