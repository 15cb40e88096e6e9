import Analyzers
import Cryptography
import HTTP
import JSON
import Platform
import Screening
import TestSupport
import Testing

@testable import Worker

/// A step that demands a look at the whole, and the rule that says why.
private struct Demand: Sendable, CustomTestStringConvertible {
    let rule: String
    var new = IncrementOffer.tarball("exports.a = 2\n")
    var depth: Int64 = 0
    var facts: JSONValue = ["own": [:]]
    var maxChangedBytes: Int64 = 1_048_576

    var testDescription: String { rule }

    static let all = [
        Demand(rule: "ESC-SIZE", maxChangedBytes: 3), Demand(rule: "ESC-CHAIN", depth: 10),
        Demand(
            rule: "ESC-SCRIPTS",
            new: IncrementOffer.tarball("exports.a = 2\n", manifest: #","scripts":{"postinstall":"node index.js"}"#)),
        Demand(
            rule: "ESC-PUBLISHER",
            facts: ["own": ["publisher": "eve", "maintainers": []], "base": ["publisher": "ana", "maintainers": []]]),
        Demand(rule: "ESC-CAPABILITY", new: IncrementOffer.tarball("require('child_process').exec('ls')\n")),
    ]
}

@Suite("Reviews of what changed")
struct ReviewChangesTests {
    private let old = IncrementOffer.tarball("exports.old = () => 'unchanged'\nexports.a = 1\n" + filler)
    private static let filler = (0..<40).map { "exports.f\($0) = \($0)\n" }.joined()
    private static let claim =
        #"{"verdict":"suspicious","findings":[{"rule":"AI-CREDENTIALS","path":"package/index.js","line":LINE}]}"#

    private func step(_ text: String, _ settings: ReviewSettings) -> IncrementOffer {
        var offer = IncrementOffer(
            new: IncrementOffer.tarball("exports.old = () => 'unchanged'\n\(text)\n" + Self.filler), base: old)
        offer.analyzer = "ai-review"
        offer.ruleset = settings.revision.ruleset.digest
        return offer
    }

    private func statement(_ job: JSONValue, _ fixture: WorkerFixture) async throws -> VerdictStatement {
        fixture.admin.offer(job)
        var found: VerdictStatement?
        try await fixture.whileRunning {
            found = try verdict(in: await fixture.admin.next("complete"), key: fixture.key)
        }
        return try #require(found)
    }

    @Test(
        "a model is shown the change alone, and the statement says what it stands on",
        arguments: ReviewSettings.WireFormat.allCases)
    func difference(_ format: ReviewSettings.WireFormat) async throws {
        try await ModelServer.run { server in
            let (fixture, settings) = try reviewingWorker(server, format: format)
            server.script(.says(ReviewFixture.clean), .says(Self.claim.replacing("LINE", with: "2")))
            let offer = step("exports.a = 2", settings)
            let clean = try await statement(try offer.job(in: fixture), fixture)
            #expect(clean.basis == offer.basis && clean.verdict == .clean)
            #expect(clean.analyzer == settings.revision)
            #expect(clean.findings.map(\.rule) == ["AI-VERDICT"])
            let text = try #require(server.questions.first?.user)
            #expect(text.contains("SHOWN what changed") && text.contains("      2+|exports.a = 2\n"))
            #expect(text.contains("      2-|exports.a = 1\n") && !text.contains("exports.f30"))
            var other = step("exports.a = 3", settings)
            other.id = "2"
            let found = try await statement(try other.job(in: fixture), fixture)
            #expect(found.verdict == .suspicious && found.basis == other.basis)
            #expect(found.findings.contains { $0.path == "package/index.js" && $0.line == 2 })
        }
    }

    @Test("whatever demands a look at the whole gets one, and is named", arguments: Demand.all)
    fileprivate func escalation(_ demand: Demand) async throws {
        try await ModelServer.run { server in
            let (fixture, settings) = try reviewingWorker(server)
            server.script(.says(ReviewFixture.clean))
            var offer = IncrementOffer(new: demand.new, base: IncrementOffer.tarball("exports.a = 1\n"))
            (offer.analyzer, offer.ruleset) = ("ai-review", settings.revision.ruleset.digest)
            (offer.depth, offer.facts) = (demand.depth, demand.facts)
            (offer.maxChangedBytes, offer.anchor) = (demand.maxChangedBytes, demand.depth > 0 ? offer.base : nil)
            let found = try await statement(try offer.job(in: fixture), fixture)
            #expect(found.basis == .full && found.findings.map(\.rule).contains(demand.rule))
            #expect(found.verdict == .clean)
            #expect(server.questions.first?.user.contains("SHOWN the files") == true)
        }
    }

    @Test("without a base, or with one that other models verified, the whole is shown and the reason is named")
    func noBase() async throws {
        try await ModelServer.run { server in
            let (fixture, settings) = try reviewingWorker(server)
            server.script(.says(ReviewFixture.clean))
            var alone = step("exports.a = 2", settings)
            alone.base = nil
            let whole = try await statement(try alone.job(in: fixture), fixture)
            #expect(whole.basis == .full)
            #expect(whole.findings.contains { $0.rule == "ESC-BASE" && $0.evidence == "no-older-version" })
            var others = step("exports.a = 2", settings)
            (others.ruleset, others.id) = (SHA256Digest(hashing: [1]), "2")
            let again = try await statement(try others.job(in: fixture), fixture)
            #expect(again.basis == .full && again.findings.contains { $0.rule == "ESC-BASE" })
        }
    }

    @Test("a step without a changed line is no reason to call anything clean: the whole is shown")
    func noChange() async throws {
        func packed(_ name: String) -> [UInt8] {
            var tar = TarBuilder()
            tar.addFile("package/package.json", #"{"name":"acme-box","version":"1.2.3"}"#)
            tar.addFile("package/\(name)", Self.filler)
            return StoredGzip.member(tar.finished())
        }
        try await ModelServer.run { server in
            let (fixture, settings) = try reviewingWorker(server)
            server.script(.says(ReviewFixture.clean))
            var offer = IncrementOffer(new: packed("b.js"), base: packed("a.js"))
            (offer.analyzer, offer.ruleset) = ("ai-review", settings.revision.ruleset.digest)
            let found = try await statement(try offer.job(in: fixture), fixture)
            #expect(found.basis == .full && found.findings.map(\.evidence).contains("ai-no-change"))
            #expect(server.questions.count == 1)
        }
    }

    @Test("lines that went, and lines that were not shown, are no places")
    func places() async throws {
        try await ModelServer.run { server in
            for line in ["40", "0", "99"] {
                let (fixture, settings) = try reviewingWorker(server)
                server.script(.says(Self.claim.replacing("LINE", with: line)))
                fixture.admin.offer(try step("exports.a = 2", settings).job(in: fixture))
                try await fixture.whileRunning {
                    #expect(await fixture.admin.next("fail").body["cause"] == "garbage", "line \(line)")
                }
            }
        }
    }

    @Test("a base with other bytes than the gateway says is shown to nobody")
    func otherBytes() async throws {
        try await ModelServer.run { server in
            let (fixture, settings) = try reviewingWorker(server)
            server.script(.says(ReviewFixture.clean))
            let job = try step("exports.a = 2", settings).job(in: fixture)
            try fixture.directory.write(IncrementOffer.tarball("exports.a = 9\n"), to: "base-1")
            fixture.admin.offer(job)
            try await fixture.whileRunning { #expect(await fixture.admin.next("fail").body["cause"] == "garbage") }
            #expect(server.questions.isEmpty)
        }
    }

    @Test("text that speaks to reviewers in a change opens nothing either", arguments: reviewerAddresses)
    func injection(_ text: String) async throws {
        try await ModelServer.run { server in
            let (fixture, settings) = try reviewingWorker(server)
            server.script(.says(ReviewFixture.clean))
            let offer = step(text, settings)
            let review = try await statement(try offer.job(in: fixture), fixture)
            #expect(review.verdict == .clean && review.findings.allSatisfy { $0.severity == .info })
            let analysis = try await statement(try fixture.job(offer.new, id: "2"), fixture)
            #expect(analysis.verdict >= .suspicious && analysis.analyzer.id == .static_)
            var compared = offer
            (compared.analyzer, compared.ruleset, compared.id) = ("diff", nil, "3")
            #expect(try await statement(try compared.job(in: fixture), fixture).verdict >= .suspicious)
            let quoted = try #require(server.questions.first?.user)
            #expect(!quoted.contains("<|im_end|>") && !quoted.contains("\u{200B}"))
        }
    }
}
