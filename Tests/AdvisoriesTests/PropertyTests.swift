import Advisories
import JSON
import Registry
import TestSupport
import Testing

/// The specification's own evaluation, as plainly as it is written there.
///
/// Spec: OSV "Evaluation".
private struct Oracle {
    let ecosystem: Ecosystem
    var ranges: [[(kind: String, version: String)]]
    var versions: [String]

    private func parse(_ text: String) throws -> PackageVersion {
        try PackageVersion(parsing: text, ecosystem: ecosystem)
    }

    func isAffected(_ version: PackageVersion) throws -> Bool {
        for listed in versions where try parse(listed) == version { return true }
        for range in ranges where try isIncluded(version, range) { return true }
        return false
    }

    private func isIncluded(_ version: PackageVersion, _ range: [(kind: String, version: String)]) throws -> Bool {
        let limits = range.filter { $0.kind == "limit" }
        let isBelow =
            try limits.isEmpty || limits.contains { try $0.version == "*" || version < (try parse($0.version)) }
        guard isBelow else { return false }
        let events = try range.filter { $0.kind != "limit" }.enumerated().sorted { left, right in
            if left.element.version == "0" || right.element.version == "0" {
                let isBoth = left.element.version == right.element.version
                return isBoth ? left.offset < right.offset : left.element.version == "0"
            }
            let (one, other) = (try parse(left.element.version), try parse(right.element.version))
            return one == other ? left.offset < right.offset : one < other
        }
        var isVulnerable = false
        for (_, event) in events {
            let isStart = event.version == "0"
            switch event.kind {
            case "introduced": if try isStart || version >= (try parse(event.version)) { isVulnerable = true }
            case "fixed": if version >= (try parse(event.version)) { isVulnerable = false }
            default: if version > (try parse(event.version)) { isVulnerable = false }
            }
        }
        return isVulnerable
    }

    var json: JSONValue {
        .array([
            [
                "package": ["ecosystem": .string(ecosystem == .npm ? "npm" : "PyPI"), "name": "p"],
                "versions": .array(versions.map { .string($0) }),
                "ranges": .array(
                    ranges.map { range in
                        var events: [JSONValue] = []
                        for event in range {
                            events.append(.object(JSONObject([(event.kind, .string(event.version))])))
                        }
                        return ["type": "ECOSYSTEM", "events": .array(events)]
                    }),
            ]
        ])
    }
}

@Suite("The index agrees with the specification's evaluation")
struct PropertyTests {
    private let npm = [
        "0.0.1-a", "0.0.1", "0.1.0", "0.1.0-0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0", "1.0.1",
        "1.2.0", "1.10.0", "1.2.0+build", "2.0.0-rc.1", "2.0.0", "10.0.0",
    ]
    private let python = [
        "0.dev1", "0.1", "0.1a1", "1.0.dev3", "1.0a1", "1.0b2", "1.0rc1", "1.0", "1.0.0", "1.0+abc", "1.0.post1", "1.1",
        "1.10", "2!0.1", "2.0", "2024.1.1",
    ]

    private func randomOracle(_ random: inout SeededRandom, _ ecosystem: Ecosystem, _ pool: [String]) -> Oracle {
        var oracle = Oracle(ecosystem: ecosystem, ranges: [], versions: [])
        for version in pool where Int.random(in: 0..<5, using: &random) == 0 { oracle.versions.append(version) }
        for _ in 0..<Int.random(in: oracle.versions.isEmpty ? 1...2 : 0...2, using: &random) {
            var range: [(kind: String, version: String)] = [("introduced", "0")]
            if Bool.random(using: &random) { range = [] }
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let kinds = ["introduced", "fixed", "last_affected", "introduced", "fixed", "limit"]
                let kind = kinds[Int.random(in: 0..<kinds.count, using: &random)]
                let isOpen = kind == "limit" && Bool.random(using: &random)
                range.append((kind, isOpen ? "*" : pool[Int.random(in: 0..<pool.count, using: &random)]))
            }
            oracle.ranges.append(range)
        }
        return oracle
    }

    @Test("random records and versions", arguments: [Ecosystem.npm, .pypi], [101, 102, 103] as [UInt64])
    func agreement(ecosystem: Ecosystem, seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let pool = ecosystem == .npm ? npm : python
        let oracles = (0..<60).map { _ in randomOracle(&random, ecosystem, pool) }
        let records = oracles.enumerated().map { index, oracle -> JSONValue in
            record("A-\(100 + index)", "", with: ["affected": oracle.json])
        }
        let snapshot = try Snapshot(
            npm: ecosystem == .npm ? records : [], pypi: ecosystem == .pypi ? records : [])
        #expect(snapshot.report.recordsSkipped == 0, "seed \(seed)")
        for text in pool + (ecosystem == .npm ? ["0.0.0", "1.5.0", "99.0.0"] : ["0.0.1", "1.5", "9!9"]) {
            let version = try PackageVersion(parsing: text, ecosystem: ecosystem)
            let expected = try oracles.enumerated().filter { try $0.element.isAffected(version) }.map {
                "A-\(100 + $0.offset)"
            }
            #expect(try snapshot.ids("p", text, ecosystem) == expected, "seed \(seed), version \(text)")
        }
    }
}
