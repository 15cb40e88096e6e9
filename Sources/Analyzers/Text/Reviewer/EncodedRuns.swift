import SourceCode
import UnicodeText

/// Finds texts that stand encoded in a file, in base64 or hexadecimal digits.
///
/// Names in code, paths and rules of dashes look like digits of base64 too, so nothing is decoded into memory before
/// its first bytes have shown to be words.
struct EncodedRuns {
    private static let leastBytes = 28
    private static let mostBytes = 64 << 10
    private static let maxTexts = 256
    /// So many digits show whether a run stands for words.
    private static let headDigits = 32

    private let bytes: [UInt8]
    private(set) var texts: [CarriedText] = []

    /// Texts in runs of letters and digits that decode to readable words.
    static func texts(in bytes: [UInt8]) -> [CarriedText] {
        var runs = EncodedRuns(bytes: bytes)
        unsafe digitValues.withUnsafeBufferPointer { values in
            unsafe bytes.withUnsafeBufferPointer { text in unsafe runs.read(text, values) }
        }
        return runs.texts
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func read(_ text: UnsafeBufferPointer<UInt8>, _ values: UnsafeBufferPointer<UInt8>) {
        var position = Self.leastBytes - 1
        var end = 0
        // A run of this length covers one of these positions, so nothing else has to be looked at.
        while position < text.count, texts.count < Self.maxTexts {
            guard unsafe Self.isDigit(text[position], values), unsafe Self.mayBeRun(text, around: position, values)
            else {
                position += Self.leastBytes
                continue
            }
            var start = position
            while start > end, unsafe Self.isDigit(text[start - 1], values) { start -= 1 }
            end = position + 1
            while end < text.count, unsafe Self.isDigit(text[end], values) { end += 1 }
            if end - start >= Self.leastBytes, let words = unsafe words(in: start..<end, of: text, values) {
                texts.append(CarriedText(bytes: words, offset: start, isInvisible: false))
            }
            position = end + Self.leastBytes - 1
        }
    }

    /// Whether a run of this length may cover a position: then half of it lies before that or behind it.
    @inline(__always)
    private static func mayBeRun(
        _ text: UnsafeBufferPointer<UInt8>, around position: Int, _ values: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let half = leastBytes / 2 - 1
        if position >= half, unsafe isDigit(text[position - half], values),
            unsafe isDigit(text[position - half / 2], values)
        {
            return true
        }
        return unsafe position + half < text.count && isDigit(text[position + half], values)
            && isDigit(text[position + half / 2], values)
    }

    /// The words that a run stands for; nil when it stands for none.
    private func words(
        in run: Range<Int>, of text: UnsafeBufferPointer<UInt8>, _ values: UnsafeBufferPointer<UInt8>
    ) -> [UInt8]? {
        let bounded = run.lowerBound..<min(run.upperBound, run.lowerBound + Self.mostBytes)
        if unsafe Self.beginsHexadecimal(bounded, of: text),
            let found = LenientHexadecimal.decode(bytes[bounded], passesBlanks: false, dropsHalf: true),
            Self.isReadable(found)
        {
            return found
        }
        guard unsafe Self.beginsReadable(bounded, of: text, values) else { return nil }
        return LenientBase64.decode(bytes[bounded], others: .refuse).flatMap { Self.isReadable($0) ? $0 : nil }
    }

    // MARK: Digits

    /// Marks what is no digit of base64.
    private static let noDigit: UInt8 = 0xFF

    /// The value of each byte as a digit of base64 of either alphabet.
    private static let digitValues: [UInt8] = (0..<256).map { value in
        let byte = UInt8(value)
        return switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        case _: noDigit
        }
    }

    @inline(__always)
    private static func isDigit(_ byte: UInt8, _ values: UnsafeBufferPointer<UInt8>) -> Bool {
        unsafe values[Int(byte)] != noDigit
    }

    /// Whether a run is all hexadecimal digits, whose first pairs are not odd more often than words allow in all.
    private static func beginsHexadecimal(_ run: Range<Int>, of text: UnsafeBufferPointer<UInt8>) -> Bool {
        let mostOdd = run.count / 2 / oddShare
        var odd = 0
        var index = run.lowerBound
        while index < run.upperBound {
            let byte = unsafe text[index]
            guard let digit = HexadecimalDigit.value(byte) else { return false }
            index += 1
            guard index < run.upperBound else { return true }
            guard let next = unsafe HexadecimalDigit.value(text[index]) else { return false }
            index += 1
            if kind(of: digit << 4 | next) == .odd { odd += 1 }
            if odd > mostOdd { return false }
        }
        return true
    }

    /// Whether the bytes behind the first digits of a run are words; all of them are digits of base64.
    private static func beginsReadable(
        _ run: Range<Int>, of text: UnsafeBufferPointer<UInt8>, _ values: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let digits = min(run.count, headDigits)
        let count = digits * 6 / 8
        let mostOdd = count / oddShare
        var (letters, odd) = (0, 0)
        var (bits, width): (UInt32, UInt32) = (0, 0)
        for index in run.lowerBound..<run.lowerBound + digits {
            bits = unsafe bits << 6 | UInt32(values[Int(text[index])])
            width += 6
            guard width >= 8 else { continue }
            width -= 8
            switch kind(of: UInt8(truncatingIfNeeded: bits >> width)) {
            case .letter: letters += 1
            case .odd:
                odd += 1
                if odd > mostOdd { return false }
            case .other: break
            }
        }
        return letters * 10 >= count * 6
    }

    // MARK: Words

    private enum Kind { case letter, other, odd }

    /// One byte in so many may be odd.
    private static let oddShare = 50
    private static let leastText = 12

    /// Letters of any alphabet and blanks; what cannot be shown; anything else.
    @inline(__always)
    private static func kind(of byte: UInt8) -> Kind {
        if (byte | 0x20) &- 0x61 < 26 || byte == 0x20 || byte >= 0xC2 && byte < 0xF0 || byte >= 0x80 && byte < 0xC0 {
            return .letter
        }
        return byte < 0x20 && byte &- 0x09 > 4 || byte >= 0x7F ? .odd : .other
    }

    /// Whether bytes are words rather than anything: nearly only printable, mostly letters.
    static func isReadable(_ text: [UInt8]) -> Bool {
        guard text.count >= leastText else { return false }
        var (letters, odd) = (0, 0)
        for byte in text {
            switch kind(of: byte) {
            case .letter: letters += 1
            case .odd: odd += 1
            case .other: break
            }
        }
        return odd * oddShare <= text.count && letters * 10 >= text.count * 6
    }
}
