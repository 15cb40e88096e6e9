import Cryptography

/// The shape that both exchange texts of this module share: lines, an empty line, then a checkpoint note.
enum ExchangeText {
    /// Divides a text at its first empty line; nil when there is none or the lines before it are not ASCII.
    static func divide(_ bytes: [UInt8]) -> (lines: [ArraySlice<UInt8>], note: [UInt8])? {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            if end == start { return (lines, Array(bytes[(end + 1)...])) }
            guard lines.count < 128, bytes[start..<end].allSatisfy({ $0 < 0x80 }) else { return nil }
            lines.append(bytes[start..<end])
            start = end + 1
        }
        return nil
    }

    /// What follows `<keyword> ` on a line; nil when the line does not begin so.
    static func value(_ keyword: String, of line: ArraySlice<UInt8>?) -> ArraySlice<UInt8>? {
        let prefix = Array(keyword.utf8) + [UInt8(ascii: " ")]
        guard let line, line.starts(with: prefix) else { return nil }
        return line.dropFirst(prefix.count)
    }

    /// Reads one hash in Base64 from each line; nil when one is none or there are more than a tree can need.
    static func hashes(_ lines: ArraySlice<ArraySlice<UInt8>>, maxCount: Int) -> [SHA256Digest]? {
        guard lines.count <= maxCount else { return nil }
        var hashes: [SHA256Digest] = []
        for line in lines {
            do {
                hashes.append(try SHA256Digest(bytes: Base64.decode(Array(line))))
            } catch {
                return nil
            }
        }
        return hashes
    }

    static func lines(_ hashes: [SHA256Digest]) -> String {
        hashes.map { $0.base64 + "\n" }.joined()
    }
}
