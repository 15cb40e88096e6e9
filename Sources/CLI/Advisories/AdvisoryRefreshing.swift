import Advisories
import Configuration
import Gateway
import Platform
import Registry

/// Keeps the advisories of a running server new: starts `jurat advisories sync` as a child when a source is due, and takes
/// over whatever any process installs.
///
/// An import needs hundreds of megabytes for seconds and reads what strangers sent; in a child, neither its memory nor a
/// crash is the server's.
final class AdvisoryRefreshing: Sendable {
    private struct State {
        var schedule: RefreshSchedule
        /// When the next look is due; nil without sources.
        var nextAt: Timestamp?
        var chance = 0.0
        /// Children in a row that ended badly without writing down why.
        var unexplained = 0
        var lastEnd: Timestamp?
        var running: ChildKiller?
        var isStopping = false
    }

    private enum Errand {
        case takeOver
        case refresh
    }

    private let directory: AdvisoryDirectory
    private let launch: RefreshLaunch
    private let clock: any WallClock
    private let logger: Logger
    /// Has the server take over the files as they are; blocks.
    private let onChange: @Sendable () -> Void
    private let state: Lock<State>
    private let thread = BlockingThread(name: "advisories")
    private let errands: AsyncStream<Errand>
    private let errand: AsyncStream<Errand>.Continuation

    init(
        directory: AdvisoryDirectory, settings: AdvisorySettings, launch: RefreshLaunch, clock: any WallClock,
        logger: Logger, onChange: @escaping @Sendable () -> Void
    ) {
        self.directory = directory
        self.launch = launch
        self.clock = clock
        self.logger = logger.labelled("advisories")
        self.onChange = onChange
        state = Lock(State(schedule: RefreshSchedule(settings)))
        // Few may wait: each looks at everything that there is, and what is dropped is asked for by the next look.
        (errands, errand) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(2))
        plan(at: clock.now())
    }

    /// What status and metrics say of the next look.
    var plan: AdvisoryRefreshPlan {
        state.withLock { AdvisoryRefreshPlan(nextAt: $0.nextAt, isRunning: $0.running != nil) }
    }

    /// Does what is due until `stop`.
    func run() async {
        for await errand in errands {
            switch errand {
            case .takeOver: await takeOver()
            case .refresh: await refresh()
            }
        }
        thread.stop()
    }

    /// Ends the child that runs, and `run`.
    func stop() {
        let running = state.withLock { state in
            state.isStopping = true
            return state.running
        }
        running?.kill(SignalInbox.terminate)
        errand.finish()
    }

    /// Looks whether something is to be done; to be called every second or so. Costs a few system calls.
    func look() {
        if directory.hasChangedOnDisk() { errand.yield(.takeOver) }
        let now = clock.now()
        let (isDue, isLost) = state.withLock { state in
            guard state.running == nil, let next = state.nextAt else { return (false, false) }
            return (next <= now, next > now.adding(state.schedule.refresh * 2 + .seconds(86_400)))
        }
        // After the clock went back, a moment that far away was never meant.
        if isLost { plan(at: now) }
        if isDue { errand.yield(.refresh) }
    }

    /// Takes over other sources, or another pace.
    func configurationChanged(_ settings: AdvisorySettings) {
        let schedule = RefreshSchedule(settings)
        let isOther = state.withLock { state in
            defer { state.schedule = schedule }
            return state.schedule != schedule
        }
        if isOther { plan(at: clock.now()) }
    }

    // MARK: Steps

    private func takeOver() async {
        guard directory.hasChangedOnDisk() else { return }
        await thread.run { self.onChange() }
        plan(at: clock.now())
    }

    private func refresh() async {
        let started = clock.now()
        // It may have been done since it was asked for.
        guard let next = state.withLock({ $0.isStopping ? nil : $0.nextAt }), next <= started else { return }
        let before = directory.sources
        let problem = await thread.run { self.runChild() }
        guard !state.withLock({ $0.isStopping }) else { return }
        await thread.run { self.onChange() }
        let isExplained = directory.sources != before
        if let problem, !isExplained { logger.warning("a refresh \(problem); what was loaded before stays in force") }
        state.withLock { state in
            state.unexplained = problem != nil && !isExplained ? state.unexplained + 1 : 0
            state.lastEnd = clock.now()
        }
        plan(at: clock.now())
        if problem != nil, let next = plan.nextAt { logger.info("the next look at the sources is at \(next)") }
    }

    /// Runs one import to its end. Blocks.
    ///
    /// - Returns: what went wrong, if anything did.
    private func runChild() -> String? {
        do throws(SpawnError) {
            let words = try OutputPipe()
            let child = try launch.start(writingTo: words)
            let killer = child.killer
            let isStopping = state.withLock { state in
                state.running = killer
                return state.isStopping
            }
            // A stop that came between the check and this line found nobody to tell.
            if isStopping { killer.kill(SignalInbox.terminate) }
            words.forEachLine { logger.say($0) }
            let status = child.wait()
            state.withLock { $0.running = nil }
            return status.isSuccess ? nil : "ended badly (\(status))"
        } catch {
            return "could not be started: \(error)"
        }
    }

    private func plan(at now: Timestamp) {
        let (states, loaded) = (directory.sources, loadedEcosystems)
        state.withLock { state in
            var random = SystemRandom()
            state.chance = Double.random(in: 0..<1, using: &random)
            let next = state.schedule.next(after: states, loaded: loaded, now: now, chance: state.chance)
            guard state.unexplained > 0, let end = state.lastEnd, let due = next else {
                state.nextAt = next
                return
            }
            state.nextAt = max(due, end.adding(state.schedule.backoff(state.unexplained)))
        }
    }

    private var loadedEcosystems: Set<Ecosystem> {
        // A snapshot that cannot be read is as good as none: its sources are due.
        Set((try? directory.current())?.recordCounts.keys.map(\.self) ?? [])
    }
}

/// How `serve` starts an import.
struct RefreshLaunch: Sendable {
    let executable: String
    let configurationPath: String
    let environment: ProcessEnvironment

    /// Bounds on what a bundle can make an import use; far above what the largest public ones need.
    private static let limits = ResourceLimits(addressSpaceBytes: 16 << 30, cpuSeconds: 1800)

    /// Starts the import; its words come through the pipe, whose other end it alone has then.
    func start(writingTo words: OutputPipe) throws(SpawnError) -> ChildProcess {
        defer { words.closeWriteEnd() }
        let variables = environment.names.compactMap { name in environment[name].map { "\(name)=\($0)" } }
        return try ChildProcess.spawn(
            executable: executable, arguments: ["advisories", "sync", "--config", configurationPath],
            environment: variables,
            inheriting: [(descriptor: words.writeEnd, as: 1), (descriptor: words.writeEnd, as: 2)],
            limits: Self.limits, diesWithParent: true, workingDirectory: nil)
    }
}

extension Logger {
    /// Writes down a line of another command of ours: its complaints begin with its name.
    fileprivate func say(_ line: String) {
        let prefix = "jurat: "
        line.hasPrefix(prefix) ? warning(String(line.dropFirst(prefix.count))) : info(line)
    }
}
