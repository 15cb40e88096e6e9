internal import JSON
internal import Platform

/// Reads what a manifest says of who released it and on what it stands.
struct ReleaseScan {
    private var publisher: String?
    private var maintainers: [String] = []
    private var dependencies: [String] = []
    private var hasProvenance = false
    private var repository: String?

    /// Reads a member of the manifest, when it is one of ours.
    mutating func read(_ member: String, _ reader: inout ListingReader, path: String) throws(ListingError) {
        switch member {
        case "_npmUser": publisher = try name(&reader, path: "_npmUser in \(path)")
        case "maintainers":
            guard try reader.kind() == .array else { return }
            try reader.elements { (reader) throws(ListingError) in
                if let name = try name(&reader, path: "maintainers in \(path)") { maintainers.append(name) }
            }
        case "dependencies", "optionalDependencies", "peerDependencies":
            guard try reader.kind() == .object else { return }
            try reader.members(of: "\(member) in \(path)") { (_, name, _) throws(ListingError) in
                dependencies.append(name)
            }
        default: break
        }
    }

    /// Reads `dist.attestations`: an object that says where they are.
    mutating func readAttestations(_ reader: inout ListingReader) throws(ListingError) {
        hasProvenance = try reader.kind() == .object
    }

    mutating func take(repository text: String?) { repository = text.flatMap { $0.isEmpty ? nil : $0 } }

    var facts: ReleaseFacts {
        ReleaseFacts(
            publisher: publisher, maintainers: maintainers, hasProvenance: hasProvenance, repository: repository,
            dependencies: dependencies)
    }

    /// A person: an object with a name, or in old documents a text.
    private func name(_ reader: inout ListingReader, path: String) throws(ListingError) -> String? {
        guard try reader.kind() == .object else { return try reader.string().flatMap { $0.isEmpty ? nil : $0 } }
        var name: String?
        try reader.members(of: path) { (reader, member, _) throws(ListingError) in
            if member == "name" { name = try reader.string() }
        }
        return name.flatMap { $0.isEmpty ? nil : $0 }
    }
}
