/// What the manifests of two artifacts say otherwise, thing by thing.
///
/// The order of members, blanks and spelling that readers pass over make no difference; everything that a package
/// manager would do otherwise does. Members that stand there twice count with all their values.
public struct ManifestDifference: Sendable, Equatable {
    /// By manifest, then by member.
    public let changes: [ManifestChange]
    /// Whether there were more changes than are told.
    public let isCut: Bool

    private static let maxShownBytes = 200

    public init(from old: ArtifactTree, to new: ArtifactTree, limits: DifferenceLimits = .standard) {
        let (before, after) = (Self.manifests(of: old), Self.manifests(of: new))
        // An sdist's egg-info repeats what its own PKG-INFO says.
        let hasInfo = [before, after].contains { $0.contains { $0.kind == .sourceMetadata } }
        let walk = TreeWalk.manifests(before, after).filter { !(hasInfo && ($0.new ?? $0.old)?.kind == .eggMetadata) }
        var found: [ManifestChange] = []
        for pair in walk where found.count <= limits.manifestChanges { found += Self.compare(pair.old, pair.new) }
        isCut = found.count > limits.manifestChanges
        changes = Array(found.prefix(limits.manifestChanges))
    }

    fileprivate struct Manifest {
        let kind: ManifestKind
        let entry: TreeEntry
    }

    private static func manifests(of tree: ArtifactTree) -> [Manifest] {
        tree.entries.compactMap { entry in
            let path = entry.path.split(separator: UInt8(ascii: "/")).map(Array.init)
            guard let kind = ManifestKind(path: path, layout: tree.layout), kind.hasMembers else { return nil }
            return Manifest(kind: kind, entry: entry)
        }
    }

    // MARK: One manifest

    private static func compare(_ old: Manifest?, _ new: Manifest?) -> [ManifestChange] {
        if let old, let new, old.entry.hasSameContent(as: new.entry) { return [] }
        let path = PrintableText.string((new ?? old)?.entry.path ?? [])
        // A manifest that is not there says nothing; one that cannot be read could say anything.
        guard let before = old.map(members) ?? [], let after = new.map(members) ?? [] else {
            return [ManifestChange(manifest: path, group: "", name: "", kind: .unreadable, old: nil, new: nil)]
        }
        return compare(grouped(before), grouped(after), manifest: path)
    }

    private static func members(of manifest: Manifest) -> [ManifestMember]? {
        manifest.entry.text.flatMap { ManifestMembers($0, kind: manifest.kind)?.members }
    }

    /// All values of one member.
    private struct Values {
        let group: String
        let name: [UInt8]
        var shown: [UInt8]
        var compared: [UInt8]
        let key: [UInt8]
    }

    /// By group and name.
    private static func grouped(_ members: [ManifestMember]) -> [Values] {
        let keyed = members.map { (key: Array($0.group.utf8) + [0] + $0.name, member: $0) }
        let order = keyed.indices.sorted { left, right in
            let order = keyed[left].key.compare(keyed[right].key)
            return order == 0 ? left < right : order < 0
        }
        var found: [Values] = []
        for index in order {
            let (key, member) = keyed[index]
            if let last = found.indices.last, found[last].key == key {
                found[last].shown += Array(" | ".utf8) + member.shown
                found[last].compared += [0] + member.compared
            } else {
                found.append(
                    Values(
                        group: member.group, name: member.name, shown: member.shown, compared: member.compared, key: key
                    ))
            }
        }
        return found
    }

    private static func compare(_ old: [Values], _ new: [Values], manifest: String) -> [ManifestChange] {
        var changes: [ManifestChange] = []
        func note(_ old: Values?, _ new: Values?) {
            guard let either = new ?? old else { return }
            changes.append(
                ManifestChange(
                    manifest: manifest, group: PrintableText.string(Array(either.group.utf8), maxBytes: maxShownBytes),
                    name: PrintableText.string(either.name, maxBytes: maxShownBytes),
                    kind: old == nil ? .added : new == nil ? .removed : .changed,
                    old: old.map { PrintableText.string($0.shown, maxBytes: maxShownBytes) },
                    new: new.map { PrintableText.string($0.shown, maxBytes: maxShownBytes) }))
        }
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            let order = left == old.count ? 1 : right == new.count ? -1 : old[left].key.compare(new[right].key)
            if order < 0 {
                note(old[left], nil)
                left += 1
            } else if order > 0 {
                note(nil, new[right])
                right += 1
            } else {
                if old[left].compared != new[right].compared { note(old[left], new[right]) }
                (left, right) = (left + 1, right + 1)
            }
        }
        return changes
    }
}

extension TreeWalk {
    fileprivate typealias Manifest = ManifestDifference.Manifest

    /// Manifests at one path, and those that only one artifact has.
    fileprivate static func manifests(_ old: [Manifest], _ new: [Manifest]) -> [(old: Manifest?, new: Manifest?)] {
        var found: [(old: Manifest?, new: Manifest?)] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            let order = order(left < old.count ? old[left].entry : nil, right < new.count ? new[right].entry : nil)
            found.append((order <= 0 ? old[left] : nil, order >= 0 ? new[right] : nil))
            if order <= 0 { left += 1 }
            if order >= 0 { right += 1 }
        }
        return found
    }
}
