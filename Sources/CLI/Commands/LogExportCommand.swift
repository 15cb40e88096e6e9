import JSON
import Platform
import VerdictStore

/// `jurat log export`: the log as static files that any web server can serve and any C2SP client can read.
enum LogExportCommand {
    static let command = Command(
        ["log", "export"], "write the log as static files, or what is new since the last time",
        options: [
            .value("to", "DIR", "the directory (default log-export)"),
            .flag("dry-run", "say what would be written, write nothing"), OutputFormat.option,
        ],
        example: "jurat log export --to /srv/www/verdicts", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        let reader = try LogCommands.reader(invocation)
        let published = try PublishedHead.note(of: reader, invocation)
        let console = invocation.surroundings.console
        let isRehearsal = invocation.has("dry-run")
        let progress = ProgressLine(console: console, what: "files")
        let report = try LogCommands.reading { () throws(LogError) in
            defer { progress.finish() }
            return try reader.export(
                to: invocation.value("to") ?? "log-export", under: published, isRehearsal: isRehearsal,
                progress: progress.show)
        }
        guard format == .json || format == .jsonl else {
            let verb = isRehearsal ? "would write" : "wrote"
            console.line(
                "\(verb) \(report.entryBundles) entry bundles and \(report.tiles) tiles (\(report.bytes >> 10) KiB) to "
                    + "\(report.directory): \(report.origin) from \(report.olderSize) to \(report.size) entries")
            return .success
        }
        let record: JSONValue = [
            "origin": .string(report.origin), "directory": .string(report.directory),
            "from": .integer(Int64(clamping: report.olderSize)), "size": .integer(Int64(clamping: report.size)),
            "tiles": .integer(Int64(report.tiles)), "entryBundles": .integer(Int64(report.entryBundles)),
            "bytes": .integer(Int64(clamping: report.bytes)), "dryRun": .bool(isRehearsal),
        ]
        console.line(JSONText.string(record, pretty: format == .json))
        return .success
    }
}
