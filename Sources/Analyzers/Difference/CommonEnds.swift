/// How much two texts have in common at their beginnings and their ends, in whole lines.
struct CommonEnds: Equatable {
    /// Bytes of equal lines at the beginning, and how many lines those are.
    let prefixBytes: Int
    let prefixLines: Int
    /// Bytes of equal lines at the end, none of which belongs to the beginning.
    let suffixBytes: Int

    init(_ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer) {
        let shorter = min(old.count, new.count)
        let (prefix, isWhole) = unsafe Self.prefix(old, new, shorter)
        prefixBytes = prefix
        prefixLines = unsafe Self.lineFeeds(in: UnsafeRawBufferPointer(rebasing: old[..<prefix])) + (isWhole ? 1 : 0)
        suffixBytes = unsafe Self.suffix(old, new, prefix: prefix)
    }

    /// The bytes of equal lines at the beginning; `isWhole` when both texts are equal and end without a line feed.
    private static func prefix(
        _ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer, _ shorter: Int
    ) -> (bytes: Int, isWhole: Bool) {
        var index = 0
        while index + 8 <= shorter {
            let one = unsafe old.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let other = unsafe new.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if one != other { break }
            index += 8
        }
        while index < shorter, unsafe old[index] == new[index] { index += 1 }
        if index == old.count, index == new.count {
            return unsafe (index, index > 0 && old[index - 1] != 0x0A)
        }
        // The first different line begins behind the last line feed.
        while index > 0, unsafe old[index - 1] != 0x0A { index -= 1 }
        return (index, false)
    }

    private static func suffix(_ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer, prefix: Int) -> Int {
        let most = min(old.count, new.count) - prefix
        var length = 0
        while length + 8 <= most {
            let one = unsafe old.loadUnaligned(fromByteOffset: old.count - length - 8, as: UInt64.self)
            let other = unsafe new.loadUnaligned(fromByteOffset: new.count - length - 8, as: UInt64.self)
            if one != other { break }
            length += 8
        }
        while length < most, unsafe old[old.count - length - 1] == new[new.count - length - 1] { length += 1 }
        // The last different line ends with a line feed of both.
        while length > 0,
            unsafe !isLineStart(old, old.count - length, prefix) || !isLineStart(new, new.count - length, prefix)
        {
            length -= 1
        }
        return length
    }

    private static func isLineStart(_ text: UnsafeRawBufferPointer, _ offset: Int, _ prefix: Int) -> Bool {
        unsafe offset == prefix || text[offset - 1] == 0x0A
    }

    /// How many line feeds a text has, counted in eight bytes at a time.
    static func lineFeeds(in text: UnsafeRawBufferPointer) -> Int {
        let (ones, low) = (0x0101_0101_0101_0101 as UInt64, 0x7F7F_7F7F_7F7F_7F7F as UInt64)
        var (count, index) = (0, 0)
        while index + 8 <= text.count {
            // A byte of the sums holds 255 rounds.
            let end = min(index + 255 * 8, text.count & ~7)
            var sums: UInt64 = 0
            while index + 8 <= end {
                // A byte is zero where there is a line feed; then its highest bit alone is set, and never elsewhere.
                let word = unsafe text.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ (ones &* 0x0A)
                let found = ~(((word & low) &+ low) | word | low)
                sums &+= found >> 7
                index += 8
            }
            for shift in stride(from: 0 as UInt64, to: 64, by: 8) { count += Int(sums >> shift & 0xFF) }
        }
        while index < text.count {
            count += unsafe text[index] == 0x0A ? 1 : 0
            index += 1
        }
        return count
    }

    /// How many lines a text has; a last one without a line feed counts.
    static func lines(in text: UnsafeRawBufferPointer) -> Int {
        guard let last = unsafe text.last else { return 0 }
        return unsafe lineFeeds(in: text) + (last == 0x0A ? 0 : 1)
    }
}
