import Cryptography
import Registry

/// One pass over an artifact: members go by, rules that need only one look at once, the others at the end.
final class ArtifactInspection {
    let context: ArtifactContext
    let layout: ArtifactLayout
    let budget: AnalysisBudget
    private let nestedBudget: AnalysisBudget
    var findings = FindingCollector()
    /// The operator's own rules, which see every file that is held.
    var userRules: UserRuleScan?
    private var structure: ArchiveStructure
    private var repetition = RepeatedFiles()
    private var later = LateReadings()
    /// Manifests and what else is looked at when everything was read.
    private(set) var collected: ManifestCollector
    /// What is known of every file that was read, in the archive's order.
    private(set) var files: [FileRecord] = []
    /// Whether every member was read: otherwise what seems to be missing may just not have been reached.
    private(set) var isComplete = false

    init(context: ArtifactContext, budget: AnalysisBudget) {
        self.context = context
        self.budget = budget
        nestedBudget = budget.nested()
        layout = ArtifactLayout(ecosystem: context.ecosystem, filename: context.filename)
        structure = ArchiveStructure(layout: layout, limits: budget.limits)
        collected = ManifestCollector(layout: layout)
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
        if repetition.isFlood { findings.add(.reviewerManyFiles) }
        structure.finish(digests: digests(of: structure.repeatedPaths, in: bytes), into: &findings)
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

    /// The digests of the members at some paths, in the archive's order: the archive is read once more for them, which
    /// costs honest archives nothing.
    private func digests(of paths: Set<[UInt8]>, in bytes: ArchiveBytes) -> [[UInt8]: [SHA256Digest?]] {
        var found: [[UInt8]: [SHA256Digest?]] = [:]
        guard !paths.isEmpty, let head = try? bytes.read(at: 0, count: TarHeader.blockBytes) else { return found }
        let layout = layout
        let note = { (member: ArchiveMember, content: MemberContent?) throws(ArchiveFailure) in
            let path = Self.joined(layout.installPath(of: member.name))
            if member.kind != .directory, paths.contains(path) { found[path, default: []].append(content?.sha256) }
        }
        let again = AnalysisBudget(limits: budget.limits, artifactBytes: bytes.count)
        // What cannot be read a second time has no digests, and is never the same.
        switch layout == .wheel ? .zip : ArchiveFormat(head: head) {
        case .zip: try? ZipArchive(bytes, budget: again, hashes: .sha256).forEachMember(note)
        case .tar(let compression):
            try? TarArchive(bytes, compression: compression, budget: again, hashes: .sha256).forEachMember(note)
        case nil: break
        }
        return found
    }

    private func endsLikeZip(_ bytes: ArchiveBytes) -> Bool {
        let unlimited = AnalysisBudget(limits: .standard, artifactBytes: bytes.count)
        return (try? ZipArchive(bytes, budget: unlimited)) != nil
    }

    // MARK: One member

    private func take(_ member: ArchiveMember, _ content: MemberContent?) throws(ArchiveFailure) {
        structure.note(member, into: &findings)
        guard member.kind == .file else { return }
        let path = layout.installPath(of: member.name)
        collected.note(member, path: path, content, into: &findings)
        guard let content else { return }
        noteContent(member, path, content)
        let outer = path
        let notices = try NestedArchives.read(content, name: member.name, budget: nestedBudget) { name, path, bytes in
            userRules?.check(bytes, name: name, path: path)
            let file = InspectedFile(name: name, path: path, bytes: bytes, layout: layout)
            // What is inside lies below the outer file, as if that were a folder.
            let inner = name.dropFirst(member.name.count)
            files.append(FileInspection.record(of: file, at: Self.joined(outer) + inner, later: &later))
        }
        for notice in notices { findings.add(notice.observation, path: notice.path, count: notice.count) }
    }

    private func noteContent(_ member: ArchiveMember, _ path: [[UInt8]], _ content: MemberContent) {
        guard let bytes = content.bytes else {
            if FileRole(path: path, layout: layout).isCode { findings.add(.codeTooLarge, path: member.name) }
            return
        }
        if path.last?.hasSuffix(".pth") == true {
            let role = FileRole(path: path, layout: layout)
            PathFileRule.check(bytes, name: member.name, path: path, role: role, inspection: self)
        }
        userRules?.check(bytes, name: member.name, path: path)
        let file = InspectedFile(name: member.name, path: path, bytes: bytes, layout: layout)
        repetition.note(file)
        files.append(FileInspection.record(of: file, at: Self.joined(path), later: &later))
    }

    private static func joined(_ path: [[UInt8]]) -> [UInt8] { Array(path.joined(separator: [UInt8(ascii: "/")])) }
}
