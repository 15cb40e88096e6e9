/// Chooses the last path segment of each version's tarball address, unique within the package.
///
/// The upstream's own file name stays when clients could not take it for anything else: plain characters, ends in `.tgz`,
/// belongs to one version alone, and is not the name that another version gets by default. Otherwise it is
/// `<name>-<version>.tgz`, which is unique because the version texts are.
enum TarballNames {
    private static let maxBytes = 255

    static func assign(_ versions: [(version: PackageVersion, url: String)], unscopedName: String) -> [String] {
        let defaults = versions.map { "\(unscopedName)-\($0.version.text).tgz" }
        let owners = Dictionary(zip(defaults, defaults.indices), uniquingKeysWith: { first, _ in first })
        let declared = versions.map { safeBasename(of: $0.url) }
        var uses: [String: Int] = [:]
        for name in declared {
            if let name { uses[name, default: 0] += 1 }
        }
        return declared.indices.map { place in
            guard let name = declared[place], uses[name] == 1, owners[name] ?? place == place else {
                return defaults[place]
            }
            return name
        }
    }

    /// Whether a tarball's file name has the one form that addresses may have.
    static func isSafe(_ name: some Collection<UInt8>) -> Bool {
        name.count <= maxBytes && name.count > 4 && name.suffix(4).elementsEqual(".tgz".utf8) && name.first != .dot
            && name.allSatisfy(isSafeByte)
    }

    private static func isSafeByte(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric || byte == .dot || byte == .hyphen || byte == .underscore || byte == .plus
            || byte == .tilde
    }

    private static func safeBasename(of url: String) -> String? {
        let path = url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard let slash = path.lastIndex(of: .slash) else { return nil }
        let name = path[path.index(after: slash)...]
        return isSafe(name) ? String(decoding: name, as: UTF8.self) : nil
    }
}
