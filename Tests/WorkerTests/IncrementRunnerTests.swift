import Analyzers
import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Worker

@Suite("Children that compare two artifacts")
struct IncrementRunnerTests {
    private let directory: TemporaryDirectory
    private let pool = BlockingPool(name: "children", threads: 2)

    init() throws { directory = try TemporaryDirectory() }

    private func open(_ bytes: [UInt8], _ name: String) throws -> OpenFile {
        try OpenFile.openForReading(try directory.write(bytes, to: name))
    }

    private func context(_ version: String) throws -> ArtifactContext {
        ArtifactContext(
            ecosystem: .npm, purl: try PackageURL(parsing: "pkg:npm/acme-box@\(version)"),
            filename: "acme-box-\(version).tgz")
    }

    private func order(limits: AnalysisLimits = .standard, thresholds: DiffThresholds = .standard) throws
        -> IncrementOrder
    {
        IncrementOrder(
            AnalysisOrder(
                context: try context("1.2.3"), limits: limits, ruleset: StaticAnalyzer.revision.ruleset.digest,
                memoryBytes: 3 << 30, allowsDegradedSandbox: true),
            base: try context("1.2.2"), thresholds: thresholds)
    }

    private func runner(_ start: ChildStart) throws -> AnalysisRunner {
        AnalysisRunner(executable: try probePath(), arguments: [], limits: ChildLimits(), start: start, pool: pool)
    }

    @Test("a confined child says what the analyzer says", arguments: [ChildStart.fresh, .copies(8)])
    func realChild(_ start: ChildStart) async throws {
        let (base, new) = (try open(tarball(), "base"), try open(tarball(script: "wget https://x.acme.dev/a"), "new"))
        let order = try order()
        let here = DiffAnalyzer.analyze(
            new: new, base: base, context: order.analysis.context, baseContext: order.base)
        #expect(here.triggers.contains(.scripts))
        let runner = try runner(start)
        for _ in 0..<2 { #expect(try await runner.increment(for: order, on: new, base: base).get() == here) }
        // The same process still analyses one artifact alone.
        let alone = try await runner.run(order.analysis, on: new).get()
        #expect(alone == here.full)
    }

    @Test("an answer to another question, an analysis out of time and a child that dies cost the attempt")
    func failures() async throws {
        let (base, new) = (try open(tarball(), "base"), try open(tarball(), "new"))
        var limits = AnalysisLimits.standard
        limits.seconds = 0
        let late = await (try runner(.fresh)).increment(for: try order(limits: limits), on: new, base: base)
        #expect(throws: AnalysisFailure.self) { try late.get() }
        guard case .failure(let failure) = late else { return }
        #expect(failure.cause == .time)
        let report = StaticAnalyzer.analyze(new, context: try context("1.2.3"))
        let answer = AnalysisAnswer.encode(report)
        let framed = [0, 8, 16, 24].reversed().map { UInt8(answer.count >> $0 & 0xFF) } + answer
        let path = try directory.write(framed, to: "answer")
        let script = "/bin/dd bs=65536 count=1 <&4 >/dev/null 2>&1; /bin/cat \(path) >&4"
        for (script, cause) in [(script, JobFailure.Cause.garbage), ("kill -SEGV $$", .crash)] {
            let runner = AnalysisRunner(
                executable: "/bin/sh", arguments: ["-c", script], limits: ChildLimits(), pool: pool)
            guard case .failure(let failure) = await runner.increment(for: try order(), on: new, base: base) else {
                Issue.record("it answered")
                continue
            }
            #expect(failure.cause == cause)
        }
    }

    @Test("a child refuses an order whose base does not come with it")
    func baseIsMissing() async throws {
        let new = try open(tarball(), "new")
        let starter = ChildStarter(
            executable: try probePath(), arguments: [], limits: ChildLimits(), start: .fresh)
        let child = try starter.child(for: new, memoryBytes: 3 << 30, rules: nil)
        try child.socket.send(try order().encoded, timeout: .seconds(5))
        #expect(child.status(within: .seconds(20)) == .exited(ChildChannel.brokenOrder))
        let other = try starter.child(for: new, memoryBytes: 3 << 30, rules: nil)
        try other.socket.send(try order().analysis.encoded, passing: new.descriptor)
        #expect(other.status(within: .seconds(20)) == .exited(ChildChannel.brokenOrder))
    }

    @Test("two files of this machine are compared as they name themselves")
    func local() async throws {
        let local = LocalAnalysis(executablePath: try probePath(), concurrent: 1, sandbox: .degraded)
        let base = try open(tarball(), "base")
        let new = try open(tarball(script: "node index.js"), "new")
        let comparison = try await local.compare(
            LocalAnalysis.Input(file: new, filename: "a.tgz"), with: LocalAnalysis.Input(file: base, filename: "b.tgz"),
            showing: .whole
        ).get()
        let report = comparison.increment
        #expect(report.difference.map(\.finding.rule) == ["D-INSTALL"])
        #expect(report.summary.step == .patch)
        #expect(comparison.verdict.triggers == [.scripts])
        #expect(comparison.digests.sizeBytes == new.sizeBytes && comparison.baseDigests.sizeBytes == base.sizeBytes)
        let shown = try #require(report.shown)
        #expect(shown.manifests.map(\.member).contains { $0.hasPrefix("scripts.") })
        #expect(shown.files.map(\.path) == ["package.json"] && shown.files[0].hunks.count == 1)
    }
}
