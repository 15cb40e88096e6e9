import Gateway
import JSON
import Platform

/// `jurat holds watch`: the list as it changes, until interrupted.
enum HoldsWatchCommand {
    static let command = Command(
        ["holds", "watch"], "follow what is held until interrupted: a table on a terminal, else a line per change",
        options: [
            .value("interval", "SECONDS", "how often to look, 1 to 3600 (default 2)"),
            .value("output", "FORMAT", "table, wide or jsonl (default table)", letter: "o"),
        ],
        example: "jurat holds watch -o jsonl", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        switch format {
        case .table, .wide, .jsonl: break
        case .json, .csv:
            throw CommandFailure(.usage, "holds watch never ends, so it has no \(format.rawValue); use -o jsonl")
        }
        let seconds = try invocation.number("interval", in: 1...3600, default: 2)
        let watch = HoldsWatch(
            admin: try Deployment.server(invocation), console: invocation.surroundings.console,
            clock: invocation.surroundings.clock, format: format, interval: .seconds(seconds), pausing: SystemPause())
        let signals = SignalInbox()
        let watcher = signals.watch()
        defer { withExtendedLifetime(watcher) {} }
        let problem = await withTaskGroup(of: CommandFailure?.self) { group in
            group.addTask {
                for await _ in signals.received { break }
                return nil
            }
            group.addTask { await watch.run() }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        if let problem { throw problem }
        return .success
    }
}

/// Looks at the list again and again.
struct HoldsWatch: Sendable {
    let admin: AdminClient
    let console: Console
    let clock: any WallClock
    let format: OutputFormat
    let interval: Duration
    let pausing: any Pausing

    /// - Returns: why the first look failed; nil once cancelled. A server that goes away later is waited for.
    func run() async -> CommandFailure? {
        var shown: [JSONValue]?
        var isAway = false
        while !Task.isCancelled {
            do throws(CommandFailure) {
                let holds = try await admin.get("\(AdminClient.api)/holds")["holds"]?.arrayValue ?? []
                show(holds, after: shown)
                shown = holds
                isAway = false
            } catch {
                guard shown != nil else { return error }
                if !isAway, !Task.isCancelled { console.note("jurat: \(error.message); still watching") }
                isAway = true
            }
            await pausing.pause(for: interval)
        }
        return nil
    }

    private func show(_ holds: [JSONValue], after shown: [JSONValue]?) {
        let now = clock.now()
        if console.isTerminal, format != .jsonl {
            // Drawn anew each time: ages grow even where nothing changes.
            let table = HoldsTable.listing(holds, now: now).rendered(as: format, isTerminal: true)
            console.text("\u{1B}[H\u{1B}[2J\(table)\n\(now.rfc3339), every \(interval.components.seconds) s\n")
            return
        }
        for change in HoldChange.between(shown ?? [], holds) {
            console.line(
                format == .jsonl ? JSONText.string(change.record(at: now), pretty: false) : change.line(at: now))
        }
    }
}
