/// The comment in the first two lines of a Python file that names its encoding.
enum EncodingCookie {
    /// The name in the cookie, as written; nil when there is none.
    ///
    /// Spec: PEP 263, `^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`; the second line counts only when the first is
    /// empty or a comment.
    static func name(in bytes: [UInt8]) -> String? {
        var start = 0
        for _ in 0..<2 {
            let end = lineEnd(bytes, from: start)
            var index = start
            while index < end, isBlank(bytes[index]) { index += 1 }
            if index < end {
                guard bytes[index] == UInt8(ascii: "#") else { return nil }
                if let name = cookie(bytes, from: index + 1, to: end) { return name }
            }
            guard end < bytes.count else { return nil }
            start = end + 1
            if bytes[end] == 0x0D, start < bytes.count, bytes[start] == 0x0A { start += 1 }
        }
        return nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0C }

    private static func lineEnd(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != 0x0A, bytes[index] != 0x0D { index += 1 }
        return index
    }

    private static let word = Array("coding".utf8)

    private static func cookie(_ bytes: [UInt8], from start: Int, to end: Int) -> String? {
        var index = start
        while index + word.count < end {
            guard bytes[index] == word[0], bytes[index..<(index + word.count)].elementsEqual(word) else {
                index += 1
                continue
            }
            index += word.count
            guard bytes[index] == UInt8(ascii: ":") || bytes[index] == UInt8(ascii: "=") else { continue }
            var first = index + 1
            while first < end, bytes[first] == 0x20 || bytes[first] == 0x09 { first += 1 }
            var last = first
            while last < end, isNameByte(bytes[last]) { last += 1 }
            if last > first { return String(decoding: bytes[first..<last], as: UTF8.self) }
        }
        return nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        case _: false
        }
    }
}
