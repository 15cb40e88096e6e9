/// A requirement of a Python project.
///
/// Spec: Python packaging, "Dependency specifiers": `name [extras] (specifiers | @ url) ; marker`.
struct Requirement: Equatable {
    /// In normal form: small letters, runs of `-`, `_` and `.` as one `-`.
    let name: [UInt8]
    /// What stands behind `@`.
    let url: [UInt8]?
    let marker: [UInt8]

    /// Nil for a line that names nothing.
    init?(_ text: [UInt8]) {
        let line = text.trimmedASCII()
        let name = line.prefix { Self.isNameByte($0) }
        guard let first = name.first, first != UInt8(ascii: "-") else { return nil }
        self.name = Self.normalName(Array(name))
        var rest = line[name.endIndex...].drop { $0 == 0x20 || $0 == 0x09 }
        if rest.first == UInt8(ascii: "[") {
            let end = rest.firstIndex(of: UInt8(ascii: "]")) ?? rest.index(before: rest.endIndex)
            rest = rest[(end + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
        }
        if rest.first == UInt8(ascii: "@") {
            let target = rest.dropFirst()
            // A URL ends at a blank before the marker: `;` alone may belong to it.
            let end = target.firstRange(of: " ;")?.lowerBound ?? target.endIndex
            url = Array(target[..<end]).trimmedASCII()
            marker = Array(target[end...]).trimmedASCII()
        } else {
            url = nil
            marker = rest.firstIndex(of: UInt8(ascii: ";")).map { Array(rest[($0 + 1)...]).trimmedASCII() } ?? []
        }
    }

    /// Whether it belongs to an extra that somebody asks for.
    var isExtra: Bool { marker.contains(text: "extra") }

    /// Spec: PEP 503, "Normalized names".
    static func normalName(_ name: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for byte in name.lowercasedASCII() {
            let isSeparator = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
            if !isSeparator {
                result.append(byte)
            } else if result.last != UInt8(ascii: "-") {
                result.append(UInt8(ascii: "-"))
            }
        }
        return result
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) && byte < 0x80 || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    }
}
