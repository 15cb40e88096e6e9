/// What kinds of bytes a text has, found at the speed of memory.
enum ByteClasses {
    /// Whether every byte is ASCII.
    static func isASCII(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { text in
            var index = 0
            while index + 64 <= text.count {
                let wide = unsafe text.loadUnaligned(fromByteOffset: index, as: SIMD64<UInt8>.self)
                if wide.max() >= 0x80 { return false }
                index += 64
            }
            while index < text.count {
                if unsafe text[index] >= 0x80 { return false }
                index += 1
            }
            return true
        }
    }

    /// Whether nothing but printable ASCII, blanks, tabs, form feeds and line ends is in a text, and no return without
    /// its line feed.
    static func isPlain(_ bytes: [UInt8]) -> Bool {
        let hasReturns = bytes.contains(0x0D)
        let isPlain = unsafe bytes.withUnsafeBytes { text in
            var index = 0
            while index + 8 <= text.count {
                // Eight bytes as one number: a borrow or carry shows in the top bit of the byte that it concerns.
                let word = unsafe text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                let deletes = word ^ (repeated &* 0x7F)
                if (word | (deletes &- repeated) & ~deletes) & topBits != 0 { return false }
                if (word &- repeated &* 0x20) & ~word & topBits != 0 {
                    for place in index..<index + 8 {
                        if unsafe !isPlainByte(text[place]) { return false }
                    }
                }
                index += 8
            }
            while index < text.count {
                if unsafe !isPlainByte(text[index]) { return false }
                index += 1
            }
            return true
        }
        return isPlain && (!hasReturns || !hasLoneReturn(bytes))
    }

    private static let repeated: UInt64 = 0x0101_0101_0101_0101
    private static let topBits: UInt64 = 0x8080_8080_8080_8080

    /// Below a blank only tab, line feed, form feed and return; above the tilde nothing.
    private static func isPlainByte(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) || byte == 0x0A || byte == 0x09 || byte == 0x0D || byte == 0x0C
    }

    private static func hasLoneReturn(_ bytes: [UInt8]) -> Bool {
        var index = 0
        while let next = bytes[index...].firstIndex(of: 0x0D) {
            if next + 1 >= bytes.count || bytes[next + 1] != 0x0A { return true }
            index = next + 2
            if index >= bytes.count { break }
        }
        return false
    }
}
