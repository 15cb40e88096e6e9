import Analyzers
import Cryptography
import Platform
import VerdictStore

/// Runs one analysis in a process of its own and makes sense of how that process ended.
final class AnalysisRunner: Sendable {
    private let executable: String
    private let arguments: [String]
    private let limits: ChildLimits
    private let pool: BlockingPool

    /// - Parameter pool: has as many threads as analyses run at once.
    init(executable: String, arguments: [String], limits: ChildLimits, pool: BlockingPool) {
        self.executable = executable
        self.arguments = arguments
        self.limits = limits
        self.pool = pool
    }

    /// What a child answers: the report, and what the artifact is where the order left that to it.
    struct Answer: Sendable {
        let report: AnalysisReport
        let identity: ArtifactIdentity?
    }

    /// Analyses an artifact that was verified; cancelling the task kills the child.
    func run(_ order: AnalysisOrder, on artifact: OpenFile) async -> Result<AnalysisReport, AnalysisFailure> {
        await answer(to: order, on: artifact).map(\.report)
    }

    /// The same for an order that leaves something of the artifact's identity to itself.
    func answer(to order: AnalysisOrder, on artifact: OpenFile) async -> Result<Answer, AnalysisFailure> {
        let abort = Abort()
        return await withTaskCancellationHandler {
            await pool.run { self.runBlocking(order, artifact, abort) }
        } onCancel: {
            abort.request()
        }
    }

    private func runBlocking(
        _ order: AnalysisOrder, _ artifact: OpenFile, _ abort: Abort
    ) -> Result<Answer, AnalysisFailure> {
        let deadline = ContinuousClock.now.advanced(by: limits.deadline)
        do {
            let started = try start(artifact, memoryBytes: order.memoryBytes)
            abort.arm(started.child.killer)
            let received: ChildChannel.Received
            do throws(MessageError) {
                try started.socket.send(order.encoded, timeout: limits.grace)
                received = ChildChannel.receive(over: started.socket, until: deadline)
            } catch {
                // A child that does not listen has most likely crashed; its exit status tells.
                received = .broken("\(error)")
            }
            return conclude(received, started.child, order)
        } catch {
            return .failure(AnalysisFailure(cause: .crash, detail: "the analysis child cannot be started: \(error)"))
        }
    }

    /// A child that runs, and our end of the connection to it.
    private struct Started: ~Copyable {
        let socket: SequencedSocket
        let child: ChildProcess
    }

    /// Starts the child. On return our copy of its end is closed, so that the end of the child is noticed.
    private func start(_ artifact: OpenFile, memoryBytes: Int64) throws -> Started {
        let pair = try SequencedSocketPair()
        let child = try ChildProcess.spawn(
            executable: executable, arguments: arguments, environment: [],
            inheriting: [
                (descriptor: artifact.descriptor, as: ChildChannel.artifactDescriptor),
                (descriptor: pair.child.descriptor, as: ChildChannel.socketDescriptor),
            ],
            limits: ResourceLimits(
                addressSpaceBytes: memoryBytes, cpuSeconds: limits.deadline.components.seconds + 1, fileSizeBytes: 0,
                openFiles: 32, coreBytes: 0, processes: nil),
            diesWithParent: true)
        return Started(socket: pair.parent, child: child)
    }

    private func conclude(
        _ received: ChildChannel.Received, _ child: consuming ChildProcess, _ order: AnalysisOrder
    ) -> Result<Answer, AnalysisFailure> {
        switch received {
        case .timedOut:
            child.kill()
            _ = child.wait()
            return .failure(AnalysisFailure(cause: .time, detail: "no answer within \(limits.deadline)"))
        case .tooLong:
            child.kill()
            _ = child.wait()
            return .failure(AnalysisFailure(cause: .garbage, detail: "the answer is too long"))
        case .all, .broken: break
        }
        let hasEnded = child.hasEnded(within: limits.grace)
        if !hasEnded { child.kill() }
        let status = child.wait()
        guard hasEnded else {
            return .failure(AnalysisFailure(cause: .garbage, detail: "the child closed its connection and did not end"))
        }
        if let failure = Self.failure(of: status) { return .failure(failure) }
        guard case .all(let bytes) = received, let answer = ChildChannel.unframed(bytes) else {
            return .failure(AnalysisFailure(cause: .garbage, detail: "the child ended without a complete answer"))
        }
        do throws(AnswerFault) {
            let report = try AnalysisAnswer.decode(answer)
            if report.isOutOfTime {
                return .failure(AnalysisFailure(cause: .time, detail: "the analysis ran out of time"))
            }
            let identity = try AnalysisAnswer.identity(in: answer)
            guard identity == nil || identity?.answers(order) == true,
                identity != nil || order.identification == .nothing
            else { throw AnswerFault.badIdentity }
            return .success(Answer(report: report, identity: identity))
        } catch {
            return .failure(AnalysisFailure(cause: .garbage, detail: "\(error)"))
        }
    }

    /// What an exit status other than success means.
    static func failure(of status: ExitStatus) -> AnalysisFailure? {
        switch status {
        case .exited(0): nil
        case .exited(MemoryExhaustion.exitCode): AnalysisFailure(cause: .memory, detail: "the memory limit was reached")
        case .exited(ChildChannel.sandboxMissing):
            AnalysisFailure(
                cause: .crash, detail: "the kernel lacks a layer of the sandbox; `jurat doctor` tells which")
        case .exited(ChildChannel.foreignRules):
            AnalysisFailure(
                cause: .crash, detail: "the executable has other rules than this worker; restart the worker")
        case .exited(let code): AnalysisFailure(cause: .crash, detail: "exit code \(code)")
        case .signalled(ChildSignal.processorTime):
            AnalysisFailure(cause: .time, detail: "the processor time limit was reached")
        // Nobody else ends a child so but the kernel when memory runs out.
        case .signalled(ChildSignal.kill):
            AnalysisFailure(cause: .memory, detail: "killed, most likely for lack of memory")
        case .signalled(let signal): AnalysisFailure(cause: .crash, detail: "signal \(signal)")
        }
    }
}

extension ArtifactIdentity {
    /// Whether an order asks for this; what it tells itself is not the artifact's to say.
    fileprivate func answers(_ order: AnalysisOrder) -> Bool {
        switch order.identification {
        case .nothing: false
        case .name: ecosystem == order.context.ecosystem
        case .everything: true
        }
    }
}

/// The signals that have a meaning of their own. Spec: Linux signal(7).
private enum ChildSignal {
    static let kill: Int32 = 9
    static let processorTime: Int32 = 24
}

/// Kills a child on request, whether the request comes before or after it was started.
private final class Abort: Sendable {
    private struct State {
        var killer: ChildKiller?
        var isRequested = false
    }

    private let state = Lock(State())

    func arm(_ killer: ChildKiller) {
        let isRequested = state.withLock { state in
            state.killer = killer
            return state.isRequested
        }
        if isRequested { killer.kill() }
    }

    func request() {
        let killer = state.withLock { state in
            state.isRequested = true
            return state.killer
        }
        killer?.kill()
    }
}
