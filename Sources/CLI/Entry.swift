import Platform
import Worker

#if canImport(Glibc)
    import Glibc
#endif

@main
struct Entry {
    static func main() { runProcess(CommandLine.arguments) }
}

/// Starts what the first word asks for, and ends the process with its code.
///
/// An analysis child stays with this one thread: its sandbox holds for threads that are made after it, and there must be
/// none before it. Everything else runs as a task while the main thread waits for the end.
nonisolated func runProcess(_ words: [String]) -> Never {
    if words.count > 1, words[1] == AnalysisChildCommand.word {
        exit(AnalysisChild.main(arguments: Array(words.dropFirst(2))))
    }
    Task.detached { exit(await runCommandLine(words)) }
    while true { pause() }
}

@concurrent
nonisolated func runCommandLine(_ words: [String]) async -> Int32 {
    // A client that hangs up must be an error code, not the end of the process.
    SignalWatcher.ignoreBrokenPipes()
    let environment = ProcessEnvironment.system()
    let console = Console.standard(environment: environment)
    let surroundings = Surroundings(
        environment: environment, console: console, clock: SystemWallClock(),
        executablePath: ChildProcess.thisExecutable)
    switch ArgumentParser(commands: CommandTable.all).parse(Array(words.dropFirst()), surroundings: surroundings) {
    case .help(let text):
        console.text(text)
        return ExitCode.success.rawValue
    case .complaint(let text):
        console.note("jurat: \(text)")
        return ExitCode.usage.rawValue
    case .run(let invocation):
        do {
            return try await invocation.command.run(invocation).rawValue
        } catch {
            console.note("jurat: \(error.message)")
            return error.code.rawValue
        }
    }
}
