/// `jurat version`.
enum VersionCommand {
    static let command = Command(
        ["version"], "print the version", example: "jurat version",
        run: { invocation async throws(CommandFailure) in
            invocation.surroundings.console.line("jurat \(JuratVersion.text)")
            return .success
        })
}
