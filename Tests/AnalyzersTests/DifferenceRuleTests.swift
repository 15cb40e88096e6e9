import Platform
import Registry
import Screening
import Testing

@testable import Analyzers

@Suite("Rules about differences")
struct DifferenceRuleTests {
    private static let told = differenceRules.flatMap(\.details).map { Observation($0.code) }

    @Test("every detail is noticed on a pair of releases made for it", arguments: told)
    func flagged(_ observation: Observation) throws {
        let make = try #require(
            IncrementFixtures.all.compactMap { $0.flagged[observation] }.first, "no releases for \(observation)")
        let found = try make().observations
        #expect(found.contains(observation.rawValue), "found only \(found.sorted())")
    }

    @Test("a rule notices nothing on honest releases that come near it")
    func clean() throws {
        let fixtures = IncrementFixtures.all.flatMap(\.clean)
        #expect(Set(fixtures.map(\.key)) == Set(differenceRules.map(\.id)))
        for (rule, make) in fixtures {
            let noticed = try make().report().difference.filter { $0.finding.rule == rule }
            #expect(noticed.isEmpty, "\(rule) on its honest releases: \(noticed.map(\.finding))")
        }
    }

    @Test("a release beside itself, or beside one with another version number alone, has nothing new")
    func nothingNew() throws {
        for make in IncrementFixtures.all.flatMap(\.flagged.values) {
            let pair = try make()
            let report = ReleasePair(base: pair.new, new: pair.new).report()
            #expect(report.increment == [])
            #expect(report.difference == [])
            #expect(report.triggers == [])
        }
        let files = [("lib/a.js", "eval(x)\n"), ("README.md", "# Box\n")]
        let report = ReleasePair(base: try npmRelease("1.2.3", files), new: try npmRelease("1.2.4", files)).report()
        #expect(report.full.findings.isEmpty == false)
        #expect(report.increment == [])
        #expect(report.difference == [])
        #expect(report.triggers == [])
    }

    @Test("what was there before is no news, wherever its file is now")
    func movedFiles() throws {
        let text = honestFunctions(0..<20) + "exports.run = (text) => eval(text)\n"
        let moved = ReleasePair(
            base: try npmRelease("1.2.3", [("lib/a.js", text)]),
            new: try npmRelease("1.2.4", [("source/b.js", text + "exports.more = 1\n")])
        ).report()
        #expect(moved.increment == [])
        #expect(moved.triggers == [])
        let another = ReleasePair(
            base: try npmRelease("1.2.3", [("lib/a.js", text)]),
            new: try npmRelease("1.2.4", [("lib/a.js", text), ("lib/b.js", text)])
        ).report()
        #expect(another.increment.map(\.finding.rule) == [])
        #expect(another.full.findings.contains { $0.finding.rule == "CAP-EVAL" })
    }

    @Test("every place is compared, also of what is only counted in a report")
    func manyPlaces() throws {
        func files(_ count: Int) -> [(String, String)] {
            (0..<count).map { ("docs/a\(10 + $0).md", "# \u{202E}box\n") }
        }
        let report = ReleasePair(
            base: try npmRelease("1.2.3", files(30)), new: try npmRelease("1.2.4", files(31))
        ).report()
        #expect(report.increment.compactMap(\.finding.path) == ["package/docs/a40.md"])
    }

    @Test("the step of the version decides how grave the same growth is")
    func steps() throws {
        let code = "require('child_process').execSync('uname')\n"
        func verdict(_ version: String) throws -> Verdict {
            let report = try step(version, to: [("index.js", code + honestLibrary)]).report()
            return report.difference.map(\.finding.severity.verdict).max() ?? .clean
        }
        #expect(try verdict("1.2.4") == .suspicious)
        #expect(try verdict("1.3.0") == .suspicious)
        #expect(try verdict("2.0.0") == .clean)
    }

    @Test("the ruleset's digest follows the rules of the static analysis too")
    func digest() {
        let own = RuleCatalog.digest(of: .diff, version: "1")
        #expect(DiffAnalyzer.revision.version == "1")
        #expect(DiffAnalyzer.revision.ruleset.digest != own)
        #expect(DiffAnalyzer.revision.ruleset.digest != StaticAnalyzer.revision.ruleset.digest)
        #expect(AnalyzerCatalog.rulesets[.diff] == DiffAnalyzer.revision.ruleset)
    }

    @Test("the same releases give the same report twice, whatever order their files have")
    func deterministic() throws {
        let files = (0..<12).map { ("lib/a\($0).js", "exports.a = () => eval(x\($0))\n") }
        let base = try npmRelease("1.2.3", Array(files.prefix(6)))
        let one = ReleasePair(base: base, new: try npmRelease("1.2.4", files)).report()
        let other = ReleasePair(base: base, new: try npmRelease("1.2.4", files.reversed())).report()
        #expect(one.increment == other.increment)
        #expect(one.difference == other.difference)
        #expect(one == ReleasePair(base: base, new: try npmRelease("1.2.4", files)).report())
    }
}

@Suite("History of releases")
struct ReleaseHistoryTests {
    private static let day: Int64 = 86_400

    private func observations(
        _ own: ReleaseFacts, after base: ReleaseFacts, isRewritten: Bool = false
    ) -> Set<Observation> {
        Set(ReleaseHistory(own: own, base: base, isRewritten: isRewritten).observations)
    }

    private func published(_ day: Int64) -> ReleaseFacts {
        ReleaseFacts(publishedAt: Timestamp(secondsSinceEpoch: 1_700_000_000 + day * Self.day))
    }

    @Test("a publisher who could not publish before is a stranger, another maintainer is not")
    func publisher() {
        let base = ReleaseFacts(publisher: "ana", maintainers: ["ana", "bo"])
        #expect(
            observations(ReleaseFacts(publisher: "bo", maintainers: ["ana", "bo"]), after: base) == [.publisherChanged])
        #expect(
            observations(ReleaseFacts(publisher: "eve", maintainers: ["ana", "bo", "eve"]), after: base)
                == [.publisherIsStranger, .maintainersChanged])
        #expect(
            observations(ReleaseFacts(publisher: "eve", maintainers: ["eve"]), after: base)
                == [.publisherIsStranger, .maintainersReplaced])
        #expect(observations(base, after: base) == [])
        #expect(observations(ReleaseFacts(), after: base) == [])
    }

    @Test("names that Swift takes for equal are others")
    func bytes() {
        let base = ReleaseFacts(publisher: "e\u{301}ve", maintainers: ["e\u{301}ve"])
        let own = ReleaseFacts(publisher: "\u{E9}ve", maintainers: ["\u{E9}ve"])
        #expect(observations(own, after: base) == [.publisherIsStranger, .maintainersReplaced])
    }

    @Test("provenance that is lost waits for a person; gained or untold it is a fact")
    func provenance() {
        let (proven, bare, untold) = (
            ReleaseFacts(hasProvenance: true), ReleaseFacts(hasProvenance: false), ReleaseFacts()
        )
        #expect(observations(bare, after: proven) == [.provenanceLost])
        #expect(observations(untold, after: proven) == [.provenanceUntold])
        #expect(observations(proven, after: bare) == [.provenanceGained])
        #expect(observations(proven, after: untold) == [])
        #expect(RuleCatalog.entry(.provenanceLost).detail.severity == .suspicious)
        #expect(RuleCatalog.entry(.provenanceUntold).detail.severity == .info)
    }

    @Test("a release after half a year, before its base, from elsewhere or told otherwise later is noted")
    func times() {
        #expect(observations(published(180), after: published(0)) == [])
        #expect(observations(published(181), after: published(0)) == [.releaseAfterSilence])
        #expect(observations(published(0), after: published(1)) == [.releaseOutOfOrder])
        let (here, there) = (ReleaseFacts(repository: "a.example/box"), ReleaseFacts(repository: "b.example/box"))
        #expect(observations(there, after: here) == [.repositoryChanged])
        #expect(observations(here, after: here, isRewritten: true) == [.listingRewritten])
    }

    @Test("every detail of these rules has a case here or in the tests of escalation")
    func complete() {
        let known: Set<Observation> = [
            .publisherIsStranger, .publisherChanged, .maintainersReplaced, .maintainersChanged, .provenanceLost,
            .provenanceUntold, .provenanceGained, .releaseAfterSilence, .releaseOutOfOrder, .listingRewritten,
            .repositoryChanged,
        ]
        #expect(Set(historyRules.flatMap(\.details).map { Observation($0.code) }) == known)
    }
}
