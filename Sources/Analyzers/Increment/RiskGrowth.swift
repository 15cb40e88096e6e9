import Screening

/// Files that became worse than they were: D-RISK.
enum RiskGrowth {
    /// - Parameter notices: what is noticed of the new artifact and was not of the base.
    static func note(_ pair: VersionPair, _ notices: [Notice], into findings: inout FindingCollector) {
        noteLevels(pair, notices, into: &findings)
        guard pair.isSmallStep else { return }
        for notice in notices where notice.observation == .secretsBesideNetwork {
            findings.add(.secretsMeetNetwork, path: notice.path, line: notice.line, reach: notice.reach)
        }
        for (file, change) in pair.changedFiles where change.isCode { noteFacts(pair, file, into: &findings) }
    }

    /// Files of the base, wherever they are now, with the gravest thing that is new in them.
    private static func noteLevels(_ pair: VersionPair, _ notices: [Notice], into findings: inout FindingCollector) {
        var worst: [BytesKey: Notice] = [:]
        for notice in notices where notice.severity > .info {
            guard let name = notice.path, pair.baseFile(of: pair.new.path(of: name)) != nil else { continue }
            let key = BytesKey(name)
            if let known = worst[key], known.severity >= notice.severity { continue }
            worst[key] = notice
        }
        let before = levels(of: pair)
        for (key, notice) in worst.sorted(by: { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }) {
            guard notice.severity > before[BytesKey(pair.new.path(of: key.bytes))] ?? .info else { continue }
            let observation: Observation =
                notice.severity == .malicious ? .fileBecameMalicious : .fileBecameSuspicious
            findings.add(observation, path: key.bytes, line: notice.line)
        }
    }

    /// How grave the base's files were, by where they are now.
    private static func levels(of pair: VersionPair) -> [BytesKey: Severity] {
        var levels: [BytesKey: Severity] = [:]
        for notice in pair.base.notices where notice.severity > .info {
            guard let name = notice.path else { continue }
            let key = BytesKey(pair.newPath(ofBase: pair.base.path(of: name)))
            levels[key] = max(levels[key] ?? .info, notice.severity)
        }
        return levels
    }

    /// Facts about the machine or the whole environment in a file that sends, where not both were there before.
    private static func noteFacts(_ pair: VersionPair, _ file: Int, into findings: inout FindingCollector) {
        let judgement = pair.new.judgement
        guard let reach = meeting(judgement, file), reach > .tests else { return }
        let path = ArtifactExamination.comparable(judgement.files[file].path, pair.new.layout)
        if let old = pair.baseFile(of: path), meeting(pair.base.judgement, old) != nil { return }
        findings.add(.factsMeetNetwork, path: judgement.files[file].name, reach: reach)
    }

    private static func meeting(_ judgement: ArtifactJudgement, _ file: Int) -> Reach? {
        let told = [FileFact.wholeEnvironment, .hostFacts].compactMap { judgement.reach(of: $0, in: file) }.max()
        guard let told, let sent = judgement.reach(of: .sends, in: file) else { return nil }
        return min(told, sent)
    }
}
