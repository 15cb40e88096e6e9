import Analyzers
import Platform
import Screening

/// What a child does with its one artifact, on descriptor 3, for the supervisor on descriptor 4.
struct ChildJob {
    let analyzer: StaticAnalyzer
    let behaviour: AnalysisChild.Behaviour?

    private static let orderTimeout = Duration.seconds(10)
    private static let answerTimeout = Duration.seconds(30)
    private static let maxOrderBytes = 64 << 10

    /// Takes the order, shuts the process in, analyses, answers. Returns the exit code of the process.
    func run() -> Int32 {
        let socket = SequencedSocket(adopting: ChildChannel.socketDescriptor)
        guard let received = try? socket.receiveWithDescriptor(maxBytes: Self.maxOrderBytes, timeout: Self.orderTimeout)
        else {
            return ChildChannel.brokenOrder
        }
        let message = received.message
        // Closed when this ends, whatever the message says.
        let other = received.descriptor.flatMap { try? OpenFile(adopting: $0, path: "base") }
        if let attempt = SandboxTrial.attempt(decoding: message) {
            return SandboxTrial.run(attempt, answering: socket)
        }
        let review = ReviewOrder(decoding: message)
        let increment = IncrementOrder(decoding: message)
        guard let order = review?.analysis ?? increment?.analysis ?? AnalysisOrder(decoding: message),
            (increment == nil && review?.base == nil) == (other == nil),
            let artifact = try? OpenFile(adopting: ChildChannel.artifactDescriptor, path: "artifact")
        else { return ChildChannel.brokenOrder }
        guard order.ruleset == analyzer.revision.ruleset.digest else { return ChildChannel.foreignRules }
        MemoryExhaustion.exitOnCrash(addressSpaceBytes: order.memoryBytes)
        // From here on there is nothing but the descriptors that came.
        let sandbox = Sandbox.confine()
        guard sandbox.isComplete || order.allowsDegradedSandbox else { return ChildChannel.sandboxMissing }
        if let behaviour { return behaviour(order, artifact, socket) }
        do throws(MessageError) {
            let answer =
                review.map { material(for: $0, on: artifact, since: other) }
                ?? increment.map { self.answer(to: $0, on: artifact, base: other) } ?? answer(to: order, on: artifact)
            try ChildChannel.send(answer, over: socket, timeout: Self.answerTimeout)
            return 0
        } catch {
            // The supervisor is gone, and with it whoever wanted the answer.
            return 1
        }
    }

    private func material(for order: ReviewOrder, on artifact: OpenFile, since base: OpenFile?) -> [UInt8] {
        let (context, limits) = (order.analysis.context, order.analysis.limits)
        if let base, let baseContext = order.base {
            return ReviewPreparation.material(
                of: artifact, context: context, since: base, baseContext: baseContext, limits: limits, room: order.room
            ).encoded
        }
        return ReviewPreparation.material(of: artifact, context: context, limits: limits, room: order.room).encoded
    }

    private func answer(to order: IncrementOrder, on artifact: OpenFile, base: OpenFile?) -> [UInt8] {
        let (analysis, limits) = (order.analysis, order.analysis.limits)
        func named(_ file: OpenFile, _ context: ArtifactContext) -> ArtifactContext {
            StaticAnalyzer.identify(file, context: context, left: analysis.identification, limits: limits).context
        }
        return IncrementAnswer.encode(
            DiffAnalyzer.analyze(
                new: artifact, base: base, context: named(artifact, analysis.context),
                baseContext: base.map { named($0, order.base) }, thresholds: order.thresholds, limits: limits,
                showing: order.extent))
    }

    private func answer(to order: AnalysisOrder, on artifact: OpenFile) -> [UInt8] {
        let (context, identity) = StaticAnalyzer.identify(
            artifact, context: order.context, left: order.identification, limits: order.limits)
        let report = analyzer.analyze(artifact, context: context, limits: order.limits)
        return AnalysisAnswer.encode(report, identity: order.identification == .nothing ? nil : identity)
    }
}

/// An order to try one thing that the sandbox must refuse, instead of an analysis.
enum SandboxTrial {
    private static let prefix = Array("try ".utf8)

    static func encode(_ attempt: SandboxAttempt) -> [UInt8] { prefix + Array(attempt.rawValue.utf8) }

    static func attempt(decoding message: [UInt8]) -> SandboxAttempt? {
        guard message.starts(with: prefix) else { return nil }
        return SandboxAttempt(rawValue: String(decoding: message.dropFirst(prefix.count), as: UTF8.self))
    }

    /// Shuts the process in as for an analysis, says how far that went, tries, and says what came of it.
    static func run(_ attempt: SandboxAttempt, answering socket: SequencedSocket) -> Int32 {
        let sandbox = Sandbox.confine()
        do throws(MessageError) {
            try socket.send(Array("\(sandbox)".utf8), timeout: .seconds(10))
            let code = attempt.perform()
            try socket.send(Array("\(code)".utf8), timeout: .seconds(10))
            return 0
        } catch {
            return 1
        }
    }
}
