import Platform

#if canImport(Glibc)
    import Glibc
#endif

@main
struct Entry {
    static func main() async { exit(await runCommandLine(CommandLine.arguments)) }
}

/// Composition root of every process: gathers what the process was given, then runs one command.
@concurrent
nonisolated func runCommandLine(_ words: [String]) async -> Int32 {
    // A client that hangs up must be an error code, not the end of the process.
    SignalWatcher.ignoreBrokenPipes()
    let environment = ProcessEnvironment.system()
    let console = Console.standard(environment: environment)
    let surroundings = Surroundings(
        environment: environment, console: console, clock: SystemWallClock(), executablePath: ChildProcess.thisExecutable)
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
