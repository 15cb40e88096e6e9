import Cryptography
import JSON
import Platform
import Registry
import Screening
import TransparencyLog
import VerdictStore

/// `jurat log`: the signed head, and the proof that everything below it holds. Needs no server.
enum LogCommands {
    static let all: [Command] =
        [
            Command(
                ["log", "head"], "print the newest signed checkpoint", options: [OutputFormat.option],
                example: "jurat log head -o json", run: head),
            Command(
                ["log", "verify"], "check every signature, every leaf and the root",
                options: [
                    .value(
                        "from-checkpoint", "FILE", "also prove that this older checkpoint is a prefix (- reads it here)"
                    ),
                    .value("key", "VKEY", "the log key that signed it (default: the keys in the log)"),
                    OutputFormat.option,
                ],
                example: "jurat log verify --from-checkpoint kept.txt", run: verify),
            LogProveCommand.command, LogExportCommand.command,
        ] + LogWitnessCommands.all

    /// The data directory. Where the configuration cannot be used, `./data` is tried: checking must not depend on a good
    /// configuration.
    static func data(_ invocation: Invocation) throws(CommandFailure) -> DataDirectory {
        do { return try Deployment(invocation).data } catch {
            guard Files.exists("data/verdicts.db"), invocation.value("config") == nil else { throw error }
            return DataDirectory(path: "data")
        }
    }

    /// Opens the log for reading.
    static func reader(_ invocation: Invocation) throws(CommandFailure) -> LogReader {
        let data = try data(invocation)
        do { return try LogReader(data) } catch { throw failure(error) }
    }

    /// Runs reads of the log as part of a command.
    static func reading<Outcome>(_ body: () throws(LogError) -> Outcome) throws(CommandFailure) -> Outcome {
        do throws(LogError) { return try body() } catch { throw failure(error) }
    }

    /// A number of entries, or the index of one, as the command line gives it.
    static func entryCount(_ name: String, _ text: String) throws(CommandFailure) -> UInt64 {
        guard let size = TreeSize(decimal: text.utf8) else {
            throw CommandFailure(
                .usage, "\(name) is \(Logger.printable(text)); expected a number without leading zeroes")
        }
        return size.value
    }

    /// The size that a checkpoint of this log was signed for.
    static func size(of note: SignedNote) throws(CommandFailure) -> UInt64 {
        do throws(CheckpointError) { return try Checkpoint(parsing: note.text).size.value } catch {
            throw CommandFailure(.verificationFailed, "\(error)")
        }
    }

    static func failure(_ error: LogError) -> CommandFailure {
        let code: ExitCode =
            switch error {
            case .damaged, .rewound, .forked, .unusableAnchor, .notTheLogKey: .verificationFailed
            case .notInitialized: .notReady
            case .noSuchStatement: .notFound
            case .ambiguousStatement: .usage
            case .alreadyInitialized, .succeeded, .noSuccession, .locked, .refused, .wrongSequence, .overloaded,
                .closed, .ended, .badOrigin,
                .otherExport, .database, .file:
                .failure
            }
        return CommandFailure(code, "\(error)")
    }

    private static func head(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        let reader = try reader(invocation)
        let head = try reading { () throws(LogError) in try reader.head() }
        let console = invocation.surroundings.console
        guard format == .json || format == .jsonl else {
            console.text(head.note)
            return .success
        }
        let keys = try reading { () throws(LogError) in try reader.keyring().goodLogVerifiers(origin: head.origin) }
        let record: JSONValue = [
            "origin": .string(head.origin), "size": .integer(Int64(clamping: head.size)),
            "root": .string(head.root.hex), "note": .string(head.note),
            "keys": .array(keys.map { .string($0.vkey) }),
        ]
        console.line(JSONText.string(record, pretty: format == .json))
        return .success
    }

    private static func verify(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        let reader = try reader(invocation)
        let kept = try invocation.value("from-checkpoint").map { (path) throws(CommandFailure) in
            try KeptCheckpoint(path, keyText: invocation.value("key"))
        }
        let console = invocation.surroundings.console
        let progress = ProgressLine(console: console, what: "entries")
        let result: LogVerification
        do {
            result = try reader.verify { done, all in progress.show(done, of: all) }
            progress.finish()
        } catch {
            progress.finish()
            throw CommandFailure(.verificationFailed, "the log does not hold: \(error)")
        }
        let older = try kept?.check(against: reader)
        guard format == .json || format == .jsonl else {
            let tenths = Int((result.seconds * 10).rounded())
            let plural = result.dispositions == 1 ? "" : "s"
            console.line(
                "\(result.entries) entries · \(result.signatures) signatures · \(result.dispositions) disposition\(plural) by "
                    + "\(result.operatorKeys) keys · root matches checkpoint · \(tenths / 10).\(tenths % 10) s")
            if let older { console.line("the checkpoint of \(older.size) entries is a prefix of this log") }
            try show(result.chains, on: console)
            return .success
        }
        let record: JSONValue = [
            "origin": .string(result.origin), "entries": .integer(Int64(clamping: result.entries)),
            "signatures": .integer(Int64(clamping: result.signatures)),
            "dispositions": .integer(Int64(clamping: result.dispositions)),
            "operatorKeys": .integer(Int64(result.operatorKeys)), "root": .string(result.root.hex),
            "rootMatches": true,
            "prefix": older.map {
                ["size": .integer(Int64(clamping: $0.size.value)), "root": .string($0.root.hex)]
            } ?? .null,
            "chains": record(of: result.chains),
        ]
        console.line(JSONText.string(record, pretty: format == .json))
        return result.chains.broken.isEmpty ? .success : .verificationFailed
    }

    /// What verdicts about differences stand on, for people.
    ///
    /// - Throws: `CommandFailure` when a log in good order could not have one of them.
    private static func show(_ chains: ChainReport, on console: Console) throws(CommandFailure) {
        guard chains.verdicts > 0 else { return }
        console.line(
            "\(chains.verdicts) verdicts about differences · \(chains.broken.count) forged · \(chains.lapsed.count) lapsed"
        )
        for finding in chains.findings {
            console.line("  \(finding.isBroken ? "FORGED" : "lapsed"): \(finding)")
        }
        guard chains.broken.isEmpty else {
            throw CommandFailure(
                .verificationFailed,
                "the log holds, but \(chains.broken.count) verdicts in it stand on what cannot hold them. They count for "
                    + "nothing here; find out who signed them, and revoke them (jurat verdict revoke)")
        }
    }

    private static func record(of chains: ChainReport) -> JSONValue {
        let findings = chains.findings.map { finding -> JSONValue in
            [
                "logIndex": .integer(Int64(clamping: finding.logIndex)), "statement": .string(finding.statement.hex),
                "purl": .string(finding.purl.text), "baseStatement": .string(finding.baseStatement.hex),
                "fault": .string(finding.fault.rawValue), "isForged": .bool(finding.isBroken),
            ]
        }
        return ["verdicts": .integer(Int64(chains.verdicts)), "findings": .array(findings)]
    }
}
