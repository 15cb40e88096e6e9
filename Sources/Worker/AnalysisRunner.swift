import Analyzers
import Cryptography
import Platform
import VerdictStore

/// Runs one analysis in a process of its own and makes sense of how that process ended.
final class AnalysisRunner: Sendable {
    private let limits: ChildLimits
    private let starter: ChildStarter
    private let pool: BlockingPool

    /// - Parameter pool: has as many threads as analyses run at once.
    init(
        executable: String, arguments: [String], limits: ChildLimits, start: ChildStart = .fresh, pool: BlockingPool
    ) {
        self.limits = limits
        starter = ChildStarter(executable: executable, arguments: arguments, limits: limits, start: start)
        self.pool = pool
    }

    /// What a child answers: the report, and what the artifact is where the order left that to it.
    struct Answer: Sendable {
        let report: AnalysisReport
        let identity: ArtifactIdentity?
    }

    /// Analyses an artifact that was verified; cancelling the task kills the child.
    func run(
        _ order: AnalysisOrder, on artifact: OpenFile, rules: UserRules? = nil
    ) async -> Result<AnalysisReport, AnalysisFailure> {
        await answer(to: order, on: artifact, rules: rules).map(\.report)
    }

    /// The same for an order that leaves something of the artifact's identity to itself.
    ///
    /// - Parameter rules: the operator's own, which the order's ruleset includes.
    func answer(
        to order: AnalysisOrder, on artifact: OpenFile, rules: UserRules? = nil
    ) async -> Result<Answer, AnalysisFailure> {
        await onPool { abort in
            self.exchange(order.encoded, order.memoryBytes, artifact, rules, abort)
                .flatMap { Self.read($0, order, StaticAnalyzer(rules: rules)) }
        }
    }

    /// Has a child prepare what models are shown of an artifact, or of what changed since an older one.
    ///
    /// - Parameter base: the older artifact where the order names one, verified.
    func material(
        for order: ReviewOrder, on artifact: OpenFile, since base: OpenFile? = nil, rules: UserRules? = nil
    ) async -> Result<ReviewMaterial, AnalysisFailure> {
        await onPool { abort in
            let memoryBytes = order.analysis.memoryBytes
            let answer = self.exchange(order.encoded, memoryBytes, artifact, rules, abort, passing: base)
            return answer.flatMap { answer in
                do throws(AnswerFault) {
                    let material = try ReviewMaterial(decoding: answer)
                    guard (material.mode == .diff) == (order.base != nil) else { throw .missingMember("mode") }
                    return .success(material)
                } catch {
                    return .failure(AnalysisFailure(cause: .garbage, detail: "\(error)"))
                }
            }
        }
    }

    /// Has a child compare an artifact with an older one, both verified; cancelling the task kills the child.
    ///
    /// - Parameter rules: the operator's own, with which the child's process is started; they play no part.
    func increment(
        for order: IncrementOrder, on artifact: OpenFile, base: OpenFile, rules: UserRules? = nil
    ) async -> Result<IncrementReport, AnalysisFailure> {
        await onPool { abort in
            self.exchange(
                order.encoded, order.analysis.memoryBytes, artifact, rules, abort, passing: base,
                maxBytes: IncrementAnswer.maxBytes(showing: order.extent)
            ).flatMap { Self.read($0, order) }
        }
    }

    /// Has a child try what its sandbox must refuse.
    func trial(of attempt: SandboxAttempt, on file: OpenFile) async -> SandboxProof.Trial {
        await onPool { self.tryBlocking(attempt, file, $0) }
    }

    private func onPool<Value: Sendable>(_ body: @escaping @Sendable (Abort) -> Value) async -> Value {
        let abort = Abort()
        return await withTaskCancellationHandler {
            await pool.run { body(abort) }
        } onCancel: {
            abort.request()
        }
    }

    /// Gives an order to a child and takes its answer, whatever both say.
    ///
    /// - Parameter other: a file that the child reads besides the artifact.
    private func exchange(
        _ order: [UInt8], _ memoryBytes: Int64, _ artifact: OpenFile, _ rules: UserRules?, _ abort: Abort,
        passing other: OpenFile? = nil, maxBytes: Int = AnalysisAnswer.maxBytes
    ) -> Result<[UInt8], AnalysisFailure> {
        let deadline = ContinuousClock.now.advanced(by: limits.deadline)
        do {
            let child = try starter.child(for: artifact, memoryBytes: memoryBytes, rules: rules)
            abort.arm(child.killer)
            // The template may serve another analysis after this one, which a late request must not hit.
            defer { abort.disarm() }
            let received: ChildChannel.Received
            do throws(MessageError) {
                if let other {
                    try child.socket.send(order, passing: other.descriptor)
                } else {
                    try child.socket.send(order, timeout: limits.grace)
                }
                received = ChildChannel.receive(over: child.socket, until: deadline, maxBytes: maxBytes)
            } catch {
                // A child that does not listen has most likely crashed; its exit status tells.
                received = .broken("\(error)")
            }
            return conclude(received, child, abort)
        } catch {
            return .failure(AnalysisFailure(cause: .crash, detail: "the analysis child cannot be started: \(error)"))
        }
    }

    /// The bytes of a complete answer, or why there is none; the child has ended then.
    private func conclude(
        _ received: ChildChannel.Received, _ child: RunningChild, _ abort: Abort
    ) -> Result<[UInt8], AnalysisFailure> {
        switch received {
        case .timedOut:
            child.killer.kill()
            return .failure(AnalysisFailure(cause: .time, detail: "no answer within \(limits.deadline)"))
        case .tooLong:
            child.killer.kill()
            return .failure(AnalysisFailure(cause: .garbage, detail: "the answer is too long"))
        case .all, .broken: break
        }
        guard let status = child.status(within: limits.grace) else {
            child.killer.kill()
            return .failure(AnalysisFailure(cause: .garbage, detail: "the child closed its connection and did not end"))
        }
        if abort.disarm() { starter.giveBack(child) }
        if let failure = Self.failure(of: status) { return .failure(failure) }
        guard case .all(let bytes) = received, let answer = ChildChannel.unframed(bytes) else {
            return .failure(AnalysisFailure(cause: .garbage, detail: "the child ended without a complete answer"))
        }
        return .success(answer)
    }

    private static func read(
        _ answer: [UInt8], _ order: AnalysisOrder, _ analyzer: StaticAnalyzer
    ) -> Result<Answer, AnalysisFailure> {
        do throws(AnswerFault) {
            let report = try AnalysisAnswer.decode(answer, by: analyzer)
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

    private static func read(
        _ answer: [UInt8], _ order: IncrementOrder
    ) -> Result<IncrementReport, AnalysisFailure> {
        do throws(AnswerFault) {
            let report = try IncrementAnswer.decode(answer, thresholds: order.thresholds, showing: order.extent)
            if report.isOutOfTime {
                return .failure(AnalysisFailure(cause: .time, detail: "the comparison ran out of time"))
            }
            return .success(report)
        } catch {
            return .failure(AnalysisFailure(cause: .garbage, detail: "\(error)"))
        }
    }

    private func tryBlocking(_ attempt: SandboxAttempt, _ file: OpenFile, _ abort: Abort) -> SandboxProof.Trial {
        let begun = ContinuousClock.now
        do {
            let child = try starter.child(for: file, memoryBytes: limits.memoryBytes, rules: nil)
            abort.arm(child.killer)
            defer { abort.disarm() }
            try child.socket.send(SandboxTrial.encode(attempt), timeout: limits.grace)
            let layers = try child.socket.receive(timeout: limits.grace)
            let start = ContinuousClock.now - begun
            let code = try child.socket.receive(timeout: limits.grace)
            let status = child.status(within: limits.grace)
            if abort.disarm(), status != nil { starter.giveBack(child) } else { child.killer.kill() }
            return SandboxProof.Trial(
                attempt: attempt, outcome: .init(code: code, status: status),
                layers: layers.map { String(decoding: $0, as: UTF8.self) } ?? "", start: start)
        } catch {
            return SandboxProof.Trial(attempt: attempt, outcome: .unknown("\(error)"), layers: "", start: .zero)
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
        case .exited(ChildChannel.noProcess):
            AnalysisFailure(cause: .crash, detail: "the system has no process left for an analysis")
        case .exited(let code): AnalysisFailure(cause: .crash, detail: "exit code \(code)")
        case .signalled(ChildSignal.badSystemCall):
            AnalysisFailure(cause: .crash, detail: "it asked the system for what the sandbox refuses and was ended")
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

/// The signals whose meaning is known when a child ends by them. Spec: Linux signal(7).
public enum ChildSignal {
    static let kill: Int32 = 9
    /// It asked the system for what the sandbox refuses.
    public static let badSystemCall: Int32 = 31
    static let processorTime: Int32 = 24
}

/// Kills a child on request, whether the request comes before or after it was started.
private final class Abort: Sendable {
    private struct State {
        var killer: ChildKiller?
        var isRequested = false
    }

    private let state = Lock(State())

    /// From now on a request does nothing. Answers whether none came before.
    @discardableResult
    func disarm() -> Bool {
        state.withLock { state in
            state.killer = nil
            return !state.isRequested
        }
    }

    func arm(_ killer: ChildKiller) {
        let isRequested = state.withLock { state in
            state.killer = killer
            return state.isRequested
        }
        if isRequested { killer.kill() }
    }

    func request() {
        // Under the lock, so that nothing is killed that was disarmed meanwhile.
        state.withLock { state in
            state.isRequested = true
            state.killer?.kill()
        }
    }
}
