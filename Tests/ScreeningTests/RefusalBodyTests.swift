import Cryptography
import JSON
import Platform
import Registry
import Testing

@testable import Screening

@Suite("Refusals as problem documents")
struct RefusalBodyTests {
    private func refusal(
        verdicts: Int = 0, alternatives: [String] = ["1.0.0"], name: String = "demo",
        integrity: String? = "sha512-AAAA"
    ) -> Refusal {
        let input = Samples.servable {
            $0.name = Samples.name(name)
            $0.publishedAt = $0.now.adding(.seconds(3 * 3600))
            $0.statements = (0..<UInt64(verdicts)).map { Samples.standing(.clean, by: .static_, at: $0) }
        }
        return Refusal(
            decision: decide(input), of: input, integrity: integrity, alternatives: alternatives,
            whyURL: "http://host:7677/-/why/7q3k2f", requestID: "r-1")
    }

    private func parsed(_ refusal: Refusal) throws -> JSONValue { try JSONText.parse(refusal.problemBody()) }

    @Test("the body has the members of the wire contract, the error first")
    func golden() {
        let revision = ScreeningPolicy.standard.revision.hex
        let sentence =
            "Held by jurat: demo@1.1.0 is in cooldown until 2026-11-24T03:00:00Z. Allowed now: 1.0.0. "
            + "http://host:7677/-/why/7q3k2f"
        let statement = Samples.statementID(0).hex
        #expect(
            String(decoding: refusal(verdicts: 1).problemBody(), as: UTF8.self) == #"{"error":"\#(sentence)","#
                + #""code":"HELD_COOLDOWN","decision":"hold","until":"2026-11-24T03:00:00Z","#
                + #""subject":{"purl":"pkg:npm/demo@1.1.0","integrity":"sha512-AAAA","registry":"npmjs"},"#
                + #""policy":{"rule":"cooldown","revision":"sha256:\#(revision)"},"#
                + #""verdicts":[{"analyzer":"static","verdict":"clean","statement":"\#(statement)","logIndex":0}],"#
                + #""alternatives":["1.0.0"],"why":"http://host:7677/-/why/7q3k2f","requestId":"r-1","#
                + #""type":"urn:jurat:problem:held-cooldown","title":"Held by policy","status":403,"#
                + #""detail":"\#(sentence)"}"#)
    }

    @Test("a full body stays under 1 KiB and keeps the members that matter")
    func shortening() throws {
        let integrity = "sha512-" + String(repeating: "A", count: 86) + "=="
        let crowded = refusal(verdicts: 12, alternatives: ["1.0.0", "0.9.0", "0.8.0", "0.7.0"], integrity: integrity)
        #expect(crowded.problemBody().count < 1024)
        let body = try parsed(crowded)
        #expect(body.objectValue?.members.first?.name == "error")
        for name in [
            "error", "code", "decision", "until", "subject", "policy", "verdicts", "alternatives", "why", "status",
        ] {
            #expect(body[name] != nil, "\(name)")
        }
        #expect(body["verdicts"]?.arrayValue?.isEmpty == false)
    }

    @Test("the longest names still give a body under 1 KiB that says cause and link")
    func longestName() throws {
        let name = "@" + String(repeating: "s", count: 100) + "/" + String(repeating: "n", count: 112)
        let long = refusal(verdicts: 5, name: name, integrity: "sha512-" + String(repeating: "A", count: 88))
        #expect(long.problemBody().count < 1024)
        let error = try #require(try parsed(long)["error"]?.stringValue)
        #expect(error.contains("cooldown") && error.hasSuffix("http://host:7677/-/why/7q3k2f"))
    }

    @Test("the verdicts that the decision stands on are shown first")
    func verdictOrder() throws {
        let input = Samples.servable {
            $0.statements.append(Samples.standing(.malicious, by: .diff, at: 50, rules: ["D-INSTALL"]))
        }
        let refusal = Refusal(decision: decide(input), of: input, whyURL: "http://h/", requestID: "r")
        #expect(try parsed(refusal)["verdicts"]?.arrayValue?.first?["logIndex"] == 50)
    }

    @Test("the table documents every code once, and every code is a 403")
    func documentation() {
        let page = RefusalCode.documentation
        for code in RefusalCode.allCases {
            #expect(code.status == 403)
            #expect(page.split(separator: "\n").filter { $0.hasPrefix("| `\(code.rawValue)` |") }.count == 1)
            #expect(code.rawValue.hasPrefix("HELD_") == (code.outcome == .hold))
            #expect(!code.sentence.isEmpty && !code.description.isEmpty)
        }
        #expect(page.split(separator: "\n").allSatisfy { $0.hasPrefix("|") == ($0.last == "|") })
    }
}
