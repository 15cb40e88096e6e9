import Registry
import YAML

/// `yarn.lock` of yarn 2 and later.
///
/// Each entry has a `resolution`, a locator `name@protocol:…`. Its checksum is of an archive that yarn makes itself, so
/// there is nothing to compare with what a registry claims.
enum YarnBerryReader {
    private static let format = "yarn.lock"

    static func read(_ root: YAMLNode, _ entries: inout EntryList) throws(LockfileError) -> LockfileFormat {
        let fields = try YAMLFields(root, format, "the document")
        let metadata = try fields["__metadata"].map { node throws(LockfileError) in
            try YAMLFields(node, format, "__metadata")
        }
        let version = metadata?.text("version") ?? ""
        guard let number = Int(version), (3...9).contains(number) else {
            throw .unsupportedVersion(format: format, version: version, supported: "3 to 9, and yarn 1's")
        }
        for member in fields.members where member.key != "__metadata" {
            let package = try YAMLFields(member.node, format, "an entry")
            entries.append(entry(member, package))
        }
        return .yarnBerry(version: version)
    }

    private static func entry(_ member: YAMLMember, _ package: YAMLFields) -> LockedEntry {
        let isOptional = package["conditions"] != nil
        func made(_ subject: LockedEntry.Subject, _ origin: LockedEntry.Origin) -> LockedEntry {
            LockedEntry(
                ecosystem: .npm, input: member.key, line: member.line, subject: subject, origin: origin,
                isOptional: isOptional)
        }
        guard let resolution = package.text("resolution"), let (name, reference) = NPMEntry.split(resolution) else {
            return made(.unreadable(reason: "it has no resolution"), .registry(url: nil))
        }
        let version = package.text("version") ?? ""
        if reference.hasPrefix("npm:") { return registry(member, name, String(reference.dropFirst(4)), isOptional) }
        // A patch is of this project; what is patched comes from where it always does.
        if reference.hasPrefix("patch:") {
            let source = PercentEscapes.decoded(reference.dropFirst(6).prefix { $0 != "#" }.utf8)
            guard let (inner, from) = NPMEntry.split(source), from.hasPrefix("npm:") else {
                return made(.unreadable(reason: "what is patched is from no registry"), .path(reference))
            }
            return registry(member, inner, String(from.dropFirst(4)), isOptional)
        }
        let subject = NPMEntry.subject(name, version)
        if reference.hasPrefix("workspace:") { return made(subject, .workspace(String(reference.dropFirst(10)))) }
        let bare = String(reference.prefix { $0 != "#" })
        if NPMEntry.isGit(reference) || reference.utf8.contains(UInt8(ascii: "#")) && reference.contains("commit=") {
            return made(subject, .git(reference))
        }
        return made(subject, NPMEntry.origin(of: bare, name))
    }

    /// - Parameter version: with parameters behind `::`, such as the address of a registry that names files in its own way.
    private static func registry(
        _ member: YAMLMember, _ name: String, _ version: String, _ isOptional: Bool
    ) -> LockedEntry {
        let pieces = version.split(separator: "::", maxSplits: 1).map(String.init)
        let archive = pieces.count > 1 ? pieces[1].split(separator: "&").first { $0.hasPrefix("__archiveUrl=") } : nil
        let address = archive.map { PercentEscapes.decoded($0.dropFirst("__archiveUrl=".count).utf8) }
        return NPMEntry.entry(
            member.key, line: member.line, name: name, version: pieces.first ?? "", address: address, integrity: nil,
            isOptional: isOptional)
    }
}
