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
    unsafe signal(SIGPIPE, SIG_IGN)
    let environment = ProcessEnvironment.system()
    let console = Console.standard(environment: environment)
    let surroundings = Surroundings(
        environment: environment, console: console, clock: SystemWallClock(), executablePath: executablePath(words))
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

private func executablePath(_ words: [String]) -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { bytes in
        unsafe readlink("/proc/self/exe", bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : words.first ?? "jurat"
}
