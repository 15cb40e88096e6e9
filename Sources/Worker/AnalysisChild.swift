import Analyzers
import Platform
import Screening

/// The process that opens one artifact: it is started for it, confined, and ends with it.
public enum AnalysisChild {
    private static let orderTimeout = Duration.seconds(10)
    private static let answerTimeout = Duration.seconds(30)
    private static let maxOrderBytes = 64 << 10

    /// Runs as a child of a worker and returns the exit code.
    ///
    /// Call it before any other thread exists: the sandbox covers only this thread and those it starts. The artifact is
    /// on descriptor 3, the supervisor on descriptor 4; `arguments` are ignored.
    public static func main(arguments: [String]) -> Int32 {
        let socket = SequencedSocket(adopting: ChildChannel.socketDescriptor)
        guard let message = try? socket.receive(maxBytes: maxOrderBytes, timeout: orderTimeout),
            let order = AnalysisOrder(decoding: message),
            let artifact = try? OpenFile(adopting: ChildChannel.artifactDescriptor, path: "artifact")
        else { return ChildChannel.brokenOrder }
        guard order.ruleset == StaticAnalyzer.revision.ruleset.digest else { return ChildChannel.foreignRules }
        MemoryExhaustion.exitOnCrash(addressSpaceBytes: order.memoryBytes)
        let answer = StaticAnalyzer.withPreparedProcess { () -> [UInt8]? in
            // From here on there is nothing but the two descriptors.
            let sandbox = Sandbox.confine()
            guard sandbox.isComplete || order.allowsDegradedSandbox else { return nil }
            let (context, identity) = StaticAnalyzer.identify(
                artifact, context: order.context, left: order.identification, limits: order.limits)
            let report = StaticAnalyzer.analyze(artifact, context: context, limits: order.limits)
            return AnalysisAnswer.encode(report, identity: order.identification == .nothing ? nil : identity)
        }
        guard let answer else { return ChildChannel.sandboxMissing }
        do throws(MessageError) {
            try ChildChannel.send(answer, over: socket, timeout: answerTimeout)
            return 0
        } catch {
            // The supervisor is gone, and with it whoever wanted the answer.
            return 1
        }
    }
}
