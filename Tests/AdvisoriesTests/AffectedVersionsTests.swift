import JSON
import Registry
import TestSupport
import Testing

@testable import Advisories

@Suite("What records affect, said all at once")
struct AffectedVersionsTests {
    private func affected(_ snapshot: Snapshot, _ ecosystem: Ecosystem = .npm) throws -> AffectedVersions {
        AffectedVersions(snapshot.index.advisories(for: try PackageName(parsing: "p", ecosystem: ecosystem)))
    }

    private func range(_ events: [JSONValue], versions: JSONValue = []) throws -> String {
        try affected(Snapshot(npm: [record("A-1", "p", versions: versions, events: events)])).npmRange
    }

    @Test("ranges are written as npm reads them")
    func ranges() throws {
        #expect(try range([["introduced": "0"]]) == "*")
        #expect(try range([["introduced": "0"], ["fixed": "1.2.3"]]) == "<1.2.3")
        #expect(try range([["introduced": "1.0.0"], ["fixed": "1.2.3"]]) == ">=1.0.0 <1.2.3")
        #expect(try range([["introduced": "1.0.0"], ["last_affected": "1.2.3"]]) == ">=1.0.0 <=1.2.3")
        #expect(try range([["introduced": "1.0.0"]], versions: ["0.1.0", "0.3.0"]) == "0.1.0 || 0.3.0 || >=1.0.0")
        #expect(try range([["introduced": "1.0.0"], ["fixed": "2.0.0"]], versions: ["2.0.0"]) == ">=1.0.0 <=2.0.0")
        #expect(try range([["introduced": "2.0.0"], ["fixed": "1.0.0"]], versions: ["1.0"]) == ">=2.0.0")
        #expect(try range([["introduced": "2.0.0"], ["limit": "1.0.0"]]) == "<0.0.0-0")
        #expect(try range([], versions: ["1.0.0beta", "1.0.0+build"]) == "1.0.0-beta || 1.0.0")
    }

    @Test("a range of eight thousand events, and thousands of ranges, are worked out at once")
    func many() throws {
        let events = (0..<4000).flatMap { number -> [JSONValue] in
            [["introduced": .string("\(number).0.0")], ["fixed": .string("\(number).5.0")]]
        }
        let whole = try range(events)
        #expect(whole.hasPrefix(">=0.0.0 <0.5.0 || >=1.0.0 <1.5.0 || ") && whole.hasSuffix(" || >=3999.0.0 <3999.5.0"))
        let package = try PackageName(parsing: "p", ecosystem: .npm)
        let ranges = (0..<4000).map { number in
            [
                PackageAdvisory.RangeEvent(kind: .introduced, version: "\(number).0.0"),
                PackageAdvisory.RangeEvent(kind: .lastAffected, version: "\(number).5.0"),
            ]
        }
        let record = PackageAdvisory(
            package: package, id: "A-1", aliases: [], isMalicious: false, cvssTenths: nil, cvssVector: nil, summary: "",
            modifiedSeconds: nil, ranges: ranges, versions: [])
        #expect(AffectedVersions([record]).npmRange.hasSuffix(" || >=3999.0.0 <=3999.5.0"))
    }

    @Test("several records are one union")
    func union() throws {
        let snapshot = try Snapshot(npm: [
            record("A-1", "p", events: [["introduced": "1.0.0"], ["fixed": "1.5.0"]]),
            record("A-2", "p", events: [["introduced": "1.5.0"], ["last_affected": "2.0.0"]]),
            record("A-3", "p", versions: ["3.0.0"]),
        ])
        #expect(try affected(snapshot).npmRange == ">=1.0.0 <=2.0.0 || 3.0.0")
    }

    @Test("a malicious record that does not say readably what it means affects everything here too")
    func unreadable() throws {
        for events: [JSONValue] in [[["introduced": "1.0.0"], ["fixed": "soon"]], [["fixed": "1.0.0"]]] {
            let snapshot = try Snapshot(npm: [record("MAL-1", "p", events: events)])
            #expect(try snapshot.ids("p", "9.9.9-x") == ["MAL-1"])
            #expect(try affected(snapshot).npmRange == "*")
        }
    }

    private static let npm = [
        "0.0.0-0", "0.0.1-a", "0.0.1", "0.1.0-0", "0.1.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0", "1.2.0+build",
        "1.10.0", "2.0.0-rc.1", "2.0.0", "10.0.0",
    ]
    private static let python = ["0", "0.dev1", "0.1a1", "1.0rc1", "1.0", "1.0.0", "1.0+abc", "1.0.post1", "2!0.1"]

    private func randomEvents(_ random: inout SeededRandom, _ pool: [String]) -> [JSONValue] {
        var events: [JSONValue] = [["introduced": .string(Bool.random(using: &random) ? "0" : pool[3])]]
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            let kinds = ["introduced", "fixed", "last_affected", "introduced", "fixed", "limit"]
            let kind = kinds[Int.random(in: 0..<kinds.count, using: &random)]
            let version = pool[Int.random(in: 0..<pool.count, using: &random)]
            events.append(.object(JSONObject([(kind, .string(version))])))
        }
        return events.shuffled(using: &random)
    }

    @Test(
        "they are the versions that matching finds, for random records",
        arguments: [Ecosystem.npm, .pypi], [11, 12, 13] as [UInt64])
    func agreement(ecosystem: Ecosystem, seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let pool = ecosystem == .npm ? Self.npm : Self.python
        let label = ecosystem == .npm ? "npm" : "PyPI"
        let records = (0..<80).map { number in
            let named = pool.filter { _ in Int.random(in: 0..<6, using: &random) == 0 }
            return record(
                "A-\(100 + number)", "p", label, versions: .array(named.map { .string($0) }),
                events: randomEvents(&random, pool), type: "ECOSYSTEM")
        }
        let snapshot = try Snapshot(
            npm: ecosystem == .npm ? records : [], pypi: ecosystem == .pypi ? records : [])
        let name = try PackageName(parsing: "p", ecosystem: ecosystem)
        let known = snapshot.index.advisories(for: name)
        try #require(known.count == records.count)
        let others = ecosystem == .npm ? ["0.0.0", "1.5.0-0", "99.0.0"] : ["0.0.1", "1.5", "9!9"]
        for text in pool + others {
            let version = try PackageVersion(parsing: text, ecosystem: ecosystem)
            let expected = try snapshot.ids("p", text, ecosystem)
            let found = known.filter { AffectedVersions([$0]).contains(version) }.map(\.id)
            #expect(found == expected, "seed \(seed), version \(text)")
            #expect(AffectedVersions(known).contains(version) == !expected.isEmpty, "seed \(seed), version \(text)")
        }
    }
}
