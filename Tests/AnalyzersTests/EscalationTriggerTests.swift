import Cryptography
import Registry
import Screening
import Testing

@testable import Analyzers

/// A comparison in which nothing asks for a full review, and one change of which makes that otherwise.
private struct Case {
    var summary = IncrementSummary(step: .patch, changedFiles: 2, changedBytes: 100, newCodeLines: 3, codeLines: 90)
    var history: ReleaseHistory?
    var depth = 0
    var hasBase = true
    var cumulative: IncrementReport?

    static let thresholds = DiffThresholds(maxChangedBytes: 1000, maxChangedFiles: 10, maxSteps: 3)

    func report(_ difference: [DetailedFinding] = []) -> IncrementReport {
        IncrementReport(
            full: AnalysisReport(revision: StaticAnalyzer.revision, findings: [finding(Observation("can-network"))]),
            increment: [], difference: difference, summary: summary, thresholds: Self.thresholds)
    }

    var verdict: IncrementVerdict {
        let base = IncrementBase(
            sha512: SHA512Digest(hashing: [1]), statement: StatementID(digest: SHA256Digest(hashing: [2])),
            anchorStatement: StatementID(digest: SHA256Digest(hashing: [3])), depth: depth)
        return IncrementVerdict(
            step: report(), cumulative: cumulative, history: history, base: hasBase ? base : nil,
            thresholds: Self.thresholds)
    }
}

private func finding(_ observation: Observation, _ path: String? = nil) -> DetailedFinding {
    DetailedFinding(
        Notice(observation: observation, path: path.map { Array($0.utf8) }, line: nil, count: 1, reach: nil))
}

private func history(_ own: ReleaseFacts, _ base: ReleaseFacts) -> ReleaseHistory {
    ReleaseHistory(own: own, base: base)
}

@Suite("Reasons for a full review")
struct EscalationTriggerTests {
    /// The trigger alone forces a full review and is named in the statement; without it the difference is enough.
    private func check(_ trigger: EscalationTrigger, _ change: (inout Case) -> Void) {
        let without = Case().verdict
        #expect(without.triggers == [])
        #expect(without.basis != .full)
        #expect(without.report.findings == [])
        var with = Case()
        change(&with)
        let verdict = with.verdict
        #expect(verdict.triggers == [trigger])
        #expect(verdict.basis == .full)
        let rules = verdict.report.findings.map(\.finding.rule)
        #expect(rules.filter { $0.hasPrefix("ESC-") } == [trigger.rule])
        // Everything that the static analysis says of the artifact is in a full review.
        #expect(rules.contains("CAP-NET"))
        #expect(verdict.report.findings.first { $0.finding.rule == trigger.rule }?.finding.severity == .info)
    }

    @Test("ESC-BASE: without a base, or with one that cannot be compared in full")
    func base() {
        check(.base) { $0.hasBase = false }
        check(.base) { $0.summary.isComplete = false }
        #expect(EscalationTriggers.lacksBase(IncrementSummary()))
        #expect(!EscalationTriggers.lacksBase(IncrementSummary(step: .patch)))
    }

    @Test(
        "ESC-BASE names the gateway's reason",
        arguments: [
            "unknownSource", "noOlderVersion", "otherLine", "neverFetched", "tampered", "withdrawn", "unverified",
            "evicted",
            "a word of later",
        ])
    func reasons(_ word: String) throws {
        let step = Case(summary: IncrementSummary()).report()
        let verdict = IncrementVerdict(
            step: step, cumulative: nil, history: nil, base: nil, noBase: word, thresholds: Case.thresholds)
        let named = try #require(verdict.report.findings.first { $0.finding.rule == "ESC-BASE" })
        #expect((named.finding.evidence == "no-verified-base") == (word == "a word of later"))
        #expect(verdict.triggers == [.base])
    }

    @Test("ESC-SIZE: more bytes, or more files, than the threshold")
    func size() {
        check(.size) { $0.summary.changedBytes = 1001 }
        check(.size) { $0.summary.changedFiles = 11 }
        check(.size) { $0.summary.removedFiles = 9 }
        var atThreshold = IncrementSummary(step: .patch)
        atThreshold.changedBytes = 1000
        atThreshold.changedFiles = 10
        #expect(!EscalationTriggers.isTooLarge(atThreshold, Case.thresholds))
    }

    @Test("ESC-CHAIN: as many differences since the full review as are allowed")
    func chain() {
        check(.chain) { $0.depth = 3 }
        #expect(!EscalationTriggers.isChainTooLong(baseDepth: 2, Case.thresholds))
        #expect(EscalationTriggers.isChainTooLong(baseDepth: 0, DiffThresholds(maxSteps: 0)))
    }

    @Test("ESC-SCRIPTS: what runs at installation is another")
    func scripts() { check(.scripts) { $0.summary.changesInstallation = true } }

    @Test("ESC-NATIVE: native code, binaries or minified files came")
    func native() { check(.native) { $0.summary.bringsUnreadableCode = true } }

    @Test("ESC-CAPABILITY: a grave capability came")
    func capability() { check(.capability) { $0.summary.graveCapabilities = ["network"] } }

    @Test("ESC-PUBLISHER: publisher or maintainers are others, or told no more")
    func publisher() {
        let base = ReleaseFacts(publisher: "ana", maintainers: ["ana", "bo"])
        let others = [
            ReleaseFacts(publisher: "bo", maintainers: ["ana", "bo"]),
            ReleaseFacts(publisher: "ana", maintainers: ["ana"]), ReleaseFacts(maintainers: ["ana", "bo"]),
        ]
        for own in others {
            #expect(EscalationTriggers.changesPublisher(history(own, base)))
        }
        check(.publisher) { $0.history = history(ReleaseFacts(maintainers: ["a"]), ReleaseFacts()) }
        #expect(!EscalationTriggers.changesPublisher(history(base, base)))
        #expect(!EscalationTriggers.changesPublisher(nil))
    }

    @Test("ESC-PROVENANCE: proof of origin came, went or is told no more")
    func provenance() {
        let (proven, bare, untold) = (
            ReleaseFacts(hasProvenance: true), ReleaseFacts(hasProvenance: false), ReleaseFacts()
        )
        for (own, base) in [(bare, proven), (proven, bare), (untold, proven)] {
            #expect(EscalationTriggers.changesProvenance(history(own, base)))
        }
        check(.provenance) { $0.history = history(proven, untold) }
        #expect(!EscalationTriggers.changesProvenance(history(proven, proven)))
        #expect(!EscalationTriggers.changesProvenance(history(untold, untold)))
    }

    @Test("ESC-CUMULATIVE: all since the anchor together is large, not comparable, or has what no step had")
    func cumulative() {
        var large = Case()
        large.summary.changedBytes = 5000
        check(.cumulative) { $0.cumulative = large.report() }
        var cut = Case()
        cut.summary.isComplete = false
        check(.cumulative) { $0.cumulative = cut.report() }
        check(.cumulative) { $0.cumulative = Case().report([finding(.capabilitiesGather)]) }
        // A fact is no reason, and neither is what the step says itself.
        #expect(
            !EscalationTriggers.addsUp(Case().report([finding(.patchIsLarge)]), step: Case().report(), Case.thresholds))
        let told = Case().report([finding(.capabilitiesGather)])
        #expect(!EscalationTriggers.addsUp(told, step: told, Case.thresholds))
        #expect(!EscalationTriggers.addsUp(nil, step: told, Case.thresholds))
    }

    @Test("every trigger has a rule of its own, in the table and only a fact")
    func complete() {
        #expect(Set(EscalationTrigger.allCases.map(\.rule)) == Set(escalationRules.map(\.id)))
        for rule in escalationRules { #expect(rule.severity == .info && rule.analyzer == .diff) }
    }
}

@Suite("The word of the diff analyzer")
struct IncrementVerdictTests {
    @Test("a review of the difference has what is new, and its basis names base, statements and depth")
    func difference() {
        var with = Case()
        with.depth = 1
        let verdict = with.verdict
        #expect(verdict.report.revision == DiffAnalyzer.revision)
        #expect(
            verdict.basis
                == .diff(
                    base: SHA512Digest(hashing: [1]), baseStatement: StatementID(digest: SHA256Digest(hashing: [2])),
                    anchorStatement: StatementID(digest: SHA256Digest(hashing: [3])), depth: 2))
    }

    @Test("what is new is in the verdict, and the gravest of it is the verdict")
    func increment() {
        let new = finding(.secretsBesideNetwork, "package/a.js")
        let step = IncrementReport(
            full: AnalysisReport(
                revision: StaticAnalyzer.revision, findings: [new, finding(Observation("can-network"))]),
            increment: [new], difference: [finding(.installScriptAdded)], summary: Case().summary,
            thresholds: Case.thresholds)
        let base = IncrementBase(
            sha512: SHA512Digest(hashing: [1]), statement: StatementID(digest: SHA256Digest(hashing: [2])),
            anchorStatement: StatementID(digest: SHA256Digest(hashing: [2])), depth: 0)
        let verdict = IncrementVerdict(
            step: step, cumulative: nil, history: nil, base: base, thresholds: Case.thresholds)
        #expect(verdict.report.findings.map(\.finding.rule) == ["COMB-EXFIL", "D-INSTALL"])
        #expect(verdict.report.verdict == .suspicious)
    }

    @Test("what the cumulative comparison alone holds makes the verdict")
    func cumulative() {
        var with = Case()
        with.cumulative = Case().report([finding(.capabilitiesGather), finding(.patchIsLarge)])
        let verdict = with.verdict
        #expect(verdict.report.verdict == .suspicious)
        #expect(verdict.report.findings.contains { $0.finding.rule == "D-CAP" })
        #expect(!verdict.report.findings.contains { $0.finding.rule == "D-PATCH-BIG" })
    }

    @Test("the history's rules count in both kinds of review")
    func histories() {
        var with = Case()
        with.history = ReleaseHistory(
            own: ReleaseFacts(repository: "a"), base: ReleaseFacts(repository: "b"), isRewritten: true)
        #expect(with.verdict.report.findings.map(\.finding.rule) == ["META-REWRITTEN", "META-REPOSITORY"])
        #expect(with.verdict.basis != .full)
        with.history = ReleaseHistory(
            own: ReleaseFacts(hasProvenance: false), base: ReleaseFacts(hasProvenance: true))
        #expect(with.verdict.report.verdict == .suspicious)
        #expect(with.verdict.basis == .full)
    }
}
