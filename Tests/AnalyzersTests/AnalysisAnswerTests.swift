import Cryptography
import JSON
import Registry
import Screening
import TestSupport
import Testing

@testable import Analyzers

@Suite("Answers of analysis children")
struct AnalysisAnswerTests {
    private let ruleset = StaticAnalyzer.revision.ruleset.digest.hex

    private func decode(_ findings: JSONValue, extra: JSONObject = [:]) throws -> AnalysisReport {
        var answer: JSONObject = [
            "capabilities": [], "findings": findings, "outOfTime": false, "ruleset": .string(ruleset),
        ]
        for member in extra.members { answer.set(member.name, member.value) }
        return try AnalysisAnswer.decode(try CanonicalJSON.encode(.object(answer)))
    }

    @Test("every report survives the way through an answer")
    func roundTrip() throws {
        for observation in RuleCatalog.observations {
            guard let (artifact, limits) = try flaggedArtifact(observation) else { continue }
            let report = artifact.report(limits: limits)
            #expect(try AnalysisAnswer.decode(AnalysisAnswer.encode(report)) == report)
        }
    }

    @Test("severity and sentence come from the table, not from the child")
    func severityIsLookedUp() throws {
        let report = try decode([["code": "script-url", "count": 1]])
        #expect(report.verdict == .suspicious)
        #expect(report.findings.map(\.message) == ["an install script names a URL"])
    }

    @Test("anything else than an answer is refused")
    func refusals() throws {
        let code: JSONValue = "script-url"
        let path = String(repeating: "a", count: 201)
        let cases: [(JSONValue, AnswerFault)] = [
            ([["code": "no-such-rule", "count": 1]], .unknownRule),
            ([["code": "advisory-malware", "count": 1]], .unknownRule),
            ([["code": code, "count": 0]], .badNumber), ([["code": code, "count": 1, "line": 0]], .badNumber),
            ([["code": code, "count": 1, "path": "a b"]], .badPath),
            ([["code": code, "count": 1, "path": "\u{1B}[2J"]], .badPath),
            ([["code": code, "count": 1, "path": .string(path)]], .badPath),
            ([["code": code, "count": 1, "severity": "info"]], .unknownMember),
            ([["count": 1]], .missingMember("code")), ([["code": code]], .missingMember("count")),
            (["text"], .missingMember("findings[]")), ("text", .missingMember("findings")),
        ]
        for (findings, fault) in cases { #expect(throws: fault) { try decode(findings) } }
        let many = JSONValue.array(Array(repeating: ["code": code, "count": 1], count: AnalysisAnswer.maxFindings + 1))
        #expect(throws: AnswerFault.tooManyFindings(AnalysisAnswer.maxFindings + 1)) { try decode(many) }
        #expect(throws: AnswerFault.unknownMember) { try decode([], extra: ["verdict": "clean"]) }
        #expect(throws: AnswerFault.foreignRuleset) { try decode([], extra: ["ruleset": "00"]) }
        #expect(throws: AnswerFault.notCanonicalJSON) { try AnalysisAnswer.decode(Array("{ }".utf8)) }
        #expect(throws: AnswerFault.notCanonicalJSON) { try AnalysisAnswer.decode([]) }
    }

    @Test("an answer cut short or with a changed byte is never taken for the whole one")
    func damaged() throws {
        let report = try #require(try flaggedArtifact(.scriptPipesToInterpreter)).artifact.report()
        let answer = AnalysisAnswer.encode(report)
        for end in 0..<answer.count {
            #expect(throws: AnswerFault.self) { try AnalysisAnswer.decode(Array(answer[..<end])) }
        }
    }

    @Test("an order survives the way to the child")
    func orders() throws {
        let purl = try PackageURL(parsing: "pkg:npm/%40acme/box@1.2.3")
        let order = AnalysisOrder(
            context: ArtifactContext(ecosystem: .npm, purl: purl, filename: "box \"1\".tgz"), limits: .standard,
            ruleset: SHA256Digest(hashing: []), memoryBytes: 5, allowsDegradedSandbox: true)
        #expect(AnalysisOrder(decoding: order.encoded) == order)
        #expect(AnalysisOrder(decoding: Array(order.encoded.dropLast())) == nil)
        #expect(AnalysisOrder(decoding: Array("{}".utf8)) == nil)
    }
}
