import Configuration
import JSON
import Platform
import VerdictStore

/// `jurat backup` and `jurat restore`. Both work without a server; a backup also beside a running one.
enum BackupCommands {
    static let all: [Command] = [
        Command(
            ["backup"], "copy log, databases, hosted files and configuration while they are in use",
            operands: ["DESTINATION"],
            options: [
                .flag("with-keys", "copy private keys too; keep such a backup like the keys themselves"),
                .flag("dry-run", "say what would be copied, and write nothing"), OutputFormat.option,
            ],
            example: "jurat backup /backup/jurat-2026-11-21", run: backup),
        Command(
            ["restore"], "verify a backup, and put it back into an empty place", operands: ["BACKUP"],
            options: [
                .value(
                    "to", "DIR", "put jurat.yaml and data/ into this folder (default: where the configuration says)"),
                .flag("verify", "only verify: digests, every entry and signature, and the anchor"),
                .flag("dry-run", "verify and say what would be written, and write nothing"), OutputFormat.option,
            ],
            example: "jurat restore /backup/jurat-2026-11-21 --verify", run: restore),
    ]

    private static func backup(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        let place = try CheckedPlace(invocation)
        let console = invocation.surroundings.console
        let progress = ProgressLine(console: console, what: "")
        let writer = BackupWriter(
            data: place.data, configurationPath: invocation.configurationPath, hasKeys: invocation.has("with-keys"),
            now: invocation.surroundings.clock.now()
        ) { file, done, all in progress.show(done, of: all, "of \(file)") }
        let destination = invocation.operands[0]
        do {
            if invocation.has("dry-run") {
                printPlan(try writer.plan(), format, on: console)
                return .success
            }
            let manifest = try writer.write(to: destination)
            progress.finish()
            BackupReport(destination, manifest).print(format, on: console)
            if !manifest.hasKeys {
                console.note("keys are not part of it (--with-keys): keep \(place.data.keysDirectory) elsewhere")
            }
            return .success
        } catch {
            progress.finish()
            throw failure(error)
        }
    }

    private static func printPlan(
        _ plan: [(path: String, sizeBytes: Int64)], _ format: OutputFormat, on console: Console
    ) {
        var listing = Listing(columns: [.init("FILE"), .init("BYTES")], emptyNote: "nothing")
        for file in plan {
            listing.rows.append(
                ([file.path, String(file.sizeBytes)], ["file": .string(file.path), "bytes": .integer(file.sizeBytes)]))
        }
        console.text(listing.rendered(as: format, isTerminal: console.isTerminal))
    }

    private static func restore(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        let target = try RestoreTarget(invocation)
        let console = invocation.surroundings.console
        let progress = ProgressLine(console: console, what: "")
        let show: BackupWriter.Progress = { what, done, all in progress.show(done, of: all, what) }
        do {
            let backup = try Backup(at: invocation.operands[0])
            let isRehearsal = invocation.has("verify") || invocation.has("dry-run")
            // Asked first: nobody wants to hear this after minutes of verifying.
            if !isRehearsal { try backup.requireRoom(at: target.data) }
            _ = try backup.verify(progress: show)
            let standing = try backup.standing(to: target.data.anchorPath)
            if !isRehearsal { try backup.restore(to: target.data, progress: show) }
            progress.finish()
            var report = BackupReport(backup.path, backup.manifest)
            report.standing = standing
            report.anchorPath = target.data.anchorPath
            report.print(format, on: console)
            guard !isRehearsal else {
                if !invocation.has("verify") { console.note("would be written to \(target.data.path)/") }
                return .success
            }
            let wrote = try backup.restoreConfiguration(to: target.configurationPath)
            console.note("wrote \(target.data.path)/" + (wrote ? " and \(target.configurationPath)" : ""))
            advise(backup, standing, target, console)
            return .success
        } catch {
            progress.finish()
            throw failure(error)
        }
    }

    private static func advise(
        _ backup: Backup, _ standing: AnchorStanding, _ target: RestoreTarget, _ console: Console
    ) {
        if !backup.manifest.hasKeys {
            console.note("put the key files into \(target.data.keysDirectory)/: log.key and verdict.key are needed")
        }
        switch standing {
        case .current: console.note("next: jurat fsck, then jurat serve")
        case .unknown:
            console.note(
                "there is no anchor here: should the log have gone on after this backup, peers and witnesses will notice "
                    + "a second history. If it did, use a newer backup, or jurat log succeed; else: jurat fsck, jurat serve"
            )
        case .behind, .forked, .otherLog:
            console.note(
                "jurat serve will refuse to sign. Use a newer backup, or give the log a successor: "
                    + "jurat log succeed --origin NAME --reason TEXT --root-key FILE")
        }
    }

    static func failure(_ error: any Error) -> CommandFailure {
        guard let error = error as? BackupError else {
            return error as? CommandFailure ?? CommandFailure(.failure, "\(error)")
        }
        if case .log(let cause) = error { return LogCommands.failure(cause) }
        return CommandFailure(error.isFailedVerification ? .verificationFailed : .failure, "\(error)")
    }
}

/// Where a backup is put back to.
private struct RestoreTarget {
    let data: DataDirectory
    let configurationPath: String

    /// `--to DIR`; else what the configuration here says; else `./data` for a machine that has nothing yet.
    init(_ invocation: Invocation) throws(CommandFailure) {
        if let folder = invocation.value("to") {
            data = DataDirectory(path: folder + "/data")
            configurationPath = folder + "/jurat.yaml"
            return
        }
        configurationPath = invocation.configurationPath
        guard Files.exists(configurationPath) else {
            guard invocation.value("config") == nil else {
                throw CommandFailure(
                    .usage, "there is no \(configurationPath); name the folder to restore to with --to")
            }
            data = DataDirectory(path: "data")
            return
        }
        data = try Deployment(invocation).data
    }
}

/// What a backup is, for people or as JSON.
private struct BackupReport {
    let path: String
    let manifest: BackupManifest
    var standing: AnchorStanding?
    var anchorPath = ""

    init(_ path: String, _ manifest: BackupManifest) {
        self.path = path
        self.manifest = manifest
    }

    func print(_ format: OutputFormat, on console: Console) {
        guard format != .json && format != .jsonl else {
            console.line(JSONText.string(json, pretty: format == .json))
            return
        }
        console.line(
            "\(path): \(manifest.origin) of \(manifest.createdAt.rfc3339) · \(manifest.logSize) entries · "
                + "\(manifest.files.count) files, \(manifest.totalBytes) bytes · every digest, signature and leaf holds"
        )
        if let sentence = standing.map(sentence) { console.line(sentence) }
    }

    private func sentence(_ standing: AnchorStanding) -> String {
        switch standing {
        case .unknown: "there is no anchor at \(anchorPath) to compare with"
        case .current: "it has everything that the anchor \(anchorPath) has seen"
        case .behind(let entries, let size):
            "it is \(entries) entries behind the anchor \(anchorPath), which has seen \(size)"
        case .forked(let size): "the anchor \(anchorPath) has seen another history of \(size) entries"
        case .otherLog(let reason): "the anchor \(anchorPath) is of another log: \(reason)"
        }
    }

    private var json: JSONValue {
        var object: JSONObject = [
            "path": .string(path), "origin": .string(manifest.origin), "createdAt": .string(manifest.createdAt.rfc3339),
            "logSize": .integer(Int64(clamping: manifest.logSize)), "files": .integer(Int64(manifest.files.count)),
            "bytes": .integer(manifest.totalBytes), "keys": .bool(manifest.hasKeys), "holds": true,
        ]
        guard let standing else { return .object(object) }
        switch standing {
        case .unknown: object.append("anchor", "unknown")
        case .current: object.append("anchor", "current")
        case .behind(let entries, let size):
            object.append("anchor", "behind")
            object.append("missingEntries", .integer(Int64(clamping: entries)))
            object.append("anchorSize", .integer(Int64(clamping: size)))
        case .forked(let size):
            object.append("anchor", "forked")
            object.append("anchorSize", .integer(Int64(clamping: size)))
        case .otherLog: object.append("anchor", "otherLog")
        }
        return .object(object)
    }
}
