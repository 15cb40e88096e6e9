/// What kinds of bytes a text has, found at the speed of memory.
///
/// The loops have no branch and no call, so that the compiler does them in vectors: most files are plain, and learn it
/// here for all rules.
struct ByteClasses {
    /// The highest byte; 0 for no bytes.
    let highest: UInt8
    /// Whether nothing but printable ASCII, blanks, tabs, form feeds and line ends is in a text, and no return without
    /// its line feed.
    let isPlain: Bool

    /// Whether every byte is ASCII.
    var isASCII: Bool { highest < 0x80 }

    init(_ bytes: [UInt8]) {
        var (highest, odd, returns) = (UInt8(0), UInt8(0), UInt8(0))
        unsafe bytes.withUnsafeBufferPointer { text in
            for index in 0..<text.count {
                let byte = unsafe text[index]
                highest = byte > highest ? byte : highest
                // Below a blank only tab, line feed, form feed and return; above the tilde nothing.
                let isOutside: UInt8 = byte &- 0x20 > 0x5E ? 1 : 0
                let isTabOrFeed: UInt8 = byte &- 0x09 < 2 ? 1 : 0
                let isFormOrReturn: UInt8 = byte &- 0x0C < 2 ? 1 : 0
                let isReturn: UInt8 = byte == 0x0D ? 1 : 0
                odd |= isOutside & ~(isTabOrFeed | isFormOrReturn)
                returns |= isReturn
            }
        }
        self.highest = highest
        isPlain = odd == 0 && (returns == 0 || !Self.hasLoneReturn(bytes))
    }

    /// Whether every byte is ASCII.
    static func isASCII(_ bytes: [UInt8]) -> Bool { ByteClasses(bytes).isASCII }

    private static func hasLoneReturn(_ bytes: [UInt8]) -> Bool {
        guard bytes.last != 0x0D else { return true }
        var lone: UInt8 = 0
        unsafe bytes.withUnsafeBufferPointer { text in
            for index in 0..<max(text.count - 1, 0) {
                let (byte, next) = unsafe (text[index], text[index + 1])
                let isReturn: UInt8 = byte == 0x0D ? 1 : 0
                let isOther: UInt8 = next != 0x0A ? 1 : 0
                lone |= isReturn & isOther
            }
        }
        return lone != 0
    }
}
