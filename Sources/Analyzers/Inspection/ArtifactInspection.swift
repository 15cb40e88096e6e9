import Cryptography
import Registry

/// One pass over an artifact: members go by, rules that need only one look at once, the others at the end.
final class ArtifactInspection {
    let context: ArtifactContext
    let layout: ArtifactLayout
    let budget: AnalysisBudget
    private let nestedBudget: AnalysisBudget
    var findings = FindingCollector()
    private var structure: ArchiveStructure
    /// Manifests are kept to the end, so a hostile archive must not have memory filled with them.
    private static let maxKeptFiles = 64
    private static let maxScriptBytes = 64 << 10

    /// Manifests in the archive's order; several of one kind only in archives that are findings themselves.
    private(set) var manifests: [(kind: ManifestKind, name: [UInt8], bytes: [UInt8])] = []
    /// Build files of gyp below the root.
    private(set) var gypIncludes: [(name: [UInt8], bytes: [UInt8])] = []
    /// Short shell scripts of an npm package, which its install scripts may run.
    private(set) var shellScripts: [(path: [UInt8], name: [UInt8], bytes: [UInt8])] = []
    /// Digests of a wheel's files, in the archive's order.
    private(set) var digests: [(path: [UInt8], digests: ComputedDigests)] = []
    /// The folders of a wheel that hold metadata.
    private(set) var metadataFolders: Set<[UInt8]> = []
    private(set) var hasNativeSource = false
    /// Whether every member was read: otherwise what seems to be missing may just not have been reached.
    private(set) var isComplete = false

    init(context: ArtifactContext, budget: AnalysisBudget) {
        self.context = context
        self.budget = budget
        nestedBudget = budget.nested()
        layout = ArtifactLayout(ecosystem: context.ecosystem, filename: context.filename)
        structure = ArchiveStructure(layout: layout, limits: budget.limits)
    }

    /// Reads the whole artifact; every problem becomes a finding.
    func run(_ bytes: ArchiveBytes) {
        do throws(ArchiveFailure) {
            try readMembers(bytes)
        } catch {
            switch error {
            case .unreadable: findings.add(.archiveUnreadable)
            case .encrypted: findings.add(.memberEncrypted)
            case .limit(let observation): findings.add(observation)
            }
        }
        structure.finish(into: &findings)
    }

    private func readMembers(_ bytes: ArchiveBytes) throws(ArchiveFailure) {
        let head = try bytes.read(at: 0, count: TarHeader.blockBytes)
        // pip opens a wheel by its end, whatever it starts with.
        guard let format = layout == .wheel ? .zip : ArchiveFormat(head: head) else {
            return findings.add(.formatUnknown)
        }
        switch format {
        case .zip:
            // npm's clients read tar archives alone, pip reads wheels as zip alone.
            guard context.ecosystem == .pypi else { return findings.add(.formatUnknown) }
            let archive = try ZipArchive(bytes, budget: budget)
            try archive.forEachMember { (member, content) throws(ArchiveFailure) in try take(member, content) }
            for failed in archive.unreadableMembers { findings.add(failed.observation, path: failed.name) }
            isComplete = archive.unreadableMembers.isEmpty
            for observation in archive.observations.sorted() { findings.add(observation) }
        case .tar(let compression):
            // pip asks first whether the file ends like a zip archive and takes it for one, whatever its name.
            if context.ecosystem == .pypi, endsLikeZip(bytes) { findings.add(.twoFormats) }
            let archive = try TarArchive(bytes, compression: compression, budget: budget)
            defer { for observation in archive.observations.sorted() { findings.add(observation) } }
            try archive.forEachMember { (member, content) throws(ArchiveFailure) in try take(member, content) }
            isComplete = true
        }
    }

    private func endsLikeZip(_ bytes: ArchiveBytes) -> Bool {
        let unlimited = AnalysisBudget(limits: .standard, artifactBytes: bytes.count)
        return (try? ZipArchive(bytes, budget: unlimited)) != nil
    }

    // MARK: One member

    private func take(_ member: ArchiveMember, _ content: MemberContent?) throws(ArchiveFailure) {
        structure.note(member, digest: content?.digests.sha256, into: &findings)
        guard member.kind == .file else { return }
        let path = layout.installPath(of: member.name)
        let role = FileRole(path: path)
        if role.isNativeSource { hasNativeSource = true }
        if layout == .wheel { noteWheelFile(path, content) }
        guard let content else { return }
        if let kind = ManifestKind(path: path, layout: layout) {
            keep(kind, member, content)
        } else if path.last?.hasSuffix(".gypi") == true, layout == .npmTarball, let bytes = content.bytes {
            // Longer or more files than anyone writes are not kept: they would be unreadable anyway.
            if bytes.count <= GypFile.maxBytes, gypIncludes.count < Self.maxKeptFiles {
                gypIncludes.append((member.name, bytes))
            } else {
                findings.add(.manifestUnreadable, path: member.name)
            }
        }
        keepScript(member, path, content)
        noteContent(member, path, role, content)
        try NestedArchives.inspect(content, name: member.name, budget: nestedBudget, depth: 1, into: &findings)
    }

    private func keep(_ kind: ManifestKind, _ member: ArchiveMember, _ content: MemberContent) {
        guard let bytes = content.bytes, manifests.count < Self.maxKeptFiles else {
            findings.add(.manifestUnreadable, path: member.name)
            return
        }
        manifests.append((kind, member.name, bytes))
    }

    private func keepScript(_ member: ArchiveMember, _ path: [[UInt8]], _ content: MemberContent) {
        guard layout == .npmTarball, let bytes = content.bytes, bytes.count <= Self.maxScriptBytes,
            shellScripts.count < Self.maxKeptFiles
        else { return }
        let firstLine = bytes.prefix { $0 != 0x0A }
        let isShell = firstLine.hasPrefix("#!") && firstLine.contains(text: "sh")
        guard isShell || path.last?.hasSuffix(".sh") == true else { return }
        shellScripts.append((Array(path.joined(separator: [UInt8(ascii: "/")])), member.name, bytes))
    }

    private func noteWheelFile(_ path: [[UInt8]], _ content: MemberContent?) {
        if path.count == 2, let folder = path.first, folder.hasSuffix(".dist-info") { metadataFolders.insert(folder) }
        guard let content, !path.isEmpty else { return }
        digests.append((Array(path.joined(separator: [UInt8(ascii: "/")])), content.digests))
    }

    private func noteContent(_ member: ArchiveMember, _ path: [[UInt8]], _ role: FileRole, _ content: MemberContent) {
        guard let bytes = content.bytes else {
            if role.isCode { findings.add(.codeTooLarge, path: member.name) }
            return
        }
        if path.last?.hasSuffix(".pth") == true {
            PathFileRule.check(bytes, name: member.name, path: path, role: role, inspection: self)
        }
        InvisibleTextRule.check(bytes, name: member.name, path: path, role: role, layout: layout, into: &findings)
        let file = InspectedFile(name: member.name, path: path, bytes: bytes, layout: layout)
        take(FileInspection.report(of: file), of: file)
    }

    /// Makes findings of what the rules say about a file.
    func take(_ report: FileReport, of file: InspectedFile) {
        for note in report.notes {
            findings.add(note.observation, path: file.name, line: note.line, count: note.count, reach: .call)
        }
    }
}
