import Cryptography
import Platform
import Registry
import Screening
import Testing
import VerdictStore

/// A worker that opens nothing: it signs the verdict that the test wants for each job, through the real queue and log.
final class FakeWorker: Sendable {
    /// What a job ends in.
    enum Result: Sendable {
        case verdict(Verdict, rules: [String])
        case failure(JobFailure.Cause)

        static let clean = Result.verdict(.clean, rules: [])
    }

    let jobs: any JobQueue
    let log: VerdictLog
    let key: Ed25519SigningKey
    let clock: any WallClock
    let judge: @Sendable (JobRequest) -> Result
    /// Counts the statements that were signed, by analyzer and purl.
    let signed = Lock<[String]>([])

    init(
        jobs: any JobQueue, log: VerdictLog, key: Ed25519SigningKey, clock: any WallClock,
        judge: @escaping @Sendable (JobRequest) -> Result
    ) {
        self.jobs = jobs
        self.log = log
        self.key = key
        self.clock = clock
        self.judge = judge
    }

    /// Works until cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                guard let job = try await jobs.lease(worker: "fake", for: .seconds(60)) else {
                    await jobs.waitForWork(atMost: .seconds(5))
                    continue
                }
                switch judge(job.request) {
                case .failure(let cause): try await jobs.fail(job.lease, cause: JobFailure(cause: cause))
                case .verdict(let verdict, let rules):
                    try await sign(job.request, verdict, rules: rules)
                    try await jobs.complete(job.lease)
                }
            } catch JobQueueError.leaseLost {
                // The test moved the clock past the lease while the verdict was on its way.
                continue
            } catch {
                Issue.record("the worker failed: \(error)")
                return
            }
        }
    }

    /// Signs and logs one verdict.
    @discardableResult
    func sign(_ request: JobRequest, _ verdict: Verdict, rules: [String]) async throws -> StatementID {
        let analyzer = request.key.analyzer
        var findings = rules.map {
            Finding(
                rule: $0, severity: verdict == .malicious ? .malicious : .suspicious, path: nil, line: nil, count: 1)
        }
        // Asked for by the digest of "no snapshot".
        if analyzer == .advisory, request.key.ruleset == SHA256Digest(hashing: [UInt8]()) {
            findings.append(
                Finding(rule: VerdictStatement.withoutDataRule, severity: .info, path: nil, line: nil, count: 1))
        }
        let ruleset = RulesetReference(name: "test", digest: request.key.ruleset)
        let statement = VerdictStatement(
            subject: Subject(purl: request.purl, sha512: request.key.sha512, sha256: request.sha256),
            analyzer: AnalyzerRevision(id: analyzer, version: "1", ruleset: ruleset),
            appliesTo: request.key.coordinates.map { .coordinates([$0]) } ?? .bytes, verdict: verdict,
            findings: findings, createdAt: clock.now())
        signed.withLock { $0.append("\(analyzer) \(request.purl)") }
        return try await log.append(try Envelope.signing(.verdict(statement), with: key)).statementID
    }
}
