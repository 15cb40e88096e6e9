import Analyzers
import Cryptography
import JSON
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Worker

@Suite("Jobs of the diff analyzer")
struct IncrementJobTests {
    private func answer(to job: JSONValue, in fixture: WorkerFixture) async throws -> VerdictStatement {
        fixture.admin.offer(job)
        var found: VerdictStatement?
        try await fixture.whileRunning {
            found = try verdict(in: await fixture.admin.next("complete"), key: fixture.key)
        }
        return try #require(found)
    }

    private func job(
        _ fixture: WorkerFixture, _ new: [UInt8], base: [UInt8]?, anchor: [UInt8]? = nil, depth: Int64 = 0,
        facts: JSONValue = ["own": [:]]
    ) throws -> JSONValue {
        var offer = IncrementOffer(new: new, base: base)
        (offer.anchor, offer.depth, offer.facts) = (anchor, depth, facts)
        return try offer.job(in: fixture)
    }

    private func tarball(_ text: String) -> [UInt8] { IncrementOffer.tarball(text) }

    @Test("a small honest step is signed with the basis that was offered, one step deeper")
    func difference() async throws {
        let fixture = try WorkerFixture()
        let (base, anchor) = (tarball("exports.a = 2\n"), tarball("exports.a = 1\n"))
        let offered = try job(fixture, tarball("exports.a = 3\n"), base: base, anchor: anchor, depth: 4)
        let statement = try await answer(to: offered, in: fixture)
        #expect(statement.analyzer == DiffAnalyzer.revision)
        #expect(statement.verdict == .clean)
        #expect(
            statement.basis
                == .diff(
                    base: SHA512Digest(hashing: base), baseStatement: IncrementOffer.statement(1),
                    anchorStatement: IncrementOffer.statement(2), depth: 5))
    }

    @Test("what people are shown of the last step is handed in beside the statement, and of a whole review nothing")
    func shown() async throws {
        let fixture = try WorkerFixture()
        let base = tarball("exports.a = 2\n")
        let offered = try job(
            fixture, tarball("exports.a = fetch('/\u{1B}[2J')\n"), base: base, anchor: tarball("exports.a = 1\n"),
            depth: 4)
        fixture.admin.offer(offered)
        var whole = IncrementOffer(new: base, base: nil)
        whole.id = "2"
        fixture.admin.offer(try whole.job(in: fixture))
        try await fixture.whileRunning {
            let report = try #require(await fixture.admin.next("complete").body["report"])
            let compared = try ComparedDifference(reading: try #require(report["difference"]))
            #expect(compared.base.purl.text == "pkg:npm/acme-box@1.2.2")
            #expect(compared.base.sha512 == SHA512Digest(hashing: base))
            let file = try #require(compared.difference.files.first)
            #expect(file.path == "index.js")
            #expect(file.hunks.first?.lines == ["-exports.a = 2", "+exports.a = fetch('/\\x1b[2J')"])
            #expect(compared.difference.came.map(\.word) == ["network"])
            #expect(await fixture.admin.next("complete").body["report"]?["difference"] == nil)
        }
    }

    @Test("without a base the whole is reviewed, and the statement says why there is none")
    func whole() async throws {
        let fixture = try WorkerFixture()
        let statement = try await answer(to: try job(fixture, tarball("eval(a)\n"), base: nil), in: fixture)
        #expect(statement.basis == .full)
        #expect(statement.findings.contains { $0.rule == "ESC-BASE" && $0.evidence == "no-older-version" })
        #expect(statement.findings.contains { $0.rule == "CAP-EVAL" })
    }

    @Test("the anchor is compared too: what the last step does not bring is held all the same")
    func cumulative() async throws {
        let fixture = try WorkerFixture()
        let before = "exports.a = () => process.env.ACME_TOKEN\nconst fs = require('fs')\n"
        let middle = before + "exports.b = (name) => fs.readFileSync(name)\nexports.c = () => fetch('/a')\n"
        let offered = try job(
            fixture, tarball(middle + "exports.d = 1\n"), base: tarball(middle), anchor: tarball("exports.a = 1\n"),
            depth: 1)
        let statement = try await answer(to: offered, in: fixture)
        #expect(statement.verdict == .suspicious)
        #expect(statement.basis == .full)
        #expect(statement.findings.contains { $0.rule == "ESC-CUMULATIVE" })
    }

    @Test("what listings say is judged with the bytes")
    func facts() async throws {
        let fixture = try WorkerFixture()
        let facts: JSONValue = [
            "own": ["publisher": "eve", "maintainers": ["ana"]], "base": ["publisher": "ana", "maintainers": ["ana"]],
        ]
        let offered = try job(
            fixture, tarball("exports.a = 3\n"), base: tarball("exports.a = 2\n"), facts: facts)
        let statement = try await answer(to: offered, in: fixture)
        #expect(statement.verdict == .suspicious)
        #expect(Set(statement.findings.map(\.rule)) == ["META-PUBLISHER", "ESC-PUBLISHER"])
    }

    @Test("a base with other bytes than the gateway says is not compared with")
    func otherBytes() async throws {
        let fixture = try WorkerFixture()
        let offered = try job(fixture, tarball("exports.a = 3\n"), base: tarball("exports.a = 2\n"))
        try fixture.directory.write(tarball("exports.a = 9\n"), to: "base-1")
        fixture.admin.offer(offered)
        try await fixture.whileRunning {
            let call = await fixture.admin.next("fail")
            #expect(call.body["cause"] == "garbage")
        }
    }
}
