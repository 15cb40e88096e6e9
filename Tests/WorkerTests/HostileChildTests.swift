import Analyzers
import Glibc
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Worker

/// Children that do what hostile bytes might make them do, each behind the walls of the real one.
@Suite("Children that turn hostile", .timeLimit(.minutes(2)))
struct HostileChildTests {
    private let directory: TemporaryDirectory
    private let pool = BlockingPool(name: "hostile", threads: 2)

    init() throws { directory = try TemporaryDirectory() }

    private func runner(
        _ behaviour: String, limits: ChildLimits = ChildLimits(deadline: .seconds(60), grace: .seconds(20)),
        start: ChildStart = .copies(8)
    ) throws -> AnalysisRunner {
        AnalysisRunner(
            executable: try probePath(), arguments: ["--behave", behaviour], limits: limits, start: start, pool: pool)
    }

    private func order(memoryBytes: Int64 = 3 << 30) throws -> AnalysisOrder {
        AnalysisOrder(
            context: ArtifactContext(
                ecosystem: .npm, purl: try PackageURL(parsing: "pkg:npm/acme-box@1.2.3"), filename: "box.tgz"),
            limits: .standard, ruleset: StaticAnalyzer.revision.ruleset.digest, memoryBytes: memoryBytes,
            allowsDegradedSandbox: true)
    }

    private func failure(
        _ behaviour: String, memoryBytes: Int64 = 3 << 30,
        limits: ChildLimits = ChildLimits(deadline: .seconds(60), grace: .seconds(20)),
        start: ChildStart = .copies(8)
    ) async throws -> AnalysisFailure? {
        let file = try OpenFile.openForReading(try directory.write(tarball(), to: "artifact"))
        let runner = try runner(behaviour, limits: limits, start: start)
        switch await runner.run(try order(memoryBytes: memoryBytes), on: file) {
        case .success: return nil
        case .failure(let failure): return failure
        }
    }

    @Test(
        "files, sockets, programs, processes and other processes are out of reach", arguments: SandboxAttempt.allCases)
    func attempts(_ attempt: SandboxAttempt) async throws {
        let failure = try #require(try await failure("try:\(attempt.rawValue)"))
        // Refused, and so an exit without an answer; or ended by the kernel. 96 would be an attempt that went through.
        let named = ["the child ended without a complete answer", "it asked the system for what the sandbox refuses"]
        #expect(named.contains { failure.detail.hasPrefix($0) }, "\(failure)")
    }

    @Test("a fork bomb makes no process at all, whichever way the child came into being")
    func forkBomb() async throws {
        for start in [ChildStart.copies(8), .fresh] {
            let failure = try #require(try await failure("processes", start: start))
            #expect(failure.detail == "the child ended without a complete answer")
        }
    }

    @Test("a child has its two descriptors and no other")
    func descriptors() async throws {
        for start in [ChildStart.copies(8), .fresh] {
            let failure = try #require(try await failure("descriptors", start: start))
            #expect(failure.detail == "the child ended without a complete answer")
        }
    }

    @Test("ten gigabytes of memory are refused, and the cause is memory")
    func memory() async throws {
        for start in [ChildStart.copies(8), .fresh] {
            let failure = try await failure("allocate", memoryBytes: 600 << 20, start: start)
            #expect(failure?.cause == .memory, "\(String(describing: failure))")
        }
    }

    @Test("an endless loop ends at its processor time, and the cause is time")
    func endlessLoop() async throws {
        var limits = ChildLimits(deadline: .seconds(100), grace: .seconds(20))
        limits.processorTime = .seconds(1)
        let failure = try #require(try await failure("spin", limits: limits))
        #expect(failure == AnalysisFailure(cause: .time, detail: "the processor time limit was reached"))
    }

    @Test("a child that hangs is killed at its deadline, and the cause is time")
    func hangs() async throws {
        let limits = ChildLimits(deadline: .milliseconds(300), grace: .seconds(20))
        #expect(try await failure("hang", limits: limits)?.cause == .time)
    }

    @Test("a hundred megabytes of findings are cut off, and the cause is garbage")
    func flood() async throws {
        #expect(try await failure("flood") == AnalysisFailure(cause: .garbage, detail: "the answer is too long"))
    }

    @Test("silence, half an answer, nonsense and a connection closed early are garbage")
    func garbage() async throws {
        #expect(try await failure("exit:0")?.cause == .garbage)
        let limits = ChildLimits(deadline: .seconds(60), grace: .milliseconds(200))
        let closed = try #require(try await failure("close", limits: limits))
        #expect(closed.detail == "the child closed its connection and did not end")
        for text in ["hello", "\u{0}\u{0}\u{0}\u{2}{}", "\u{0}\u{0}\u{1}\u{0}{}", "\u{7f}"] {
            let path = try directory.write(Array(text.utf8), to: "answer")
            #expect(try await failure("answer:\(path)")?.cause == .garbage, "\(text)")
        }
    }

    @Test("a crash is named by its signal or code, and the template goes on")
    func crashes() async throws {
        let signalled = try await failure("signal:15")
        #expect(signalled?.detail == "signal 15")
        #expect(try await failure("exit:3")?.detail == "exit code 3")
        #expect(try await failure("exit:70")?.cause == .memory)
        let runner = try runner("signal:6")
        let file = try OpenFile.openForReading(try directory.write(tarball(), to: "artifact"))
        for _ in 0..<12 {
            guard case .failure(let failure) = await runner.run(try order(), on: file) else {
                Issue.record("it answered")
                return
            }
            #expect(failure.cause == .crash)
        }
    }

    @Test("an analysis that is cancelled ends at once, template and all")
    func cancelled() async throws {
        // Left alone it would outlast the time limit of the suite.
        let limits = ChildLimits(deadline: .seconds(3600), grace: .seconds(20))
        let task = Task { try await failure("hang", limits: limits) }
        task.cancel()
        let outcome = try #require(try await task.value)
        #expect(outcome.cause != .time)
    }
}

@Suite("Proof of the sandbox")
struct SandboxProofTests {
    @Test("a confined process tries everything and everything is refused", .enabled(if: Sandbox.available().isComplete))
    func held() async throws {
        for start in [ChildStart.copies(1000), .fresh] {
            let proof = await SandboxProof.run(executable: try probePath(), arguments: [], start: start)
            #expect(proof.trials.map(\.attempt) == SandboxAttempt.allCases)
            for trial in proof.trials { #expect(trial.outcome.isHeld, "\(trial.attempt.rawValue): \(trial.outcome)") }
            #expect(proof.layers == "no-new-privileges, not-inspectable, landlock, seccomp")
            #expect(proof.medianStart > .zero)
        }
    }

    @Test("an executable that is none, or that says nothing, proves nothing")
    func unknown() async {
        let missing = await SandboxProof.run(executable: "/nonexistent/jurat", arguments: [])
        #expect(!missing.isHeld && missing.layers == "none")
        let silent = await SandboxProof.run(executable: "/bin/true", arguments: [], start: .fresh)
        #expect(!silent.isHeld)
    }

    @Test("what went through is told from what was refused")
    func outcomes() {
        #expect(SandboxProof.Outcome(code: Array("0".utf8), status: .exited(0)) == .allowed)
        #expect(SandboxProof.Outcome(code: Array("13".utf8), status: .exited(0)) == .refused(EACCES))
        #expect(SandboxProof.Outcome(code: nil, status: .signalled(31)) == .ended(31))
        #expect(SandboxProof.Outcome(code: nil, status: .exited(0)).isHeld == false)
        #expect(SandboxProof.Outcome(code: Array("x".utf8), status: nil).isHeld == false)
    }
}
