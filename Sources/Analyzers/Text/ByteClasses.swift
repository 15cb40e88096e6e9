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
            while index + 32 <= text.count {
                let wide = unsafe text.loadUnaligned(fromByteOffset: index, as: SIMD32<UInt8>.self)
                // Below a blank only tab, line feed, form feed and return; above the tilde nothing.
                let odd =
                    (wide .< 0x20 .& (wide .!= 0x0A .& wide .!= 0x09 .& wide .!= 0x0D .& wide .!= 0x0C)) .| wide .> 0x7E
                if any(odd) { return false }
                index += 32
            }
            while index < text.count {
                let byte = unsafe text[index]
                if byte > 0x7E || byte < 0x20 && ![0x09, 0x0A, 0x0C, 0x0D].contains(byte) { return false }
                index += 1
            }
            return true
        }
        return isPlain && (!hasReturns || !hasLoneReturn(bytes))
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
