/// Every verb of `jurat`, in the order of the help.
enum CommandTable {
    static let all: [Command] =
        [InitCommand.command, ServeCommand.command, WorkerCommand.command, StatusCommand.command]
        + HoldsCommands.all + [WhyCommand.command] + LogCommands.all + VerdictCommands.all + AdvisoriesCommands.all
        + ConfigCommands.all
        + BackupCommands.all + [
            FsckCommand.command, CanaryCommand.command, VersionCommand.command, DocumentationCommand.command,
        ]
}
