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

    /// How many line feeds a text has.
    static func lineFeeds(in text: UnsafeRawBufferPointer) -> Int {
        var (count, index) = (0, 0)
        var sums = SIMD32<UInt8>.zero
        var rounds = 0
        let feed = SIMD32<UInt8>(repeating: 0x0A)
        while index + 32 <= text.count {
            let piece = unsafe text.loadUnaligned(fromByteOffset: index, as: SIMD32<UInt8>.self)
            sums.replace(with: sums &+ 1, where: piece .== feed)
            (index, rounds) = (index + 32, rounds + 1)
            if rounds == 255 {
                count += total(sums)
                (sums, rounds) = (.zero, 0)
            }
        }
        while index < text.count {
            count += unsafe text[index] == 0x0A ? 1 : 0
            index += 1
        }
        return count + total(sums)
    }

    private static func total(_ sums: SIMD32<UInt8>) -> Int {
        let wide = SIMD32<UInt16>(truncatingIfNeeded: sums)
        return Int(wide.wrappedSum())
    }

    /// How many lines a text has; a last one without a line feed counts.
    static func lines(in text: UnsafeRawBufferPointer) -> Int {
        guard let last = unsafe text.last else { return 0 }
        return unsafe lineFeeds(in: text) + (last == 0x0A ? 0 : 1)
    }
}
