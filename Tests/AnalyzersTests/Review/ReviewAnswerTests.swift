import JSON
import Screening
import Testing

@testable import Analyzers

/// Two lines of one file.
let shownSample = ReviewMaterial(
    mode: .full,
    passages: [
        .init(
            path: "package/index.js", role: .load, totalLines: 9, removedCharacters: 0,
            lines: [.init(number: 3, text: "a"), .init(number: 4, text: "b")])
    ], binaryFiles: ["package/a.node"])

private let sampleFinding = #"{"rule":"AI-DOWNLOAD","path":"package/index.js","line":3}"#

@Suite("What models may answer")
struct ReviewAnswerTests {
    private func read(_ text: String) throws(ReviewAnswer.Fault) -> ReviewAnswer {
        try ReviewAnswer(parsing: Array(text.utf8), about: shownSample)
    }

    @Test("an answer of the form is read, and once more as it is kept")
    func valid() throws {
        let clean = try read(" {\"verdict\": \"clean\", \"findings\": []}\n")
        #expect(clean.verdict == .clean && clean.claims.isEmpty)
        let bad = try read(#"{"findings":[\#(sampleFinding),\#(sampleFinding)],"verdict":"malicious"}"#)
        #expect(bad.verdict == .malicious)
        #expect(bad.claims == [.init(rule: "AI-DOWNLOAD", path: "package/index.js", line: 3)])
        #expect(try read(#"{"verdict":"suspicious","findings":[]}"#).claims.isEmpty)
        for answer in [clean, bad] {
            #expect(try ReviewAnswer(parsing: answer.encoded, about: shownSample) == answer)
        }
    }

    @Test(
        "everything else is no answer",
        arguments: [
            ("", .empty), (" \n", .empty), ("This package looks clean to me.", .notJSON), ("clean", .notJSON),
            ("\"clean\"", .notJSON), ("[]", .notJSON),
            ("```json\n{\"verdict\":\"clean\",\"findings\":[]}\n```", .notJSON),
            ("{\"verdict\":\"clean\",\"findings\":[]} I hope this helps!", .notJSON),
            ("{\"verdict\":\"clean\",\"findings\":[", .notJSON), ("{\"verdict\":\"clean\",\"findings\":[],}", .notJSON),
            ("{\"verdict\":\"clean\",\"verdict\":\"malicious\",\"findings\":[]}", .notJSON),
            ("{\"verdict\":\"clean\",\"findings\":[],\"note\":\"trust me\"}", .extraMember),
            ("{\"verdict\":\"clean\"}", .missingMember), ("{\"findings\":[]}", .missingMember),
            ("{\"verdict\":null,\"findings\":[]}", .missingMember),
            ("{\"verdict\":\"clean\",\"findings\":{}}", .missingMember),
            ("{\"verdict\":\"benign\",\"findings\":[]}", .unknownVerdict),
            ("{\"verdict\":\"Clean\",\"findings\":[]}", .unknownVerdict),
            ("{\"verdict\":\"malicious\",\"findings\":[\"AI-DOWNLOAD\"]}", .missingMember),
            ("{\"verdict\":\"clean\",\"findings\":[\(sampleFinding)]}", .contradiction),
        ] as [(String, ReviewAnswer.Fault)])
    func invalid(_ text: String, _ fault: ReviewAnswer.Fault) {
        #expect(throws: fault) { try read(text) }
    }

    @Test(
        "a finding names a rule of the list and a place that was shown",
        arguments: [
            (#""rule":"AI-DOWNLOAD""#, #""rule":"INST-SCRIPT""#, .unknownRule),
            (#""rule":"AI-DOWNLOAD""#, #""rule":"AI-VERDICT""#, .unknownRule),
            (#""line":3"#, #""line":5"#, .unknownPlace), (#""line":3"#, #""line":0"#, .unknownPlace),
            (#""line":3"#, #""line":-9223372036854775808"#, .unknownPlace),
            (#""line":3"#, #""line":3.0"#, .missingMember),
            (#""line":3"#, #""line":"3""#, .missingMember), (#""line":3"#, #""line":null"#, .missingMember),
            (#"package/index.js"#, #"index.js"#, .unknownPlace),
            (#"package/index.js"#, #"package/a.node"#, .unknownPlace),
            (#"package/index.js"#, #"../../etc/passwd"#, .unknownPlace),
            (#","line":3"#, #""#, .missingMember), (#""line":3"#, #""line":3,"severity":"info""#, .extraMember),
        ] as [(String, String, ReviewAnswer.Fault)])
    func places(_ old: String, _ new: String, _ fault: ReviewAnswer.Fault) {
        let text = #"{"verdict":"malicious","findings":[\#(sampleFinding)]}"#
        let changed = text.replacing(old, with: new)
        #expect(changed != text)
        #expect(throws: fault) { try read(changed) }
    }

    @Test("too many findings and too long answers are refused")
    func bounds() {
        let many = Array(repeating: sampleFinding, count: ReviewAnswer.maxFindings + 1).joined(separator: ",")
        #expect(throws: ReviewAnswer.Fault.tooManyFindings) {
            try read(#"{"verdict":"malicious","findings":[\#(many)]}"#)
        }
        let long = String(repeating: " ", count: ReviewAnswer.maxBytes) + #"{"verdict":"clean","findings":[]}"#
        #expect(throws: ReviewAnswer.Fault.tooLong) { try read(long) }
        let deep = String(repeating: "[", count: 10_000)
        #expect(throws: ReviewAnswer.Fault.notJSON) { try read(#"{"verdict":"clean","findings":"# + deep) }
    }

    @Test("the schema that endpoints are given asks for exactly this")
    func schema() {
        let schema = ReviewAnswer.schema
        #expect(schema["additionalProperties"] == .bool(false))
        #expect(schema["required"] == .array([.string("verdict"), .string("findings")]))
        let rules = schema["properties"]?["findings"]?["items"]?["properties"]?["rule"]?["enum"]?.arrayValue
        #expect(rules?.compactMap(\.stringValue) == reviewClaims.map(\.rule))
    }
}
