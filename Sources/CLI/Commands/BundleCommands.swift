import Cryptography
import JSON
import Platform
import Registry
import Screening
import TransparencyLog
import VerdictStore

/// `jurat bundle`: verdicts of a log in a file that others can check without asking anybody.
enum BundleCommands {
    static let all: [Command] = [
        Command(
            ["bundle", "export"], "write verdicts of this log into a file that others can verify",
            options: [
                .value("purl", "PURL", "only this package or version"),
                .value("integrity", "SHA512", "only these bytes (sha512-… or 128 hexadecimal digits)"),
                .value("analyzer", "NAME", "only verdicts of this analyzer"),
                .value("verdict", "VERDICT", "only verdicts that are clean, suspicious or malicious"),
                .value("since-index", "N", "only entries from this log index on"),
                .value("since-checkpoint", "SIZE", "also prove that the log continues its state of SIZE entries"),
                .value("output", "FILE", "where to write it; - is standard output", letter: "o"),
                .flag("dry-run", "say what would be written"),
            ],
            example: "jurat bundle export --verdict malicious --output verdicts.intoto.jsonl", run: export),
        Command(
            ["bundle", "inspect"], "print what a bundle says, without believing it", operands: ["FILE"],
            options: [
                .value("limit", "N", "print at most so many entries (default 1000)"), OutputFormat.option,
            ],
            example: "jurat bundle inspect verdicts.intoto.jsonl", run: inspect),
        Command(
            ["bundle", "verify"], "check every signature and proof of a bundle", operands: ["FILE"],
            options: BundleTrust.options + [OutputFormat.option],
            example: "jurat bundle verify verdicts.intoto.jsonl --key VKEY --root KEYID", run: verify),
        BundleImportCommand.command,
    ]

    // MARK: Export

    private static func export(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let selection = try selection(invocation)
        let console = invocation.surroundings.console
        let isDryRun = invocation.has("dry-run")
        let output = invocation.value("output") ?? (console.isTerminal ? nil : "-")
        guard let output = isDryRun ? "-" : output else {
            throw CommandFailure(.usage, "name a file with --output FILE, or - for standard output")
        }
        let reader = try LogCommands.reader(invocation)
        let export = BundleExport(
            reader, selection: selection, sinceCheckpoint: try number(invocation, "since-checkpoint"),
            note: try PublishedHead.note(of: reader, invocation))
        let progress = ProgressLine(console: console, what: "entries")
        defer { progress.finish() }
        let summary: BundleExport.Summary
        do throws(ExchangeFailure) {
            if isDryRun {
                summary = try export.write(to: { (_) throws(ExchangeFailure) in }, progress: progress.show)
            } else if output == "-" {
                summary = try export.write(
                    to: { (piece) throws(ExchangeFailure) in console.text(String(decoding: piece, as: UTF8.self)) },
                    progress: progress.show)
            } else {
                summary = try write(export, to: output, progress)
            }
        } catch {
            throw failure(error)
        }
        let text =
            "\(summary.statements) entries of \(summary.origin) at size \(summary.treeSize): "
            + describe(summary.counts) + " · \(summary.sizeBytes) bytes · sha256 \(summary.digest.hex)"
        if isDryRun {
            console.line("would write " + text)
        } else if output == "-" {
            console.note("wrote " + text)
        } else {
            console.line("wrote \(output): " + text)
        }
        return .success
    }

    /// The file appears whole or not at all.
    private static func write(
        _ export: BundleExport, to path: String, _ progress: ProgressLine
    ) throws(ExchangeFailure) -> BundleExport.Summary {
        do {
            var file = try TemporaryFile.create(inDirectory: Files.directory(of: path), mode: 0o644)
            let summary = try export.write(
                to: { (piece) throws(ExchangeFailure) in
                    do throws(FileError) { try file.write(piece) } catch { throw .file(error) }
                }, progress: progress.show)
            try file.commit(to: path.contains("/") ? path : "./" + path)
            return summary
        } catch let error as ExchangeFailure {
            throw error
        } catch let error as FileError {
            throw .file(error)
        } catch {
            preconditionFailure("an export threw something undeclared: \(error)")
        }
    }

    private static func selection(_ invocation: Invocation) throws(CommandFailure) -> BundleSelection {
        var selection = BundleSelection(sinceIndex: try number(invocation, "since-index"))
        do {
            if let text = invocation.value("purl") { selection.purl = try PackageURL(parsing: text) }
            if let text = invocation.value("analyzer") { selection.analyzer = try AnalyzerID(parsing: text) }
            if let text = invocation.value("integrity") {
                let digest =
                    try text.hasPrefix("sha512-") ? ClaimedIntegrity(sri: text).sha512 : SHA512Digest(hex: text)
                guard let digest else {
                    throw CommandFailure(.usage, "--integrity is \(text); expected a sha512 integrity")
                }
                selection.integrity = digest
            }
        } catch {
            throw error as? CommandFailure ?? CommandFailure(.usage, "\(error)")
        }
        if let text = invocation.value("verdict") {
            guard let verdict = Verdict(rawValue: text) else {
                throw CommandFailure(.usage, "--verdict is \(text); expected clean, suspicious or malicious")
            }
            selection.verdict = verdict
        }
        return selection
    }

    private static func number(_ invocation: Invocation, _ name: String) throws(CommandFailure) -> UInt64? {
        guard let text = invocation.value(name) else { return nil }
        guard let number = UInt64(text), number <= UInt64(CanonicalJSON.maxInteger) else {
            throw CommandFailure(.usage, "--\(name) is \(text); expected a whole number from 0")
        }
        return number
    }

    // MARK: Inspect

    private static func inspect(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let limit = try invocation.number("limit", in: 0...1_000_000, default: 1000)
        let bundle = try receive(invocation)
        var listing = Listing(
            columns: [
                .init("LINE"), .init("INDEX"), .init("KIND"), .init("PACKAGE"), .init("ANALYZER"), .init("VERDICT"),
                .init("STATEMENT", wide: true), .init("SIGNER", wide: true),
            ], emptyNote: "no entries")
        var keys = BundleKeys(origin: bundle.origin)
        for position in 0..<min(limit, Int(clamping: bundle.statements)) {
            let entry: ReceivedEntry
            do throws(ExchangeFailure) { entry = try bundle.entry(position) } catch { throw failure(error) }
            listing.rows.append(row(entry))
            keys.note(entry.statement)
        }
        let console = invocation.surroundings.console
        switch format {
        case .json:
            var record = summary(bundle)
            record.set("verified", false)
            record.set("logKeys", .array(keys.logKeys.map { .string($0) }))
            record.set("rootKeys", .array(keys.rootKeys.map { .string($0) }))
            record.set("entries", .array(listing.rows.map(\.record)))
            console.line(JSONText.string(.object(record), pretty: true))
        case .jsonl, .csv: console.text(listing.rendered(as: format, isTerminal: console.isTerminal))
        case .table, .wide:
            console.note(
                "\(bundle.origin) at size \(bundle.checkpoint.size), root \(bundle.checkpoint.root.hex): "
                    + "\(bundle.statements) entries · nothing of this is verified (jurat bundle verify)")
            for key in keys.logKeys { console.note("log key   \(key)") }
            for key in keys.rootKeys { console.note("root key  \(key)") }
            console.text(listing.rendered(as: format, isTerminal: console.isTerminal))
        }
        return .success
    }

    private static func row(_ entry: ReceivedEntry) -> (cells: [String], record: JSONValue) {
        var record: JSONObject = [
            "line": .integer(Int64(entry.line)), "logIndex": .integer(Int64(clamping: entry.logIndex)),
            "kind": .string(kind(entry.statement)), "statement": .string(entry.statementID.hex),
            "signer": .string(entry.signer.hex),
        ]
        var (purl, analyzer, verdict) = ("", "", "")
        if let subject = entry.statement.subject {
            purl = subject.purl.text
            record.set("purl", .string(purl))
            record.set("sha512", .string(subject.sha512.hex))
        }
        if case .verdict(let stated) = entry.statement {
            (analyzer, verdict) = (stated.analyzer.id.text, stated.verdict.rawValue)
            record.set("analyzer", .string(analyzer))
            record.set("verdict", .string(verdict))
        }
        let cells = [
            String(entry.line), String(entry.logIndex), kind(entry.statement), purl, analyzer, verdict,
            String(entry.statementID.hex.prefix(12)), String(entry.signer.hex.prefix(12)),
        ]
        return (cells, .object(record))
    }

    private static func kind(_ statement: Statement) -> String {
        switch statement {
        case .verdict: "verdict"
        case .disposition: "disposition"
        case .keyEvent: "key-event"
        case .revocation: "revocation"
        case .importReceipt: "import-receipt"
        case .logSuccession: "log-succession"
        }
    }

    // MARK: Verify

    private static func verify(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let bundle = try receive(invocation)
        let verified = try verified(bundle, with: try BundleTrust.trust(in: invocation, for: bundle.origin), invocation)
        let console = invocation.surroundings.console
        guard format == .json || format == .jsonl else {
            console.line(
                "\(bundle.statements) entries · \(bundle.statements) inclusion proofs · "
                    + "\(verified.checkpoint.cosignatures.count) witnesses · \(describe(verified.counts))")
            console.line("all hold in \(bundle.origin) at size \(bundle.checkpoint.size)")
            return .success
        }
        var record = summary(bundle)
        record.set("verified", true)
        record.set("witnesses", .array(verified.checkpoint.cosignatures.map { .string($0.verifier.name) }))
        record.set("counts", counts(verified.counts))
        console.line(JSONText.string(.object(record), pretty: format == .json))
        return .success
    }

    // MARK: For all of them

    static func receive(_ invocation: Invocation) throws(CommandFailure) -> ReceivedBundle {
        let progress = ProgressLine(console: invocation.surroundings.console, what: "bytes read")
        defer { progress.finish() }
        let file: OpenFile
        do throws(FileError) {
            file = try OpenFile.openForReading(invocation.operands[0])
        } catch {
            throw CommandFailure(error.isNotFound ? .notFound : .failure, "\(error)")
        }
        do throws(ExchangeFailure) {
            return try ReceivedBundle(file: file, progress: progress.show)
        } catch {
            throw failure(error)
        }
    }

    static func verified(
        _ bundle: ReceivedBundle, with trust: TrustedLog, _ invocation: Invocation
    ) throws(CommandFailure) -> VerifiedBundle {
        let progress = ProgressLine(console: invocation.surroundings.console, what: "entries verified")
        defer { progress.finish() }
        do throws(ExchangeFailure) {
            return try VerifiedBundle(
                verifying: bundle, with: trust, at: invocation.surroundings.clock.now(), progress: progress.show)
        } catch {
            throw failure(error)
        }
    }

    static func describe(_ counts: BundleCounts) -> String {
        "\(counts.verdicts) verdicts (\(counts.malicious) malicious, \(counts.suspicious) suspicious), "
            + "\(counts.dispositions) dispositions, \(counts.keyEvents) key events"
    }

    private static func counts(_ counts: BundleCounts) -> JSONValue {
        [
            "clean": .integer(Int64(clamping: counts.clean)),
            "suspicious": .integer(Int64(clamping: counts.suspicious)),
            "malicious": .integer(Int64(clamping: counts.malicious)),
            "dispositions": .integer(Int64(clamping: counts.dispositions)),
            "keyEvents": .integer(Int64(clamping: counts.keyEvents)),
            "others": .integer(Int64(clamping: counts.others)),
        ]
    }

    private static func summary(_ bundle: ReceivedBundle) -> JSONObject {
        var record: JSONObject = [
            "origin": .string(bundle.origin), "treeSize": .integer(Int64(clamping: bundle.checkpoint.size.value)),
            "root": .string(bundle.checkpoint.root.hex), "statements": .integer(Int64(clamping: bundle.statements)),
            "sizeBytes": .integer(Int64(clamping: bundle.sizeBytes)), "sha256": .string(bundle.digest.hex),
            "selection": bundle.selection.record,
        ]
        if let size = bundle.consistentSince { record.set("consistentSince", .integer(Int64(clamping: size))) }
        return record
    }

    static func failure(_ error: ExchangeFailure) -> CommandFailure {
        let code: ExitCode =
            switch error {
            case .line, .checkpoint, .entry, .splitView, .rolledBack, .unprovenConsistency, .wrongEntries, .damaged,
                .notTrusted, .trustExpired:
                .verificationFailed
            case .log(let error): LogCommands.failure(error).code
            case .tooLarge, .overQuota, .busy, .receipt, .database, .file: .failure
            }
        return CommandFailure(code, "\(error)")
    }
}
