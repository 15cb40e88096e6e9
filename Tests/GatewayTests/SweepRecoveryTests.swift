import Advisories
import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing
import TransparencyLog
import VerdictStore

@testable import Gateway

@Suite("Sweeps that are interrupted, bounded and repeated")
struct SweepRecoveryTests {
    private func advisory(_ id: String, _ package: String = "demo") -> GatewayFixture.Advisory {
        GatewayFixture.Advisory(id: id, package: package, versions: ["1.0.0"])
    }

    private func bytes(_ number: Int) -> [UInt8] { Array("bytes \(number)".utf8) }

    private func purl(_ number: Int) -> String { "pkg:npm/p\(number)@1.0.0" }

    /// Logs a clean advisory verdict about each of some artifacts that are not here.
    private func know(_ count: Int, _ gateway: GatewayFixture) async throws {
        for number in 0..<count {
            try await gateway.logVerdict(.clean, by: .advisory, of: bytes(number), purl(number))
        }
    }

    private func malicious(_ gateway: GatewayFixture) -> Int {
        gateway.stores.log.knowledge.subjects().count { digest in
            gateway.stores.log.knowledge.about(digest).verdicts.last?.verdict == .malicious
        }
    }

    private func mark(_ gateway: GatewayFixture) throws -> SweepMark? {
        try SweepMark(path: gateway.stores.logReader.directory.sweptAdvisoriesPath)
    }

    private func swept(_ gateway: GatewayFixture) async throws {
        let id = try #require(try gateway.advisories.current()?.snapshotID)
        try await eventually { try mark(gateway)?.snapshot == id }
    }

    private var allBad: [GatewayFixture.Advisory] { (0..<6).map { advisory("MAL-\($0)", "p\($0)") } }

    @Test("a snapshot that came while no service ran is swept by the next start")
    func whileDown() async throws {
        let (directory, keys) = (try TemporaryDirectory(), GatewayFixture.Keys())
        try await GatewayFixture.with(directory: directory, keys: keys, judge: nil) { (gateway) async throws in
            try await know(6, gateway)
            try gateway.load([advisory("GHSA-1", "unrelated")])
            try await AdvisoryWorker(gateway).working { () async throws in try await swept(gateway) }
        }
        try await GatewayFixture.with(directory: directory, keys: keys, judge: nil) { (gateway) async throws in
            #expect(try await gateway.stores.jobs.counts().queued == 0)
            // As another process does: nobody tells the gateway.
            try gateway.install(allBad)
        }
        try await GatewayFixture.with(directory: directory, keys: keys, judge: nil) { (gateway) async throws in
            gateway.clock.advance(by: .seconds(60))
            try await AdvisoryWorker(gateway).working { () async throws in try await swept(gateway) }
            #expect(malicious(gateway) == 6)
        }
    }

    @Test("a sweep that ended in the middle begins anew and finishes, and says nothing twice")
    func interrupted() async throws {
        let (directory, keys) = (try TemporaryDirectory(), GatewayFixture.Keys())
        try await GatewayFixture.with(directory: directory, keys: keys, judge: nil) { (gateway) async throws in
            try await know(6, gateway)
            gateway.clock.advance(by: .seconds(60))
            try gateway.load(allBad)
            try await eventually { try await gateway.stores.jobs.counts().queued == 6 }
            for _ in 0..<2 { #expect(try await AdvisoryWorker(gateway).workOnce()) }
            #expect(malicious(gateway) == 2)
            #expect(try mark(gateway) == nil, "the mark comes after the last verdict")
        }
        try await GatewayFixture.with(directory: directory, keys: keys, judge: nil) { (gateway) async throws in
            gateway.clock.advance(by: .seconds(120))
            try await AdvisoryWorker(gateway).working { () async throws in try await swept(gateway) }
            #expect(malicious(gateway) == 6)
            let verdicts = try gateway.stores.logReader.statements(
                matching: StatementFilter(predicateType: .verdict, verdict: .malicious), limit: 100)
            #expect(verdicts.count == 6)
        }
    }

    @Test("a newer snapshot ends the round for the older one; what both say is asked for once")
    func overtaken() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            try await know(6, gateway)
            gateway.clock.advance(by: .seconds(60))
            try gateway.load(Array(allBad.prefix(3)))
            try await eventually { try await gateway.stores.jobs.counts().queued == 3 }
            try gateway.load(allBad)
            try await AdvisoryWorker(gateway).working { () async throws in try await swept(gateway) }
            #expect(malicious(gateway) == 6)
        }
    }

    @Test("a sweep leaves half of the queue to clients and goes on when there is room")
    func bounded() async throws {
        try await GatewayFixture.with(capacity: 4, judge: nil) { (gateway) async throws in
            try await know(6, gateway)
            gateway.clock.advance(by: .seconds(60))
            try gateway.load(allBad)
            let jobs = gateway.service.parts.desk.jobs
            try await eventually { try await jobs.counts().queued == 3 && gateway.pause.sleeperCount == 1 }
            try await AdvisoryWorker(gateway).working { () async throws in
                try await eventually {
                    gateway.pause.elapse(.seconds(5))
                    return try mark(gateway) != nil
                }
            }
            #expect(malicious(gateway) == 6)
        }
    }

    @Test("only what the snapshots disagree about is compared, and what was judged while one took the other's place")
    func scope() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            try gateway.load([advisory("GHSA-1", "a"), advisory("GHSA-2", "b")])
            let first = gateway.service.advisories.current()
            try gateway.load([advisory("GHSA-1", "a"), advisory("GHSA-3", "b"), advisory("GHSA-4", "c")])
            let second = gateway.service.advisories.current()
            let scope = second.scope(since: first)
            let names = try ["a", "b", "c", "d"].map { try PackageURL(parsing: "pkg:npm/\($0)").name }
            #expect(names.map(scope.contains) == [false, true, true, false])
            let python = try PackageURL(parsing: "pkg:pypi/x").name
            #expect(!scope.contains(python))
            var record = advisory("PYSEC-1", "y")
            record.ecosystem = .pypi
            try gateway.load([record], of: .pypi)
            #expect(
                gateway.service.advisories.current().scope(since: second).contains(python), "nothing was known of any")

            func result(_ mark: SweepMark?, _ earlier: (any AdvisorySnapshot)?, size: UInt64) -> SweepScope {
                SweepMark.scope(of: mark, earlier, current: second, logSize: size).scope
            }
            let mark = SweepMark(snapshot: first.identity, logSize: 10)
            #expect(result(mark, first, size: 10) == scope)
            #expect(result(mark, nil, size: 10) == .everything, "after a restart the earlier one is not at hand")
            #expect(
                result(mark, first, size: 9) == .everything, "a log that was put back is not the one that was swept")
            #expect(result(nil, first, size: 10) == .everything)
            let same = SweepMark(snapshot: second.identity, logSize: 7)
            let again = SweepMark.scope(of: same, nil, current: second, logSize: 9)
            #expect(again.scope == .nothing && again.since == 7)
        }
    }

    @Test("a verdict by an older snapshot that comes after the sweep is corrected at once")
    func late() async throws {
        let demo = NPMFixture("demo").with("1.0.0")
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([advisory("GHSA-1", "unrelated")])
            try await swept(gateway)
            let worker = AdvisoryWorker(gateway)
            let request = Task { await gateway.get(demo.path("1.0.0")) }
            var slow: (job: JSONValue, answer: Envelope)?
            while slow == nil {
                guard let job = try await worker.lease(waitSeconds: 5) else { continue }
                if job["analyzer"] == "advisory" {
                    slow = (job, try worker.envelope(job))
                } else {
                    try await worker.complete(job)
                }
            }
            gateway.clock.advance(by: .seconds(1))
            try gateway.load([advisory("MAL-1")])
            try await swept(gateway)
            let late = try #require(slow)
            #expect(try await worker.complete(late.job, leaf: late.answer).status == 200)
            try await worker.working { () async throws in await eventually { malicious(gateway) == 1 } }
            #expect(await request.value.status == 403)
        }
    }

    @Test("a mark that cannot be read, and one that cannot be written, cost a comparison and nothing else")
    func brokenMark() async throws {
        let (directory, keys) = (try TemporaryDirectory(), GatewayFixture.Keys())
        let path = DataDirectory(path: directory.path("data")).sweptAdvisoriesPath
        try await GatewayFixture.with(directory: directory, keys: keys, judge: nil) { (gateway) async throws in
            try await know(2, gateway)
            gateway.clock.advance(by: .seconds(60))
            // A folder where the file should be.
            try Files.createDirectory("\(path)/x")
            try gateway.load(allBad)
            try await AdvisoryWorker(gateway).working { () async throws in await eventually { malicious(gateway) == 2 }
            }
            await eventually { gateway.logged.all.contains { $0.contains("is not kept") } }
        }
        try Files.removeTree(path)
        for text in ["", "{", "[]", #"{"snapshot":1}"#, #"{"snapshot":"x","logSize":-1}"#] {
            try Files.writeDurably(Array(text.utf8), to: path)
            #expect(throws: SweepMarkError.self) { try SweepMark(path: path) }
        }
        try await GatewayFixture.with(directory: directory, keys: keys, judge: nil) { (gateway) async throws in
            await eventually { (try? mark(gateway)) != nil }
            #expect(try await gateway.stores.jobs.counts().queued == 0)
        }
    }

    @Test("a worker that gives no verdict, or one by another snapshot, is asked again later and not without end")
    func stubborn() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            try await know(1, gateway)
            gateway.clock.advance(by: .seconds(60))
            try gateway.load(allBad)
            await eventually { gateway.logged.all.contains { $0.contains("wait for a new verdict") } }
            let size = gateway.stores.log.size
            await eventually { gateway.pause.sleeperCount == 1 }
            #expect(gateway.stores.log.size == size)
            gateway.clock.advance(by: .seconds(600))
            gateway.pause.elapse(.seconds(600))
            await eventually { gateway.stores.log.size.value == size.value + 1 }
            #expect(try mark(gateway) == nil)
        }
    }
}
