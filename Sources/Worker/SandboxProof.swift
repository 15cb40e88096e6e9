public import Platform

/// The sandbox tried in earnest: a process confined exactly like the one that opens artifacts tries what it must not.
public struct SandboxProof: Sendable {
    /// What became of one attempt.
    public enum Outcome: Sendable, Equatable {
        /// The kernel refused with this error number.
        case refused(Int32)
        /// The kernel ended the process with this signal.
        case ended(Int32)
        /// It went through: the sandbox does not hold.
        case allowed
        /// Nobody can tell, and why.
        case unknown(String)

        /// Whether the wall held.
        public var isHeld: Bool {
            switch self {
            case .refused, .ended: true
            case .allowed, .unknown: false
            }
        }

        init(code: [UInt8]?, status: ExitStatus?) {
            switch (code.flatMap { Int32(String(decoding: $0, as: UTF8.self)) }, status) {
            case (0?, _): self = .allowed
            case (let number?, _): self = .refused(number)
            case (nil, .signalled(let signal)?): self = .ended(signal)
            case (nil, let status?): self = .unknown("the process \(status)")
            case (nil, nil): self = .unknown("the process did not end")
            }
        }
    }

    public struct Trial: Sendable {
        public let attempt: SandboxAttempt
        public let outcome: Outcome
        /// Which layers the process said that it has.
        public let layers: String
        /// From the order to start it until it was confined.
        public let start: Duration

        public init(attempt: SandboxAttempt, outcome: Outcome, layers: String, start: Duration) {
            self.attempt = attempt
            self.outcome = outcome
            self.layers = layers
            self.start = start
        }
    }

    /// One for each attempt.
    public let trials: [Trial]

    public init(trials: [Trial]) { self.trials = trials }

    /// Whether every wall held.
    public var isHeld: Bool { trials.allSatisfy { $0.outcome.isHeld } }

    /// The layers as the confined processes named them.
    public var layers: String { trials.first { !$0.layers.isEmpty }?.layers ?? "none" }

    /// The median time from the order to start a process until it was confined, without the first, which prepares.
    public var medianStart: Duration {
        let times = trials.dropFirst().map(\.start).filter { $0 > .zero }.sorted()
        return times.isEmpty ? .zero : times[times.count / 2]
    }

    /// Has confined processes try everything.
    ///
    /// - Parameter executablePath: the executable whose first argument `analysis-child` makes it one.
    public static func run(executablePath: String) async -> SandboxProof {
        await run(executable: executablePath, arguments: [ChildChannel.argument])
    }

    static func run(executable: String, arguments: [String], start: ChildStart = .copies(1000)) async -> SandboxProof {
        let limits = ChildLimits(deadline: .seconds(20), grace: .seconds(10))
        let runner = AnalysisRunner(
            executable: executable, arguments: arguments, limits: limits, start: start,
            pool: BlockingPool(name: "proof", threads: 1))
        var trials: [Trial] = []
        for attempt in SandboxAttempt.allCases {
            do throws(FileError) {
                // What an artifact would be: a file without a name.
                trials.append(await runner.trial(of: attempt, on: try MemoryFile(name: "proof").sealed()))
            } catch {
                trials.append(Trial(attempt: attempt, outcome: .unknown("\(error)"), layers: "", start: .zero))
            }
        }
        return SandboxProof(trials: trials)
    }
}
