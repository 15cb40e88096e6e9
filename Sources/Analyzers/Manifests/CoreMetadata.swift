import Registry

/// The header of METADATA or PKG-INFO.
///
/// Spec: Python packaging, "Core metadata specifications": RFC 822 headers, then perhaps a body.
struct CoreMetadata {
    /// Every value of `Name` and `Version`, in order.
    let names: [String]
    let versions: [String]
    /// The header without the description, which is prose.
    let headerBytes: [UInt8]

    init(_ bytes: [UInt8]) {
        var names: [String] = []
        var versions: [String] = []
        var header: [UInt8] = []
        var isInDescription = false
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let line = line.last == 0x0D ? line.dropLast() : line
            if line.isEmpty { break }
            let isContinuation = line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t")
            let lowered = line.prefix(16).lowercasedASCII()
            if !isContinuation { isInDescription = lowered.hasPrefix("description:") }
            if isInDescription { continue }
            header += line + [0x0A]
            if lowered.hasPrefix("name:") { names.append(Self.value(line.dropFirst(5))) }
            if lowered.hasPrefix("version:") { versions.append(Self.value(line.dropFirst(8))) }
        }
        self.names = names
        self.versions = versions
        headerBytes = header
    }

    private static func value(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.trimmedASCII(), as: UTF8.self)
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
