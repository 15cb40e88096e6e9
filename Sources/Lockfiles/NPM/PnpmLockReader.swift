import Registry
import YAML

/// `pnpm-lock.yaml`.
///
/// Packages are keys: `/name/1.0.0_peers` until version 5, `/name@1.0.0(peers)` in 6, `name@1.0.0` in 9, where the peers
/// are elsewhere. What is from no registry has an address in place of the version, or in place of the whole key.
enum PnpmLockReader {
    private static let format = "pnpm-lock"

    static func read(_ root: YAMLNode, _ entries: inout EntryList) throws(LockfileError) -> LockfileFormat {
        let fields = try YAMLFields(root, format, "the document")
        let version = fields.text("lockfileVersion") ?? ""
        guard let major = Int(version.prefix { $0 != "." }), (5...9).contains(major) else {
            throw .unsupportedVersion(format: format, version: version, supported: "5, 6 and 9")
        }
        guard let node = fields["packages"] else { return .pnpm(version: version) }
        for member in try YAMLFields(node, format, "packages").members {
            let package = try YAMLFields(member.node, format, "a package")
            let resolution = try package["resolution"].map { node throws(LockfileError) in
                try YAMLFields(node, format, "a resolution")
            }
            entries.append(entry(member, package, resolution, isPathForm: major < 6))
        }
        return .pnpm(version: version)
    }

    private static func entry(
        _ member: YAMLMember, _ package: YAMLFields, _ resolution: YAMLFields?, isPathForm: Bool
    ) -> LockedEntry {
        let (isDevelopment, isOptional) = (package.isTrue("dev"), package.isTrue("optional"))
        let named = isPathForm ? pathForm(member.key) : atForm(member.key)
        let isPlain = named.map { !$0.version.contains(":") && !$0.version.contains("/") } ?? false
        let tarball = resolution?.text("tarball")
        if let origin = foreignOrigin(resolution, member.key, named?.name ?? "", tarball) {
            let name = package.text("name") ?? named?.name ?? member.key
            let version = package.text("version") ?? (isPlain ? named?.version : nil)
            let subject = version.map { NPMEntry.subject(name, $0) }
            return LockedEntry(
                ecosystem: .npm, input: member.key, line: member.line,
                subject: subject ?? .unreadable(reason: "it has no version"), origin: origin,
                isDevelopment: isDevelopment, isOptional: isOptional)
        }
        guard let named, isPlain else {
            return LockedEntry(
                ecosystem: .npm, input: member.key, line: member.line,
                subject: .unreadable(reason: "the key names no package with a version"), origin: .registry(url: nil),
                isDevelopment: isDevelopment, isOptional: isOptional)
        }
        return NPMEntry.entry(
            member.key, line: member.line, name: named.name, version: named.version, address: tarball,
            integrity: resolution?.text("integrity"), isDevelopment: isDevelopment, isOptional: isOptional)
    }

    /// Where an entry is from that no registry has.
    private static func foreignOrigin(
        _ resolution: YAMLFields?, _ key: String, _ name: String, _ tarball: String?
    ) -> LockedEntry.Origin? {
        switch resolution?.text("type") {
        case "git": return .git(resolution?.text("repo") ?? key)
        case "directory": return .path(resolution?.text("directory") ?? key)
        default: break
        }
        guard let origin = tarball.map({ NPMEntry.origin(of: $0, name) }), !origin.isRegistry else { return nil }
        return origin
    }

    /// `/@scope/name/1.0.0_peers`, with the registry's host before it when that is not the default one.
    private static func pathForm(_ key: String) -> (name: String, version: String)? {
        let segments = key.split(separator: "/")
        guard key.utf8.first == UInt8(ascii: "/") || segments.count > 2, let last = segments.last, segments.count > 1
        else { return nil }
        // Versions have no underscore; hashes and names of peers follow one. So does `(`, in versions in between.
        let version = last.prefix { $0 != "_" && $0 != "(" }
        let name = segments[segments.count - 2]
        guard segments.count > 2, segments[segments.count - 3].hasPrefix("@") else {
            return (String(name), String(version))
        }
        return ("\(segments[segments.count - 3])/\(name)", String(version))
    }

    /// `name@1.0.0(peers)`, with or without a slash before it.
    private static func atForm(_ key: String) -> (name: String, version: String)? {
        let bare = key.utf8.first == UInt8(ascii: "/") ? String(key.dropFirst()) : key
        guard let (name, rest) = NPMEntry.split(bare) else { return nil }
        return (name, String(rest.prefix { $0 != "(" }))
    }
}
