import Cryptography
import JSON
import Platform
import VerdictStore

/// `jurat log succeed`: ends a log that cannot go on, or is to have another name, and begins the next. No server may run.
enum SuccessionCommand {
    static let command = Command(
        ["log", "succeed"], "give a log that went back, forked or is renamed a successor",
        options: [
            .value("origin", "NAME", "the new log's name (required)"),
            ReasonOption.option,
            .value("root-key", "FILE", "key file of a root key; as often as must sign together", isRepeatable: true),
            PassphraseOption.option,
            .flag("dry-run", "verify the old log, say what would be taken over, and write nothing"),
            OutputFormat.option,
        ],
        example: "jurat log succeed --origin packages.example.com/verdicts-2 --reason \"restored an old copy\" "
            + "--root-key /media/safe/root.key", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        let origin = try invocation.required("origin")
        let reason = try ReasonOption.read(invocation)
        let passphrase = invocation.value(PassphraseOption.name)
        let roots = try (invocation.values["root-key"] ?? []).map { (path) throws(CommandFailure) in
            try SigningKeyFile.load(path, passphrasePath: passphrase)
        }
        guard !roots.isEmpty else {
            throw CommandFailure(.usage, "log succeed needs --root-key FILE: root keys declare a succession")
        }
        let place = try CheckedPlace(invocation)
        let console = invocation.surroundings.console
        let progress = ProgressLine(console: console, what: "")
        let logger = try LogLevelOption.logger(invocation)
        do {
            let succession = try LogSuccession(
                place.data, origin: origin,
                logKeys: try PassphraseOption.store(
                    place.data.keysDirectory, passphrasePath: passphrase ?? place.passphrasePath
                ).logKeys(),
                rootKeys: roots, reason: reason, now: invocation.surroundings.clock.now(), logger: logger
            ) { what, done, all in progress.show(done, of: all, what) }
            let report = try invocation.has("dry-run") ? succession.rehearse() : succession.run()
            progress.finish()
            print(report, isRehearsal: invocation.has("dry-run"), format, on: console)
            return .success
        } catch let error as LogError {
            progress.finish()
            throw LogCommands.failure(error)
        } catch {
            progress.finish()
            throw error as? CommandFailure ?? CommandFailure(.failure, "\(error)")
        }
    }

    private static func print(
        _ report: LogSuccession.Report, isRehearsal: Bool, _ format: OutputFormat, on console: Console
    ) {
        guard format != .json && format != .jsonl else {
            console.line(JSONText.string(record(of: report, isRehearsal), pretty: format == .json))
            return
        }
        console.line(
            "\(report.predecessor) (\(report.predecessorSize) entries, root \(report.predecessorRoot.hex.prefix(16))…) "
                + "\(isRehearsal ? "would be" : "is") continued by \(report.successor)")
        console.line(
            "\(report.carried) statements taken over, \(report.void) left behind as void, \(report.keys) keys"
                + (report.endsInOrder ? "; the old log says that it ended" : ""))
        guard !isRehearsal else { return }
        if let kept = report.keptLog { console.line("the old log is kept as \(kept)") }
        if let kept = report.keptAnchor { console.line("its anchor is kept as \(kept)") }
        console.line("peers name the new log by \(report.verifier)")
        console.note(
            "what was signed after the state taken over is lost: repeat rulings and key changes of that time, and tell "
                + "peers about the new origin. next: jurat fsck, then jurat serve")
    }

    private static func record(of report: LogSuccession.Report, _ isRehearsal: Bool) -> JSONValue {
        [
            "predecessor": [
                "origin": .string(report.predecessor), "size": .integer(Int64(clamping: report.predecessorSize)),
                "root": .string(report.predecessorRoot.hex), "endsInOrder": .bool(report.endsInOrder),
            ],
            "successor": .string(report.successor), "verifier": .string(report.verifier),
            "carried": .integer(Int64(clamping: report.carried)), "void": .integer(Int64(clamping: report.void)),
            "keys": .integer(Int64(report.keys)), "size": .integer(Int64(clamping: report.size)),
            "keptLog": report.keptLog.map { .string($0) } ?? .null,
            "keptAnchor": report.keptAnchor.map { .string($0) } ?? .null, "dryRun": .bool(isRehearsal),
        ]
    }
}
