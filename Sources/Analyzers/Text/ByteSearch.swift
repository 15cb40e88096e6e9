/// Byte-wise comparisons: package text is hostile, and `String` calls different byte sequences equal.
extension RandomAccessCollection where Element == UInt8 {
    /// Whether the bytes of `needle` occur in order somewhere in this collection.
    func contains(text needle: String) -> Bool { firstRange(of: needle) != nil }

    /// The range of the first occurrence of the bytes of `needle`.
    func firstRange(of needle: String) -> Range<Index>? {
        let wanted = Array(needle.utf8)
        guard let first = wanted.first else { return startIndex..<startIndex }
        var start = startIndex
        while let candidate = self[start...].firstIndex(of: first) {
            if self[candidate...].starts(with: wanted) {
                return candidate..<index(candidate, offsetBy: wanted.count)
            }
            start = index(after: candidate)
        }
        return nil
    }

    /// Whether the collection ends with the bytes of `suffix`.
    func hasSuffix(_ suffix: String) -> Bool {
        let length = suffix.utf8.count
        return count >= length && self.suffix(length).elementsEqual(suffix.utf8)
    }

    /// Whether the collection starts with the bytes of `prefix`.
    func hasPrefix(_ prefix: String) -> Bool { starts(with: prefix.utf8) }

    /// Whether the collection is exactly the bytes of `text`.
    func equals(_ text: String) -> Bool { count == text.utf8.count && elementsEqual(text.utf8) }

    /// The bytes with ASCII capital letters made small.
    func lowercasedASCII() -> [UInt8] { map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }

    /// The bytes without leading and trailing spaces, tabs and line ends.
    func trimmedASCII() -> [UInt8] {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let start = drop(while: isBlank)
        return Array(start.reversed().drop(while: isBlank).reversed())
    }
}

/// How many line feeds come before `offset`, plus one: the line number that people count.
func lineNumber(of offset: Int, in bytes: [UInt8]) -> Int {
    var line = 1
    for index in 0..<min(offset, bytes.count) where bytes[index] == 0x0A { line += 1 }
    return line
}

/// Whether bytes are text rather than data of some other format.
func isText(_ bytes: [UInt8]) -> Bool { !bytes.prefix(8192).contains(0) }
