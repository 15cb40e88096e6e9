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

@Suite("Revocations that come with a verdict")
struct RevocationHandInTests {
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0")
    private var purl: String { "pkg:npm/demo@1.1.0" }

    /// A gateway that served `demo@1.1.0` under a clean verdict, heard that it is malicious, and wants a new verdict.
    private func withNews(
        served: Bool = true, _ body: @Sendable (GatewayFixture, AdvisoryWorker) async throws -> Void
    ) async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([GatewayFixture.Advisory(id: "GHSA-1", package: "other", versions: ["1.0.0"])])
            let worker = AdvisoryWorker(gateway)
            if served {
                try await worker.working { () async throws in
                    #expect(await gateway.get(demo.path("1.1.0")).status == 200)
                }
            } else {
                try await gateway.logVerdict(.clean, by: .advisory, of: demo.versions[1].bytes, purl)
            }
            gateway.clock.advance(by: .seconds(60))
            try gateway.load([GatewayFixture.Advisory(id: "MAL-1", package: "demo", versions: ["1.1.0"])])
            try await eventually { try await gateway.stores.jobs.counts().queued == 1 }
            try await body(gateway, worker)
        }
    }

    private func advisoryVerdicts(_ gateway: GatewayFixture) -> [StandingVerdict] {
        gateway.stores.log.knowledge.about(demo.sha512("1.1.0")).verdicts.filter { $0.analyzer == .advisory }
    }

    @Test("the lease tells what was said and how often it was relied on; the answer may take just that back")
    func offer() async throws {
        try await withNews { (gateway, worker) async throws in
            let before = try #require(advisoryVerdicts(gateway).first)
            let job = try #require(try await worker.lease())
            #expect(job["served"]?.integerValue == 1)
            #expect(
                job["standing"]?.arrayValue == [["statement": .string(before.statement.hex), "findings": []]])
            #expect(try await worker.complete(job).status == 200)
            #expect(advisoryVerdicts(gateway).map(\.verdict) == [.malicious])
        }
    }

    @Test("a worker of an earlier version, which hands in no revocation, completes its job")
    func olderWorker() async throws {
        try await withNews { (gateway, _) async throws in
            let older = AdvisoryWorker(gateway, revoking: { _ in [] })
            #expect(try await older.workOnce())
            #expect(older.answers.withLock { $0 }.map(\.status) == [200])
            #expect(advisoryVerdicts(gateway).map(\.verdict) == [.clean, .malicious], "the newer one acts")
            #expect(try await gateway.get(demo.path("1.1.0")).json()["code"]?.stringValue == "BLOCKED_MALICIOUS")
        }
    }

    @Test("nothing else is taken back with a verdict: other statements, targets, signers, counts, forms")
    func unacceptable() async throws {
        try await withNews { (gateway, worker) async throws in
            let other = try await gateway.logVerdict(.clean, by: .advisory, of: demo.versions[0].bytes, purl)
            let elsewhere = try await gateway.logVerdict(
                .clean, by: .advisory, of: demo.versions[1].bytes, "pkg:npm/alias@1.1.0")
            let statics = try await gateway.logVerdict(.clean, of: demo.versions[1].bytes, purl)
            let offered = try #require(advisoryVerdicts(gateway).first { $0.appliesTo != .bytes }).statement
            let unknown = StatementID(digest: SHA256Digest(hashing: [7]))
            let job = try #require(try await worker.lease())
            let size = gateway.stores.log.size
            var hostile = try [other, elsewhere, statics, unknown].map { [try worker.revocation(of: $0)] }
            hostile.append([try worker.revocation(of: offered, by: Ed25519SigningKey.generate())])
            hostile.append([try worker.revocation(of: offered, by: gateway.keys.root)])
            hostile.append([try worker.revocation(of: offered), try worker.revocation(of: offered)])
            hostile.append([try worker.revocation(.ruleset(RulesetReference(name: "x", digest: other.digest)))])
            hostile.append([try worker.envelope(job)])
            hostile.append(try (0..<17).map { _ in try worker.revocation(of: offered) })
            for revocations in hostile {
                let bad = AdvisoryWorker(gateway, operators: worker.operators, revoking: { _ in revocations })
                let answer = try await bad.complete(job)
                #expect(answer.status == 422)
                #expect(try answer.json()["error"]?.stringValue?.isEmpty == false)
            }
            for form in ["x", [1], ["{}"], [:]] as [JSONValue] {
                let leaf = AdvisoryWorker.text(try worker.envelope(job))
                let answer = await worker.post(
                    "jobs/complete",
                    ["id": job["id"] ?? .null, "lease": job["lease"] ?? .null, "leaf": leaf, "revocations": form])
                #expect(answer.status == 422)
            }
            #expect(gateway.stores.log.size == size, "not even the verdict is logged then")
            #expect(try await worker.complete(job).status == 200)
        }
    }

    @Test("what nobody got is not taken back, whatever the worker hands in")
    func neverServed() async throws {
        try await withNews(served: false) { (gateway, worker) async throws in
            let said = try #require(advisoryVerdicts(gateway).first).statement
            let eager = AdvisoryWorker(gateway, revoking: { _ in [try worker.revocation(of: said)] })
            let job = try #require(try await worker.lease())
            #expect(try await eager.complete(job).status == 422)
            #expect(try await worker.complete(job).status == 200)
            #expect(advisoryVerdicts(gateway).map(\.verdict) == [.clean, .malicious])
        }
    }

    @Test("an answer that got lost may be handed in again, also by a worker that signs a second later")
    func repeated() async throws {
        try await withNews { (gateway, worker) async throws in
            let job = try #require(try await worker.lease())
            let said = try #require(advisoryVerdicts(gateway).first).statement
            let (verdict, revocation) = (try worker.envelope(job), try worker.revocation(of: said))
            // As if the answer to the first had been lost before the job was finished.
            for envelope in [verdict, revocation] { _ = try await gateway.stores.log.append(envelope) }
            let again = AdvisoryWorker(gateway, operators: worker.operators, revoking: { _ in [revocation] })
            let size = gateway.stores.log.size
            #expect(try await again.complete(job, leaf: verdict).status == 200)
            #expect(gateway.stores.log.size == size, "each statement has its first place")
            #expect(try await gateway.stores.jobs.counts().leased == 0)
        }
    }

    private final class Counter: Sendable {
        private let value = Lock(0)

        func next() -> Int {
            value.withLock { value in
                defer { value += 1 }
                return value
            }
        }
    }

    /// What a log does that fails at one statement.
    enum Fault: CaseIterable {
        case failedAndLost
        case failedButPersisted
    }

    @Test("a crash at any statement leaves a job that says the rest", arguments: Fault.allCases, [0, 1])
    func crash(_ fault: Fault, at position: Int) async throws {
        try await withNews { (gateway, worker) async throws in
            let (log, count) = (gateway.stores.log, Counter())
            let before = try #require(advisoryVerdicts(gateway).first)
            let real = OperatorService.completion(gateway.service)
            let failing = JobCompletion(
                jobs: real.jobs, knowledge: real.knowledge,
                append: { (envelope) async throws(LogError) in
                    guard count.next() == position else { return try await log.append(envelope) }
                    if fault == .failedButPersisted { _ = try await log.append(envelope) }
                    throw .closed
                }, review: real.review, increments: real.increments, differences: real.differences,
                clock: real.clock, note: real.note,
                onVerdict: real.onVerdict, onChainLoss: real.onChainLoss)
            let job = try #require(try await worker.lease())
            let lease = LeaseToken(
                job: JobID(value: job["id"]?.integerValue ?? 0), secret: job["lease"]?.stringValue ?? "")
            let (verdict, revocation) = (try worker.envelope(job), try worker.revocation(of: before.statement))
            let answer = await failing.complete(
                lease, leaf: String(decoding: verdict.leafBytes, as: UTF8.self),
                revocations: [AdvisoryWorker.text(revocation)])
            #expect(answer.status == 503)
            // Never is there a moment without a verdict: the old one goes only when the new one is there.
            let now = advisoryVerdicts(gateway).map(\.verdict)
            #expect([[.clean], [.clean, .malicious], [.malicious]].contains(now))
            #expect(try await gateway.stores.jobs.counts().leased == 1)
            // The worker is gone as well; its lease runs out, and another one does the job.
            gateway.clock.advance(by: .seconds(61))
            let next = AdvisoryWorker(gateway, operators: worker.operators)
            #expect(try await next.lease() == nil, "its one attempt is used up")
            let key = JobKey(
                sha512: demo.sha512("1.1.0"), analyzer: .advisory, ruleset: gateway.service.advisories.current().digest,
                coordinates: try PackageURL(parsing: purl))
            #expect(try await gateway.stores.jobs.retry(key))
            #expect(try await next.workOnce())
            let final = advisoryVerdicts(gateway)
            #expect(
                final.allSatisfy { $0.verdict == .malicious } && !final.contains { $0.statement == before.statement })
            #expect(try await gateway.stores.jobs.counts().queued + gateway.stores.jobs.counts().leased == 0)
            let revoked = try gateway.stores.logReader.statements(
                matching: StatementFilter(predicateType: .revocation), limit: 10)
            #expect(revoked.count == 1)
        }
    }
}
