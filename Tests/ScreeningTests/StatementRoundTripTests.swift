import Cryptography
import JSON
import Platform
import Registry
import TestSupport
import Testing

@testable import Screening

@Suite("Statements in canonical form")
struct StatementRoundTripTests {
    private func text(_ statement: Statement) throws -> String {
        String(decoding: try statement.canonicalBytes(), as: UTF8.self)
    }

    @Test("a verdict has exactly the members of the format")
    func verdictText() throws {
        let subject = Samples.subject
        let rules = Samples.revision().ruleset.digest.hex
        #expect(
            try text(.verdict(Samples.verdict())) == #"{"_type":"https://in-toto.io/Statement/v1","predicate":"#
                + #"{"analyzer":{"id":"static","ruleset":{"digest":{"sha256":"\#(rules)"},"name":"rules-12"},"#
                + #""version":"3"},"appliesTo":{"kind":"bytes"},"basis":{"kind":"full"},"#
                + #""createdAt":"2026-11-21T00:00:00Z","findings":[],"verdict":"clean"},"#
                + #""predicateType":"urn:jurat:attestation:verdict:v1","subject":[{"digest":{"#
                + #""sha256":"\#(subject.sha256.hex)","sha512":"\#(subject.sha512.hex)"},"#
                + #""name":"pkg:npm/demo@1.1.0"}]}"#)
    }

    @Test("a disposition has exactly the members of the format")
    func dispositionText() throws {
        let statement = Samples.disposition(
            inViewOf: [Samples.statementID(1)], scope: DispositionScope(registries: [Samples.registry()]))
        let body = try text(.disposition(statement))
        #expect(
            body.contains(
                #""predicate":{"actor":"ana","createdAt":"2026-11-21T00:00:00Z","decision":"allow","inViewOf":["#
                    + #""\#(Samples.statementID(1).hex)"],"overrides":"HELD_REVIEW","reason":"diff read","#
                    + #""scope":{"registries":["npmjs"]},"sequence":1},"#
                    + #""predicateType":"urn:jurat:attestation:disposition:v1""#))
    }

    @Test("a key event names its key as the subject and its holder in the role")
    func keyEventText() throws {
        let key = Samples.key("ana")
        let body = try text(.keyEvent(Samples.keyEvent(key, .operator_, holder: "ana")))
        let id = key.publicKey.keyID.hex
        #expect(
            body == #"{"_type":"https://in-toto.io/Statement/v1","predicate":{"event":"add","#
                + #""publicKey":"\#(Base64.encode(key.publicKey.bytes))","reason":"test","role":"operator-ana","#
                + #""scope":{"predicateTypes":["urn:jurat:attestation:disposition:v1"]}},"#
                + #""predicateType":"urn:jurat:attestation:key-event:v1","subject":[{"digest":{"sha256":"\#(id)"},"#
                + #""name":"urn:jurat:key:\#(id)"}]}"#)
    }

    @Test("every optional member survives writing and reading")
    func everything() throws {
        let digest = SHA256Digest(hashing: [1])
        let verdict = VerdictStatement(
            subject: Samples.subject,
            analyzer: AnalyzerRevision(
                id: .advisory, version: "1.2", model: "model-4",
                ruleset: RulesetReference(name: "osv 2026-11-21", digest: digest),
                inputs: [AnalyzerInput(name: "npm", digest: digest), AnalyzerInput(name: "pypi", digest: digest)]),
            appliesTo: .coordinates([Samples.purl(), Samples.purl("pkg:npm/%40a/b@2.0.0")]),
            basis: .diff(
                base: SHA512Digest(hashing: [2]), baseStatement: Samples.statementID(1),
                anchorStatement: Samples.statementID(2), depth: 3),
            contentDirectoryHash: digest, verdict: .malicious,
            findings: [
                Finding(
                    rule: "ADV-MAL", severity: .malicious, path: "lib/é \"x\".js", line: 14, count: 2,
                    evidence: "MAL-2025-1")
            ], findingsTruncated: 7, report: digest, createdAt: Samples.now)
        let disposition = DispositionStatement(
            subject: Samples.subject, decision: .withdraw,
            scope: DispositionScope(registries: [Samples.registry("b"), Samples.registry("a")], purl: Samples.purl()),
            inViewOf: [Samples.statementID(2), Samples.statementID(1)], overrides: nil, reason: "a\nb\tc é",
            actor: "bo.b@x", createdAt: Samples.now, expiresAt: Samples.now.adding(Samples.hour), sequence: 41,
            supersedes: Samples.statementID(9))
        let event = Samples.keyEvent(
            .revoke, Samples.key("v"), .verdict,
            scope: KeyScope(predicateTypes: [.verdict], analyzers: [.static_], registries: [Samples.registry()]),
            from: 12)
        for statement in [Statement.verdict(verdict), .disposition(disposition), .keyEvent(event)] {
            let bytes = try statement.canonicalBytes()
            #expect(try Statement(parsingCanonical: bytes) == statement)
            #expect(try CanonicalJSON.encode(try CanonicalJSON.parse(bytes)) == bytes)
        }
    }

    @Test("random verdicts survive writing and reading")
    func randomVerdicts() throws {
        var random = SeededRandom()
        for _ in 0..<300 {
            let findings = (0..<Int.random(in: 0...8, using: &random)).map { number in
                Finding(
                    rule: "R-\(number)", severity: Severity.allCases.randomElement(using: &random) ?? .info,
                    path: Bool.random(using: &random) ? "p/\(number)/\u{1F600}\\\"" : nil,
                    line: Bool.random(using: &random) ? Int.random(in: 1...9_999_999, using: &random) : nil,
                    count: Int.random(in: 1...1000, using: &random),
                    evidence: Bool.random(using: &random) ? "word-\(number)" : nil)
            }
            let verdict = Verdict.allCases.randomElement(using: &random) ?? .clean
            let statement = Statement.verdict(Samples.verdict(verdict, by: .static_, findings: findings))
            #expect(try Statement(parsingCanonical: try statement.canonicalBytes()) == statement)
        }
    }

    @Test("what breaks the format is not written")
    func refusesToWrite() {
        let tooMany = (0..<65).map { Finding(rule: "R-\($0)", severity: .info) }
        #expect(throws: StatementError.self) {
            try Statement.verdict(Samples.verdict(findings: tooMany)).canonicalBytes()
        }
        let bad: [Finding] = [
            Finding(rule: "two words", severity: .info), Finding(rule: "", severity: .info),
            Finding(rule: "R", severity: .info, path: "a\u{7}b"),
            Finding(rule: "R", severity: .info, path: "a\u{202E}b"),
            Finding(rule: "R", severity: .info, line: 0), Finding(rule: "R", severity: .info, count: 0),
            Finding(rule: "R", severity: .info, evidence: "naïve"),
            Finding(rule: "R", severity: .info, path: String(repeating: "x", count: 513)),
        ]
        for finding in bad {
            #expect(throws: StatementError.self, "\(finding)") {
                try Statement.verdict(Samples.verdict(findings: [finding])).canonicalBytes()
            }
        }
        #expect(throws: StatementError.missingMember(path: "predicate.supersedes")) {
            try Statement.disposition(Samples.disposition(.withdraw)).canonicalBytes()
        }
        #expect(throws: StatementError.self) {
            try Statement.disposition(Samples.disposition(actor: "")).canonicalBytes()
        }
    }

    @Test("the heaviest findings are kept when not all fit, and the number left out is told")
    func findingSelection() throws {
        let many = (0..<100).map { Finding(rule: "R-\($0)", severity: $0 == 99 ? .malicious : .info) }
        let selection = FindingSelection(of: many)
        #expect(selection.findings.count == 64)
        #expect(selection.findings.first?.rule == "R-99")
        #expect(selection.omitted == 36)
        #expect(FindingSelection(of: many.reversed()) == selection)
        let long = (0..<64).map {
            Finding(rule: "R-\($0)", severity: .info, path: String(repeating: "\u{1F600}", count: 128))
        }
        let fitting = FindingSelection(of: long)
        #expect(fitting.findings.count + fitting.omitted == 64)
        let statement = Samples.verdict(findings: fitting.findings)
        #expect(try Envelope.signing(.verdict(statement), with: Samples.key("verdict")).leafBytes.count <= 32 * 1024)
    }

    @Test("findings about the strangest files still make a statement that can be signed")
    func strangeFindings() throws {
        let paths = [
            "", "a\u{0}b", "x\u{202E}gpj.exe", String(repeating: "\u{7}", count: 900),
            String(repeating: "é", count: 900),
            String(repeating: "\u{1F600}", count: 500), "a\nb", String(repeating: "\"", count: 512),
        ]
        var strange = paths.map { Finding(rule: "R", severity: .suspicious, path: $0, line: -1, count: -5) }
        strange.append(Finding(rule: "R", severity: .info, line: .max, count: .max, evidence: "naïve\n"))
        let selection = FindingSelection(of: strange)
        #expect(selection.omitted == 0)
        #expect(selection.findings.contains { $0.path == "a\\u{0}b" })
        #expect(selection.findings.contains { $0.path == "x\\u{202e}gpj.exe" })
        let statement = Statement.verdict(Samples.verdict(findings: selection.findings))
        #expect(try Statement(parsingCanonical: try statement.canonicalBytes()) == statement)
        let quotes = FindingSelection(
            of: (0..<64).map { Finding(rule: "R-\($0)", severity: .info, path: String(repeating: "\"", count: 512)) })
        let crowded = Statement.verdict(Samples.verdict(findings: quotes.findings))
        #expect(try Envelope.signing(crowded, with: Samples.key("verdict")).leafBytes.count <= Envelope.maxLeafBytes)
    }
}

@Suite("How verdict words of later versions are read")
struct LaterVersionTests {
    private func reread(_ change: (String) -> String) throws -> VerdictStatement {
        let body = String(decoding: try Statement.verdict(Samples.verdict()).canonicalBytes(), as: UTF8.self)
        guard case .verdict(let verdict) = try Statement(parsingCanonical: Array(change(body).utf8)) else {
            throw StatementError.unknownPredicateType("not a verdict")
        }
        return verdict
    }

    @Test("an unknown verdict word counts as suspicious and is kept as stated")
    func unknownWord() throws {
        let verdict = try reread { $0.replacing(#""verdict":"clean""#, with: #""verdict":"spotless""#) }
        #expect(verdict.verdict == .suspicious)
        #expect(verdict.statedVerdict == "spotless")
    }

    @Test("an unknown critical member keeps a clean verdict from counting as clean")
    func unknownCritical() throws {
        let clean = try reread { $0.replacing(#""findings":"#, with: #""critical":["quota"],"findings":"#) }
        #expect(clean.verdict == .suspicious)
        #expect(clean.critical == ["quota"])
        let malicious = try reread {
            $0.replacing(#""findings":"#, with: #""critical":["quota"],"findings":"#)
                .replacing(#""verdict":"clean""#, with: #""verdict":"malicious""#)
        }
        #expect(malicious.verdict == .malicious)
    }
}
