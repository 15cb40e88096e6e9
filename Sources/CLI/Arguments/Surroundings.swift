import Platform

/// Everything that the process was given, passed in once: no command reads ambient state.
struct Surroundings: Sendable {
    let environment: ProcessEnvironment
    let console: Console
    let clock: any WallClock
    /// The path of this very executable, for the processes that it starts.
    let executablePath: String
}
