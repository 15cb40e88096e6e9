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
    /// A job as a gateway offers it.
    private func job(
        _ fixture: WorkerFixture, _ new: [UInt8], base: [UInt8]?, anchor: [UInt8]? = nil, depth: Int64 = 0,
        facts: JSONValue = ["own": [:]], id: String = "1"
    ) throws -> JSONValue {
        var job = try #require(try fixture.job(new, id: id, analyzer: "diff").objectValue)
        job.set("facts", facts)
        job.set("thresholds", ["maxChangedBytes": 1_048_576, "maxChangedFiles": 200, "maxSteps": 10])
        guard let base else {
            job.set("noBase", "noOlderVersion")
            return .object(job)
        }
        var record = try #require(try artifact(fixture, base, "1.2.2", "base-\(id)").objectValue)
        record.set("sha256", .string(SHA256Digest(hashing: base).hex))
        record.set("statement", .string(statement(1).hex))
        record.set("anchorStatement", .string(statement(depth > 0 ? 2 : 1).hex))
        record.set("depth", .integer(depth))
        job.set("base", .object(record))
        if let anchor { job.set("anchor", try artifact(fixture, anchor, "1.2.1", "anchor-\(id)")) }
        return .object(job)
    }

    private func artifact(
        _ fixture: WorkerFixture, _ bytes: [UInt8], _ version: String, _ name: String
    ) throws -> JSONValue {
        [
            "sha512": .string(SHA512Digest(hashing: bytes).hex),
            "path": .string(try fixture.directory.write(bytes, to: name)),
            "purl": .string("pkg:npm/acme-box@\(version)"), "filename": .string("acme-box-\(version).tgz"),
        ]
    }

    private func statement(_ number: UInt8) -> StatementID { StatementID(digest: SHA256Digest(hashing: [number])) }

    private func tarball(_ text: String) -> [UInt8] {
        var tar = TarBuilder()
        tar.addFile("package/package.json", #"{"name":"acme-box","version":"1.2.3"}"#)
        tar.addFile("package/index.js", text)
        return StoredGzip.member(tar.finished())
    }

    private func answer(to job: JSONValue, in fixture: WorkerFixture) async throws -> VerdictStatement {
        fixture.admin.offer(job)
        var found: VerdictStatement?
        try await fixture.whileRunning {
            found = try verdict(in: await fixture.admin.next("complete"), key: fixture.key)
        }
        return try #require(found)
    }

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
                    base: SHA512Digest(hashing: base), baseStatement: self.statement(1),
                    anchorStatement: self.statement(2), depth: 5))
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
