/// One thing that two versions of a manifest say otherwise.
public struct ManifestChange: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case added, removed, changed
        /// The manifest as a whole cannot be read any more, or could not be before.
        case unreadable
    }

    /// The manifest's path, printable.
    public let manifest: String
    /// What the member belongs to: `scripts`, `dependencies`, `requires-dist`; empty for the manifest as a whole.
    public let group: String
    /// Its name there, printable: `postinstall`, `requests`; empty when the group has only one value.
    public let name: String
    public let kind: Kind
    /// What stood there and what stands there, printable and at most 200 bytes; several values are joined by ` | `.
    public let old: String?
    public let new: String?

    /// Group and name in one, such as `scripts.postinstall`.
    public var member: String { name.isEmpty ? group : "\(group).\(name)" }
}

/// What a manifest says about one thing.
struct ManifestMember {
    let group: String
    let name: [UInt8]
    /// As it is written.
    let shown: [UInt8]
    /// Without what spelling alone decides.
    let compared: [UInt8]

    init(_ group: String, _ name: [UInt8], _ shown: [UInt8], compared: [UInt8]? = nil) {
        self.group = group
        self.name = name
        self.shown = shown
        self.compared = compared ?? shown
    }

    init(_ group: String, _ name: String, _ shown: String, compared: [UInt8]? = nil) {
        self.init(group, Array(name.utf8), Array(shown.utf8), compared: compared)
    }

    /// A requirement of a Python project: its name is the project's, and blanks and quotes are spelling.
    ///
    /// Spec: Python packaging, "Dependency specifiers".
    init?(_ group: String, requirement text: [UInt8]) {
        guard let requirement = Requirement(text) else { return nil }
        // Old writers put versions in parentheses.
        let spelling: [UInt8] = [0x20, 0x09, 0x0A, UInt8(ascii: "("), UInt8(ascii: ")")]
        let rest = text.trimmedASCII().drop { Requirement.isNameByte($0) }
        let plain = rest.filter { !spelling.contains($0) }.map { $0 == UInt8(ascii: "'") ? UInt8(ascii: "\"") : $0 }
        self.init(group, requirement.name, text, compared: requirement.name + plain)
    }
}
