/// A file of sections with keys and values, as Python's `configparser` reads setup.cfg and entry_points.txt.
///
/// Spec: Python library reference, `configparser`, "Supported INI file structure".
struct ConfigurationText: Equatable {
    struct Entry: Equatable {
        /// Section and key in small letters.
        let section: String
        let key: String
        /// The value's lines without blanks around them; empty ones are left out.
        var lines: [[UInt8]]
        /// The line of the key, from 1.
        let line: Int
    }

    private(set) var entries: [Entry] = []
    private static let maxEntries = 5000

    /// Reads any bytes; lines that make no sense are passed over.
    init(_ bytes: [UInt8]) {
        var section = ""
        var number = 0
        var isOpen = false
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        for raw in content.split(omittingEmptySubsequences: false, whereSeparator: { $0 == 0x0A }) {
            number += 1
            let line = raw.trimmedASCII()
            guard let first = line.first else { continue }
            if first == UInt8(ascii: "#") || first == UInt8(ascii: ";") { continue }
            let isIndented = raw.first == 0x20 || raw.first == 0x09
            if isIndented, isOpen, let last = entries.indices.last {
                entries[last].lines.append(line)
            } else if first == UInt8(ascii: "["), let end = line.lastIndex(of: UInt8(ascii: "]")) {
                section = String(decoding: line[1..<end].lowercasedASCII(), as: UTF8.self)
                isOpen = false
            } else if entries.count < Self.maxEntries {
                let mark = line.firstIndex { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") } ?? line.endIndex
                let key = Array(line[..<mark]).trimmedASCII().lowercasedASCII()
                let value = mark < line.endIndex ? Array(line[(mark + 1)...]).trimmedASCII() : []
                entries.append(
                    Entry(
                        section: section, key: String(decoding: key, as: UTF8.self),
                        lines: value.isEmpty ? [] : [value],
                        line: number))
                isOpen = true
            }
        }
    }

    /// All values of a key.
    func lines(_ section: String, _ key: String) -> [[UInt8]] {
        entries.filter { $0.section == section && $0.key.replacingDashes == key }.flatMap(\.lines)
    }
}

extension String {
    /// Setup tools take `-` and `_` in keys for one.
    fileprivate var replacingDashes: String { String(map { $0 == "-" ? "_" : $0 }) }
}
