import Cryptography
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// `jurat exception`: what allow and deny created. Looking needs no server.
enum ExceptionCommands {
    static let all: [Command] =
        [
            Command(
                ["exception", "list"], "list every allow and deny with its state, newest first",
                options: [
                    .flag("active", "only those that act now"),
                    .value("actor", "NAME", "only those of this operator"),
                    .value("purl", "PURL", "only those about this package or version"), OutputFormat.option,
                ],
                example: "jurat exception list --active", run: list),
            Command(
                ["exception", "show"], "print one ruling: record, state, what came before and after",
                operands: ["REF"], options: [OutputFormat.option], example: "jurat exception show 61f2", run: show),
        ] + ExceptionChanges.all

    private static func list(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        var purl: PackageURL?
        if let text = invocation.value("purl") {
            do throws(PackageURLError) { purl = try PackageURL(parsing: text) } catch {
                throw CommandFailure(.usage, "--purl: \(error)")
            }
        }
        var entries = try RulingBook(invocation).entries(about: purl, by: invocation.value("actor"))
        if invocation.has("active") { entries = entries.filter(\.state.isActive) }
        let console = invocation.surroundings.console
        console.text(listing(of: entries).rendered(as: format, isTerminal: console.isTerminal))
        return .success
    }

    static func listing(of entries: [RulingBook.Entry]) -> Listing {
        var listing = Listing(
            columns: [
                .init("REF"), .init("WHO"), .init("DECISION"), .init("PACKAGE"), .init("SCOPE"), .init("UNTIL"),
                .init("STATE"), .init("BECAUSE"), .init("INDEX", wide: true), .init("CREATED", wide: true),
                .init("KEY", wide: true), .init("REASON", wide: true),
            ], emptyNote: "no exceptions")
        for entry in entries {
            let ruling = entry.ruling
            let text = RulingText(ruling)
            listing.rows.append(
                (
                    [
                        entry.short, ruling.actor, ruling.decision.rawValue, text.package, text.scope,
                        ruling.expiresAt.map(RulingText.minutes) ?? "–", entry.state.word, entry.because,
                        String(entry.logged.logIndex), ruling.createdAt.rfc3339,
                        String(entry.logged.signer.hex.prefix(12)), Logger.printable(ruling.reason),
                    ], .object(entry.record)
                ))
        }
        return listing
    }

    private static func show(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        let book = try RulingBook(invocation)
        let entry = try book.entry(named: invocation.operands[0])
        let history = try book.history(of: entry)
        let seen = history.filter { entry.ruling.inViewOf.contains($0.logged.statementID) }
        let after = history.filter { $0.logged.logIndex > entry.logged.logIndex }
        let console = invocation.surroundings.console
        guard format == .json || format == .jsonl else {
            try printText(entry, seen: seen, after: after, on: console)
            return .success
        }
        var record = entry.record
        record.append("seen", .array(seen.map(statement)))
        record.append("after", .array(after.map(statement)))
        do throws(CanonicalJSONError) {
            record.append("record", try CanonicalJSON.parse(entry.payload))
        } catch {
            throw CommandFailure(.verificationFailed, "entry \(entry.logged.logIndex) cannot be read: \(error)")
        }
        console.line(JSONText.string(.object(record), pretty: format == .json))
        return .success
    }

    private static func printText(
        _ entry: RulingBook.Entry, seen: [LogEntry], after: [LogEntry], on console: Console
    ) throws(CommandFailure) {
        let text = RulingText(entry.ruling)
        let style: Console.Style = entry.state.isActive ? .green : .yellow
        console.line(text.headline)
        console.line(
            "  \(console.emphasised(entry.state.word, style))" + (entry.because.isEmpty ? "" : ": \(entry.because)"))
        for line in text.details(signer: entry.logged.signer.hex) { console.line("  \(line)") }
        console.line("  made \(entry.ruling.createdAt.rfc3339), sequence \(entry.ruling.sequence)")
        console.line("  statement \(entry.logged.statementID.hex) · log index \(entry.logged.logIndex)")
        console.line("in view of")
        for line in seen.map(line) { console.line("  \(line)") }
        let strangers = entry.ruling.inViewOf.count - seen.count
        if strangers > 0 { console.line("  \(strangers) of other logs") }
        if seen.isEmpty, strangers == 0 { console.line("  nothing") }
        console.line("came after")
        for line in after.map(line) { console.line("  \(line)") }
        if after.isEmpty { console.line("  nothing") }
    }

    private static func line(of entry: LogEntry) -> String {
        let place = "index \(entry.logged.logIndex)".padded(to: 14) + "\(entry.logged.statementID.hex.prefix(12))  "
        switch entry.logged.statement {
        case .verdict(let verdict):
            let rules = verdict.findings.map(\.rule).joined(separator: " ")
            return place + verdict.analyzer.id.text.padded(to: 10) + verdict.verdict.rawValue.padded(to: 12) + rules
        case .disposition(let ruling):
            return place + "\(ruling.decision.rawValue) by \(ruling.actor): \(Logger.printable(ruling.reason))"
        case .keyEvent, .revocation, .importReceipt, .logSuccession:
            return place + entry.logged.statement.predicateType.rawValue
        }
    }

    private static func statement(_ entry: LogEntry) -> JSONValue {
        var object: JSONObject = [
            "statement": .string(entry.logged.statementID.hex),
            "logIndex": .integer(Int64(clamping: entry.logged.logIndex)),
            "type": .string(entry.logged.statement.predicateType.rawValue),
        ]
        switch entry.logged.statement {
        case .verdict(let verdict):
            object.append("analyzer", .string(verdict.analyzer.id.text))
            object.append("verdict", .string(verdict.verdict.rawValue))
        case .disposition(let ruling):
            object.append("decision", .string(ruling.decision.rawValue))
            object.append("actor", .string(ruling.actor))
        case .keyEvent, .revocation, .importReceipt, .logSuccession: break
        }
        return .object(object)
    }
}
