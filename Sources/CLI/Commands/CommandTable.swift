/// Every verb of `jurat`, in the order of the help.
enum CommandTable {
    static let all: [Command] =
        [
            InitCommand.command, ServeCommand.command, WorkerCommand.command, StatusCommand.command,
            DoctorCommand.command,
        ]
        + HoldsCommands.all + ExceptionCommands.all
        + [WhyCommand.command, DiffCommand.command, WhoCommand.command, CheckCommand.command, ScanCommand.command]
        + LogCommands.all
        + [SuccessionCommand.command] + VerdictCommands.all + BundleCommands.all + AdvisoriesCommands.all
        + [AdvisoriesQueryCommand.command]
        + WarmCommands.all + ConfigCommands.all
        + TrustCommands.all + KeyCommands.all
        + BackupCommands.all + [
            FsckCommand.command, CanaryCommand.command, VersionCommand.command, DocumentationCommand.command,
        ]
}
