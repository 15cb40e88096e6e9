import Cryptography
import UnicodeText

/// Watches the members of an archive as they pass, for what only shows over all of them.
struct ArchiveStructure {
    private let layout: ArtifactLayout
    private let limits: AnalysisLimits
    /// By the folded name: names with one key are one file on some file system.
    private var seen: [BytesKey: Seen] = [:]
    private var folders: Set<BytesKey> = []
    private var roots: [[UInt8]] = []
    private var resolution = LinkResolution()
    private var symbolicLinks: [ArchiveMember] = []
    private var hardLinks: [ArchiveMember] = []
    private var filePaths: [[UInt8]] = []
    /// Members with a name that another one had before, in the archive's order.
    private var repeated: [(path: [UInt8], name: [UInt8], isManifest: Bool)] = []

    private struct Seen {
        let name: [UInt8]
        let isManifest: Bool
    }

    init(layout: ArtifactLayout, limits: AnalysisLimits) {
        self.layout = layout
        self.limits = limits
    }

    /// Install paths that several members have, parts joined by `/`: only there what they contain plays a part.
    var repeatedPaths: Set<[UInt8]> { Set(repeated.map(\.path)) }

    /// Notes a member.
    mutating func note(_ member: ArchiveMember, into findings: inout FindingCollector) {
        for observation in MemberPath.observations(of: member.name, limits: limits).sorted() {
            findings.add(observation, path: member.name)
        }
        if member.kind == .special { findings.add(.specialFile, path: member.name) }
        if member.isPrivileged { findings.add(.privilegedFile, path: member.name) }
        switch member.kind {
        case .symbolicLink:
            resolution.add(path(of: member.name), target: member.linkTarget)
            symbolicLinks.append(member)
        case .hardLink: hardLinks.append(member)
        case .file: filePaths.append(member.name)
        case .directory, .special: break
        }
        if member.kind != .directory {
            noteRoot(member.name)
            noteName(member, into: &findings)
        }
    }

    /// Judges what is known only at the end: where links lead, and whether repeated members are the same.
    ///
    /// - Parameter digests: of the members at each of `repeatedPaths`, in the archive's order; nil for those without.
    func finish(digests: [[UInt8]: [SHA256Digest?]], into findings: inout FindingCollector) {
        judgeRepeated(digests, into: &findings)
        for link in symbolicLinks {
            judge(resolution.end(of: path(of: link.name), target: link.linkTarget), of: link, into: &findings)
        }
        for link in hardLinks { judge(resolution.end(fromRoot: link.linkTarget), of: link, into: &findings) }
        if roots.count > 1 { findings.add(.twoRoots, count: roots.count) }
        for name in filePaths {
            let path = Array(layout.installPath(of: name).joined(separator: [UInt8(ascii: "/")]))
            if folders.contains(BytesKey(path)) { findings.add(.fileIsFolder, path: name) }
        }
        guard !resolution.isEmpty else { return }
        for name in filePaths {
            let path = path(of: name)
            switch resolution.end(ofMember: path) {
            // A path that climbs out by itself was named already.
            case .outside: if !path.contains(where: { $0.equals("..") }) { findings.add(.linkEscapes, path: name) }
            case .inside(let folder): if folder != Array(path.dropLast()) { findings.add(.pathThroughLink, path: name) }
            }
        }
    }

    private func judgeRepeated(_ digests: [[UInt8]: [SHA256Digest?]], into findings: inout FindingCollector) {
        var position: [[UInt8]: Int] = [:]
        for member in repeated {
            let index = position[member.path, default: 0] + 1
            position[member.path] = index
            let known = digests[member.path] ?? []
            if index < known.count, let first = known[0], first == known[index] {
                findings.add(.duplicateIdentical, path: member.name)
            } else {
                findings.add(member.isManifest ? .duplicateManifest : .duplicateFile, path: member.name)
            }
        }
    }

    /// The components below the folder that the archive is unpacked into.
    private func path(of name: [UInt8]) -> [[UInt8]] {
        name.split(separator: UInt8(ascii: "/")).filter { !$0.equals(".") }.map(Array.init)
    }

    /// A link must stay inside the package, which is the folder that the installer drops.
    private func judge(_ end: LinkResolution.End, of link: ArchiveMember, into findings: inout FindingCollector) {
        switch end {
        case .outside: findings.add(.linkEscapes, path: link.name)
        case .inside(let place):
            guard layout.rootDepth == 1, let root = path(of: link.name).first else { return }
            if place.first != root { findings.add(.linkEscapes, path: link.name) }
        }
    }

    private mutating func noteRoot(_ name: [UInt8]) {
        guard let root = layout.root(of: name), !root.equals("."), !root.hasPrefix("._") else { return }
        if !roots.contains(root), roots.count < 100 { roots.append(root) }
    }

    /// Remembers the folders that a file lies in, from the innermost out.
    private mutating func noteFolders(of path: [UInt8]) {
        var end = path.lastIndex(of: UInt8(ascii: "/"))
        while let slash = end, folders.insert(BytesKey(Array(path[..<slash]))).inserted {
            end = path[..<slash].lastIndex(of: UInt8(ascii: "/"))
        }
    }

    /// Two members that end in one file on some file system.
    private mutating func noteName(_ member: ArchiveMember, into findings: inout FindingCollector) {
        let path = layout.installPath(of: member.name)
        guard !path.isEmpty else { return }
        let isManifest = ManifestKind.isCentral(path, layout: layout)
        let joined = Array(path.joined(separator: [UInt8(ascii: "/")]))
        let key = BytesKey(CompatibilityForm.folded(joined))
        noteFolders(of: joined)
        guard let first = seen[key] else {
            seen[key] = Seen(name: joined, isManifest: isManifest)
            return
        }
        let isEither = isManifest || first.isManifest
        if first.name != joined {
            findings.add(isEither ? .collidingManifest : .collidingNames, path: member.name)
        } else {
            repeated.append((joined, member.name, isEither))
        }
    }
}
