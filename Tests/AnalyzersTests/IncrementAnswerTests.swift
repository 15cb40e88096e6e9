import Cryptography
import JSON
import Registry
import Screening
import Testing

@testable import Analyzers

@Suite("Answers of children that compare")
struct IncrementAnswerTests {
    private func report() throws -> IncrementReport {
        let make = try #require(installGrowthFixtures.flagged[.installGrewWithFinding])
        return try make().report()
    }

    private func members() throws -> JSONObject {
        let answer = try CanonicalJSON.parse(IncrementAnswer.encode(try report()))
        return try #require(answer.objectValue)
    }

    private func decode(_ answer: JSONObject) throws -> IncrementReport {
        try IncrementAnswer.decode(try CanonicalJSON.encode(.object(answer)), thresholds: .standard)
    }

    @Test("every comparison survives the way through an answer")
    func roundTrip() throws {
        for make in IncrementFixtures.all.flatMap(\.flagged.values) {
            let report = try make().report()
            #expect(try IncrementAnswer.decode(IncrementAnswer.encode(report), thresholds: .standard) == report)
        }
        let alone = try npmRelease("1.2.3", [("a.js", "eval(x)\n")])
        let report = DiffAnalyzer.analyze(
            new: .memory(alone.bytes), base: nil, context: alone.context, baseContext: nil)
        #expect(report.triggers == [.base])
        #expect(try IncrementAnswer.decode(IncrementAnswer.encode(report), thresholds: .standard) == report)
    }

    @Test("what people are shown comes along when it was asked for, and is refused otherwise")
    func shown() throws {
        let make = try #require(installGrowthFixtures.flagged[.installGrewWithFinding])
        for extent in ShownDifference.Extent.allCases {
            let report = try make().report(showing: extent)
            #expect((report.shown != nil) == (extent != .nothing))
            let answer = IncrementAnswer.encode(report)
            #expect(try IncrementAnswer.decode(answer, thresholds: .standard, showing: extent) == report)
            let other: ShownDifference.Extent = extent == .nothing ? .whole : .nothing
            #expect(throws: AnswerFault.badDifference) {
                try IncrementAnswer.decode(answer, thresholds: .standard, showing: other)
            }
        }
        let report = try make().report(showing: .summary)
        #expect(report.shown?.manifests.map(\.member).contains { $0.hasPrefix("scripts.") } == true)
    }

    @Test("reasons follow from the thresholds of whoever asks, severities from the table")
    func lookedUp() throws {
        let answer = IncrementAnswer.encode(try report())
        let strict = try IncrementAnswer.decode(answer, thresholds: DiffThresholds(maxChangedFiles: 0))
        #expect(strict.triggers == [.size, .scripts])
        #expect(try IncrementAnswer.decode(answer, thresholds: .standard).triggers == [.scripts])
        #expect(strict.difference.map(\.finding.severity).max() == .malicious)
    }

    @Test("anything else than an answer is refused")
    func refusals() throws {
        let whole = try members()
        for member in whole.members {
            var answer = JSONObject()
            for other in whole.members where other.name != member.name { answer.append(other.name, other.value) }
            #expect(throws: AnswerFault.self, "without \(member.name)") { try decode(answer) }
        }
        let summary = try #require(whole["summary"]?.objectValue)
        func with(_ name: String, _ value: JSONValue) throws {
            var sums = summary
            sums.set(name, value)
            var answer = whole
            answer.set("summary", .object(sums))
            _ = try decode(answer)
        }
        #expect(throws: AnswerFault.unknownMember) { try with("verdict", "clean") }
        #expect(throws: AnswerFault.badNumber) { try with("changedBytes", -1) }
        #expect(throws: AnswerFault.badCapability) { try with("graveCapabilities", ["file-read"]) }
        #expect(throws: AnswerFault.badCapability) { try with("graveCapabilities", ["process", "network"]) }
        #expect(throws: AnswerFault.badCapability) { try with("graveCapabilities", ["no such word"]) }
        #expect(throws: AnswerFault.missingMember("step")) { try with("step", "huge") }
        var foreign = whole
        // Rules of the one analyzer are not the other's to name.
        foreign.set("increment", [["code": "install-script-came", "count": 1]])
        #expect(throws: AnswerFault.unknownRule) { try decode(foreign) }
        foreign = whole
        foreign.set("difference", [["code": "script-url", "count": 1]])
        #expect(throws: AnswerFault.unknownRule) { try decode(foreign) }
        foreign = whole
        foreign.set("ruleset", .string(StaticAnalyzer.revision.ruleset.digest.hex))
        #expect(throws: AnswerFault.foreignRuleset) { try decode(foreign) }
    }

    @Test("an answer cut short is never taken for the whole one")
    func damaged() throws {
        let answer = IncrementAnswer.encode(try report())
        for end in 0..<answer.count {
            #expect(throws: AnswerFault.self) {
                try IncrementAnswer.decode(Array(answer[..<end]), thresholds: .standard)
            }
        }
    }

    @Test("an order survives the way to the child, and is no order for an analysis")
    func orders() throws {
        let purl = try PackageURL(parsing: "pkg:npm/%40acme/box@1.2.3")
        let analysis = AnalysisOrder(
            context: ArtifactContext(ecosystem: .npm, purl: purl, filename: "box \"1\".tgz"), limits: .standard,
            ruleset: SHA256Digest(hashing: []), memoryBytes: 5, allowsDegradedSandbox: true)
        let base = ArtifactContext(
            ecosystem: .npm, purl: try PackageURL(parsing: "pkg:npm/%40acme/box@1.2.2"), filename: "box.tgz")
        let order = IncrementOrder(
            analysis, base: base,
            thresholds: DiffThresholds(maxChangedBytes: 7, maxChangedFiles: 6, maxSteps: 5, maxNewCodePercent: 4),
            showing: .summary)
        #expect(IncrementOrder(decoding: order.encoded) == order)
        #expect(AnalysisOrder(decoding: order.encoded) == nil)
        #expect(IncrementOrder(decoding: analysis.encoded) == nil)
        for end in 0..<order.encoded.count {
            #expect(IncrementOrder(decoding: Array(order.encoded.prefix(end))) == nil)
        }
    }
}
