import Advisories
import Cryptography
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Worker

@Suite("Statements that news outdated")
struct OutdatedStatementTests {
    private let id = String(repeating: "a", count: 64)

    private func said(_ findings: [String]) throws -> ServedStatement {
        try #require(
            ServedStatement(
                reading: ["statement": .string(id), "findings": .array(findings.map { .string($0) })]))
    }

    private func match(_ id: String, _ aliases: [String] = [], isMalicious: Bool = false) -> AdvisoryMatch {
        AdvisoryMatch(
            id: id, aliases: aliases, isMalicious: isMalicious, cvssTenths: nil, summary: "", fixedVersions: [])
    }

    private func reasons(_ findings: [String], _ matches: [AdvisoryMatch]) throws -> [String] {
        OutdatedStatement.among([try said(findings)], now: matches).map(\.reason)
    }

    @Test("news is what a statement names by none of its names, and that a package is hostile in any case")
    func news() throws {
        let served = "became known after this artifact was served"
        #expect(try reasons([], [match("MAL-1", isMalicious: true)]) == ["MAL-1 \(served)"])
        #expect(try reasons([], []) == [])
        #expect(try reasons(["GHSA-1"], [match("GHSA-1")]) == [])
        #expect(try reasons(["GHSA-1", "GHSA-2"], [match("GHSA-1")]) == [], "what was withdrawn is no news")
        #expect(try reasons(["PYSEC-1"], [match("GHSA-1", ["CVE-1", "PYSEC-1"])]) == [], "the same by another name")
        #expect(
            try reasons(["GHSA-1"], [match("MAL-1", ["GHSA-1"], isMalicious: true)]) == ["MAL-1 \(served)"])
        #expect(try reasons(["GHSA-1"], [match("GHSA-1", ["MAL-1"], isMalicious: true)]) == ["GHSA-1 \(served)"])
        let many = (1...6).map { match("GHSA-\($0)") }
        #expect(try reasons(["GHSA-1"], many) == ["GHSA-2, GHSA-3, GHSA-4, GHSA-5 and 1 more \(served)"])
        let odd = "an id of\nsome record"
        let digest = SHA256Digest(hashing: Array(odd.utf8)).hex
        #expect(try reasons([], [match(odd)]) == ["sha256:\(digest) \(served)"], "no free text enters the log")
        #expect(try reasons(["sha256:\(digest)"], [match(odd)]) == [])
    }

    private let record = """
        {"schema_version":"1.7.0","id":"MAL-2026-1","modified":"2026-01-01T00:00:00Z","summary":"bad",
        "affected":[{"package":{"ecosystem":"npm","name":"acme-box"},"versions":["1.2.3"]}]}
        """

    /// What a worker hands in for an advisory job with these additions, by the snapshot with the record. The artifact is
    /// not in the cache.
    private func handedIn(_ additions: JSONObject) async throws -> (WorkerFixture, ScriptedAdmin.Call) {
        let fixture = try WorkerFixture()
        let zip = ZipBuilder([.init("MAL-2026-1.json", Array(record.utf8))]).bytes()
        let directory = AdvisoryDirectory(directory: fixture.configuration.dataDirectory.advisoriesDirectory)
        _ = try directory.install([AdvisoryBundle(.npm, bytes: zip)], now: fixture.clock.now())
        var job = try #require(try fixture.job(tarball(), analyzer: "advisory").objectValue)
        for member in additions.members { job.set(member.name, member.value) }
        try Files.remove(fixture.directory.path("artifact-1"))
        fixture.admin.offer(.object(job))
        let call = Lock<ScriptedAdmin.Call?>(nil)
        try await fixture.whileRunning {
            let next = await fixture.admin.next("complete")
            call.withLock { $0 = next }
        }
        return (fixture, try #require(call.withLock { $0 }))
    }

    @Test(
        "one signed revocation for each statement that was served under and lacks the news, though the bytes are gone")
    func revocations() async throws {
        let other = String(repeating: "b", count: 64)
        let (fixture, call) = try await handedIn([
            "served": 3,
            "standing": [
                ["statement": .string(id), "findings": []], ["statement": .string(other), "findings": ["GHSA-1"]],
            ],
        ])
        #expect(try verdict(in: call, key: fixture.key).verdict == .malicious)
        let leaves = try #require(call.body["revocations"]?.arrayValue).compactMap(\.stringValue)
        let envelopes = try leaves.map { try Envelope(parsingLeaf: Array($0.utf8)) }
        let targets = try envelopes.map { envelope -> RevocationTarget? in
            let signature = try #require(envelope.signatures.first)
            let message = Envelope.preAuthenticationEncoding(of: envelope.payload)
            #expect(envelope.signatures.count == 1 && signature.keyID == fixture.key.publicKey.keyID)
            #expect(fixture.key.publicKey.isValid(signature: signature.signature, for: message))
            guard case .revocation(let revocation) = try Statement(parsingCanonical: envelope.payload) else {
                return nil
            }
            #expect(revocation.reason == "MAL-2026-1 became known after this artifact was served")
            #expect(revocation.createdAt == fixture.clock.now())
            return revocation.target
        }
        #expect(targets == [.statement(try StatementID(hex: id)), .statement(try StatementID(hex: other))])
    }

    @Test("what nobody got is judged anew and not taken back; a gateway that tells nothing gets a verdict alone")
    func nothingServed() async throws {
        let standing: JSONValue = [["statement": .string(id), "findings": []]]
        for additions in [["served": 0, "standing": standing], ["served": 2, "standing": []], [:]] as [JSONObject] {
            let (_, call) = try await handedIn(additions)
            #expect(call.body["revocations"] == nil)
        }
    }

    @Test("a job that offers something unreadable is given back")
    func unreadable() async throws {
        for standing in [[["statement": "x", "findings": []]], [["statement": .string(id)]], [1]] as [JSONValue] {
            let fixture = try WorkerFixture()
            var job = try #require(try fixture.job(tarball(), analyzer: "advisory").objectValue)
            job.set("standing", standing)
            fixture.admin.offer(.object(job))
            try await fixture.whileRunning {
                #expect(await fixture.admin.next("fail").body["cause"] == "garbage")
            }
        }
    }
}
