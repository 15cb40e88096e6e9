import Advisories
import JSON
import Registry
import TestSupport
import Testing

/// Compares what ranges include with node-semver's `satisfies` and with comparisons by `packaging`.
@Suite("Ranges beside other implementations", .timeLimit(.minutes(10)))
struct RangeDifferentialTests {
    private static let rangeCount = 20_000
    private static let rangesOfRecord = 50

    /// One end of a range as both programs read it.
    private enum Bound {
        case below(String)
        case upTo(String)
        case open

        var comparator: String {
            switch self {
            case .below(let version): "<\(version)"
            case .upTo(let version): "<=\(version)"
            case .open: ""
            }
        }

        var event: JSONValue? {
            switch self {
            case .below(let version): ["fixed": .string(version)]
            case .upTo(let version): ["last_affected": .string(version)]
            case .open: nil
            }
        }
    }

    /// A range of one or two intervals about a package of its own, and the version to ask it about.
    private struct Case {
        /// The first version of each interval, nil for "0".
        let intervals: [(start: String?, end: Bound)]
        let version: String

        /// Events in any order: they count in the order of versions.
        func events(_ random: inout SeededRandom) -> [JSONValue] {
            intervals.flatMap { interval -> [JSONValue] in
                [["introduced": .string(interval.start ?? "0")]] + (interval.end.event.map { [$0] } ?? [])
            }.shuffled(using: &random)
        }

        /// `version` and the comparators: a space between those that all must hold, a bar between alternatives.
        var question: String {
            let alternatives = intervals.map { interval in
                let parts = [interval.start.map { ">=\($0)" } ?? "", interval.end.comparator].filter { !$0.isEmpty }
                return parts.isEmpty ? "*" : parts.joined(separator: " ")
            }
            return "\(version)\t\(alternatives.joined(separator: "|"))"
        }
    }

    /// Boundaries are normal spellings: what a record's author may write. The versions asked about are anything readable.
    private func cases(_ versions: [PackageVersion], _ random: inout SeededRandom) -> [Case] {
        // "0" is no boundary: as the start of a range it means "before every version".
        let boundaries = versions.filter { $0.isNormalSpelling && $0.text != "0" }
        func pick() -> PackageVersion { boundaries[Int.random(in: 0..<boundaries.count, using: &random)] }
        var found: [Case] = []
        while found.count < Self.rangeCount {
            let count = Bool.random(using: &random) ? 2 : 4
            let ends = (0..<count).map { _ in pick() }.sorted()
            // Equal boundaries would make events at one version, whose order is their author's.
            guard zip(ends, ends.dropFirst()).allSatisfy({ $0 < $1 }) else { continue }
            var intervals: [(start: String?, end: Bound)] = []
            for place in stride(from: 0, to: count, by: 2) {
                let end = ends[place + 1].text
                let isOpen = place + 2 == count && Int.random(in: 0..<5, using: &random) == 0
                let start = place == 0 && Int.random(in: 0..<4, using: &random) == 0 ? nil : ends[place].text
                let bound: Bound = isOpen ? .open : Bool.random(using: &random) ? .below(end) : .upTo(end)
                intervals.append((start, bound))
            }
            // Half of the questions are about a boundary or the other spelling of one.
            let near = ends[Int.random(in: 0..<count, using: &random)]
            let any = versions[Int.random(in: 0..<versions.count, using: &random)]
            found.append(Case(intervals: intervals, version: (Bool.random(using: &random) ? near : any).text))
        }
        return found
    }

    private func compare(_ cases: [Case], with other: OtherProgram, _ ecosystem: Ecosystem) throws {
        var random = SeededRandom(seed: 7)
        let label = ecosystem == .npm ? "npm" : "PyPI"
        let records = stride(from: 0, to: cases.count, by: Self.rangesOfRecord).map { start -> JSONValue in
            let affected = (start..<min(start + Self.rangesOfRecord, cases.count)).map { place -> JSONValue in
                [
                    "package": ["ecosystem": .string(label), "name": .string("p\(place)")],
                    "ranges": [["type": "ECOSYSTEM", "events": .array(cases[place].events(&random))]],
                ]
            }
            return record("A-\(start)", "", with: ["affected": .array(affected)])
        }
        let snapshot = try Snapshot(npm: ecosystem == .npm ? records : [], pypi: ecosystem == .pypi ? records : [])
        #expect(snapshot.report.recordsSkipped == 0, "\(snapshot.report.skipped)")
        let answers = other.lines(cases.map(\.question))
        try #require(answers.count == cases.count)
        for (place, (one, answer)) in zip(cases, answers).enumerated() {
            let isAffected = try !snapshot.matches("p\(place)", one.version, ecosystem).isEmpty
            if (isAffected ? "in" : "out") != answer { Issue.record("\(one.question): expected \(answer)") }
        }
        #expect(answers.count { $0 == "in" } > cases.count / 8 && answers.count { $0 == "out" } > cases.count / 8)
    }

    @Test("npm ranges include what node-semver says")
    func node() throws {
        var random = SeededRandom()
        var generator = SemanticVersionTexts(random: random)
        let versions = (0..<6_000).compactMap { _ in try? PackageVersion(parsing: generator.text(), ecosystem: .npm) }
        try compare(cases(versions, &random), with: try OtherProgram.node(Self.nodeSemver), .npm)
    }

    @Test("Python ranges include what packaging's order says")
    func python() throws {
        var random = SeededRandom()
        var generator = PythonVersionTexts(random: random)
        let versions = (0..<6_000).compactMap { _ in try? PackageVersion(parsing: generator.text(), ecosystem: .pypi) }
        try compare(cases(versions, &random), with: try OtherProgram.python(Self.packaging), .pypi)
    }

    /// A line is a version and a range; the answer is `in` or `out`.
    private static let nodeSemver = """
        const semver = require(process.argv[1] + "/semver");
        const lines = require("fs").readFileSync(0, "utf8").split("\\n").slice(0, -1);
        const out = [];
        for (const line of lines) {
          const [version, alternatives] = line.split("\\t");
          const range = alternatives.split("|").join(" || ");
          const options = { loose: true, includePrerelease: true };
          out.push(semver.satisfies(version, range, options) ? "in" : "out");
        }
        console.log(out.join("\\n"));
        """

    /// The same by comparing versions one by one: specifiers treat pre-releases and local versions in ways of their own,
    /// while a record's range means the plain order.
    private static let packaging = """
        import sys
        from packaging.version import Version
        def holds(version, comparator):
            if comparator == "*": return True
            if comparator.startswith(">="): return version >= Version(comparator[2:])
            if comparator.startswith("<="): return version <= Version(comparator[2:])
            return version < Version(comparator[1:])
        out = []
        for line in sys.stdin.read().splitlines():
            version, alternatives = line.split("\\t")
            version = Version(version)
            fits = any(all(holds(version, c) for c in a.split(" ")) for a in alternatives.split("|"))
            out.append("in" if fits else "out")
        print("\\n".join(out))
        """
}
