/// Archives that lie inside the artifact: noted, and looked into two levels deep.
enum NestedArchives {
    private static let maxDepth = 2

    /// Notes `content` when it is an archive and reads what is in it, within the budget of nested archives.
    ///
    /// - Throws: only what must end the whole analysis: its time being over.
    static func inspect(
        _ content: MemberContent, name: [UInt8], budget: AnalysisBudget, depth: Int,
        into findings: inout FindingCollector
    ) throws(ArchiveFailure) {
        guard let format = ArchiveFormat(head: content.head), isArchive(format, name: name) else { return }
        findings.add(.nestedArchive, path: name)
        guard depth <= maxDepth else { return findings.add(.nestedTooDeep, path: name) }
        guard let bytes = content.bytes else { return findings.add(.nestedTooLarge, path: name) }
        do throws(ArchiveFailure) {
            try read(.memory(bytes), format, name: name, budget: budget, depth: depth, into: &findings)
        } catch {
            switch error {
            case .limit(.tookTooLong): throw error
            case .limit: findings.add(.nestedTooLarge, path: name)
            case .unreadable, .encrypted: findings.add(.nestedUnreadable, path: name)
            }
        }
    }

    /// A compressed single file is no archive; the ending tells, since everything may be compressed with gzip.
    private static func isArchive(_ format: ArchiveFormat, name: [UInt8]) -> Bool {
        switch format {
        case .zip, .tar(.none): return true
        case .tar:
            let lowered = name.lowercasedASCII()
            let endings = [".tgz", ".tbz", ".tbz2", ".txz", ".crate"]
            return lowered.contains(text: ".tar.") || endings.contains { lowered.hasSuffix($0) }
        }
    }

    private static func read(
        _ bytes: ArchiveBytes, _ format: ArchiveFormat, name: [UInt8], budget: AnalysisBudget, depth: Int,
        into findings: inout FindingCollector
    ) throws(ArchiveFailure) {
        var inner = FindingCollector()
        let take = { (member: ArchiveMember, content: MemberContent?) throws(ArchiveFailure) in
            guard member.kind == .file, let content else { return }
            let path = member.name.split(separator: UInt8(ascii: "/")).map(Array.init)
            let full = name + [UInt8(ascii: "!")] + member.name
            if let bytes = content.bytes, InvisibleText(bytes).firstTag != nil, isText(bytes),
                !FileRole(path: path).isTestOrDocumentation
            {
                inner.add(.tagCharactersInTests, path: full)
            }
            try inspect(content, name: full, budget: budget, depth: depth + 1, into: &inner)
        }
        switch format {
        case .zip:
            let archive = try ZipArchive(bytes, budget: budget)
            try archive.forEachMember(take)
            if !archive.unreadableMembers.isEmpty { findings.add(.nestedUnreadable, path: name) }
        case .tar(let compression):
            try TarArchive(bytes, compression: compression, budget: budget).forEachMember(take)
        }
        for notice in inner.complete { findings.add(notice.observation, path: notice.path, count: notice.count) }
    }
}
