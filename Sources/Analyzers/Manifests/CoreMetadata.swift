import Registry

/// The header of METADATA or PKG-INFO.
///
/// Spec: Python packaging, "Core metadata specifications": RFC 822 headers, then perhaps a body.
struct CoreMetadata {
    struct Field: Equatable {
        /// In small letters.
        let name: String
        /// Without blanks around it; the lines of a folded value are joined by line feeds.
        var value: [UInt8]
        /// From 1.
        let line: Int
    }

    /// In order, without the description, which is prose.
    let fields: [Field]
    /// The header without the description.
    let headerBytes: [UInt8]
    private static let maxFields = 20_000

    init(_ bytes: [UInt8]) {
        var fields: [Field] = []
        var header: [UInt8] = []
        var isInDescription = false
        var number = 0
        for raw in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            let line = raw.last == 0x0D ? raw.dropLast() : raw
            if line.isEmpty { break }
            let isContinuation = line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t")
            if !isContinuation { isInDescription = line.prefix(12).lowercasedASCII().hasPrefix("description:") }
            if isInDescription { continue }
            header += line + [0x0A]
            if isContinuation {
                if let last = fields.indices.last { fields[last].value += [0x0A] + line.trimmedASCII() }
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")), fields.count < Self.maxFields {
                let name = String(decoding: line[..<colon].lowercasedASCII().trimmedASCII(), as: UTF8.self)
                fields.append(Field(name: name, value: line[(colon + 1)...].trimmedASCII(), line: number))
            }
        }
        self.fields = fields
        headerBytes = header
    }

    /// Every value of a field, in order.
    func values(_ name: String) -> [[UInt8]] { fields.filter { $0.name == name }.map(\.value) }

    /// Every value of `Name` and `Version`, in order.
    var names: [String] { values("name").map { String(decoding: $0, as: UTF8.self) } }
    var versions: [String] { values("version").map { String(decoding: $0, as: UTF8.self) } }
    var requirements: [(requirement: Requirement, line: Int)] {
        fields.filter { $0.name == "requires-dist" }.compactMap { field in
            Requirement(field.value).map { ($0, field.line) }
        }
    }
}

/// The name and version that a wheel's file name states.
///
/// Spec: Python packaging, "Binary distribution format", file name convention.
struct WheelFileName {
    let name: String
    let version: String

    /// Nil for a file name that is not a wheel's.
    init?(_ filename: String) {
        guard filename.hasSuffix(".whl") else { return nil }
        let parts = filename.dropLast(4).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 5 || parts.count == 6, !parts.contains(where: \.isEmpty) else { return nil }
        name = String(parts[0])
        version = String(parts[1])
    }
}

/// Comparisons of names and versions as publishers spell them with those the registry lists.
enum ListedIdentity {
    /// Whether `text` spells the listed name; PyPI's names are compared after normalisation.
    static func isSameName(_ text: String, as listed: PackageName) -> Bool {
        guard let name = try? PackageName(parsing: text, ecosystem: listed.ecosystem) else {
            return Array(text.utf8).trimmedASCII().elementsEqual(listed.canonical.utf8)
        }
        return name.canonical.utf8.elementsEqual(listed.canonical.utf8)
    }

    /// Whether only letter case or blanks tell the two names apart.
    static func isSpelling(_ text: String, of listed: PackageName) -> Bool {
        let left = Array(text.utf8).trimmedASCII().lowercasedASCII()
        return left == Array(listed.canonical.utf8).lowercasedASCII()
    }

    /// Whether `text` is the listed version, however it is spelled.
    static func isSameVersion(_ text: String, as listed: PackageVersion) -> Bool {
        if let version = try? PackageVersion(parsing: text, ecosystem: listed.ecosystem) { return version == listed }
        return folded(text) == folded(listed.text)
    }

    /// Old versions follow no grammar; file names replace what they may not contain.
    private static func folded(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8).trimmedASCII().lowercasedASCII()
        if bytes.first == UInt8(ascii: "v") || bytes.first == UInt8(ascii: "=") { bytes.removeFirst() }
        let separators = [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "+")]
        return bytes.map { separators.contains($0) ? UInt8(ascii: ".") : $0 }
    }
}
