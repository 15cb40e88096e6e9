import Analyzers
import Cryptography
import JSON
import Platform
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Worker

@Suite("Jobs with rules of the installation")
struct UserRuleJobTests {
    private let text = """
        rule install_word { meta: severity = "malicious" description = "our word" strings: $a = "acme-box"
        condition: $a and path == "package.json" }
        """

    private func accept(_ text: String, in fixture: WorkerFixture) throws -> SHA256Digest {
        try fixture.configuration.dataDirectory.create()
        let store = UserRuleStore(directory: fixture.configuration.dataDirectory.rulesDirectory)
        try store.accept([UserRuleSource(name: "a.yar", text: Array(text.utf8))])
        return try StaticAnalyzer.rulesetDigest(with: store.current())
    }

    private func job(_ fixture: WorkerFixture, id: String, ruleset: SHA256Digest?) throws -> JSONValue {
        var job = try #require(try fixture.job(tarball(), id: id).objectValue)
        if let ruleset { job.set("ruleset", .string(ruleset.hex)) }
        return .object(job)
    }

    @Test("the set that a job asks for is applied in a confined process, and named by the statement")
    func applied() async throws {
        let fixture = try WorkerFixture()
        let ruleset = try accept(text, in: fixture)
        fixture.admin.offer(try job(fixture, id: "1", ruleset: ruleset))
        try await fixture.whileRunning {
            let call = await fixture.admin.next("complete")
            let statement = try verdict(in: call, key: fixture.key)
            #expect(statement.analyzer.ruleset.digest == ruleset)
            #expect(statement.verdict == .malicious)
            #expect(statement.findings.map(\.rule) == ["YARA:install_word"])
            let messages = call.body["report"]?["findings"]?.arrayValue?.compactMap { $0["message"]?.stringValue }
            #expect(messages == ["our word"])
        }
    }

    @Test("a job of before stays with the set of before; one with rules that are gone gets those of now")
    func severalSets() async throws {
        let fixture = try WorkerFixture()
        let first = try accept(text, in: fixture)
        let second = try accept("rule other { condition: false }", in: fixture)
        let builtIn = StaticAnalyzer.revision.ruleset.digest
        let asked: [(SHA256Digest?, SHA256Digest)] = [
            (first, first), (second, second), (builtIn, builtIn), (SHA256Digest(hashing: []), second), (nil, second),
        ]
        for (index, pair) in asked.enumerated() {
            fixture.admin.offer(try job(fixture, id: "\(index)", ruleset: pair.0))
        }
        try await fixture.whileRunning {
            for (index, pair) in asked.enumerated() {
                let statement = try verdict(in: await fixture.admin.next("complete"), key: fixture.key)
                #expect(statement.analyzer.ruleset.digest == pair.1, "job \(index)")
            }
        }
    }
}
