import Cryptography
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// `jurat verdict`: statements of the log. Needs no server.
enum VerdictCommands {
    static let all: [Command] = [
        Command(
            ["verdict", "list"], "list verdicts, newest first",
            options: [
                .value("purl", "PURL", "only this package or version"),
                .value("integrity", "SHA512", "only these bytes (sha512-… or 128 hexadecimal digits)"),
                .value("analyzer", "NAME", "only this analyzer"),
                .value("verdict", "VERDICT", "only clean, suspicious or malicious"),
                .value("limit", "N", "at most so many (default 100)"), OutputFormat.option,
            ],
            example: "jurat verdict list --verdict suspicious", run: list),
        Command(
            ["verdict", "show"], "print one statement of the log", operands: ["STATEMENT"],
            options: [OutputFormat.option], example: "jurat verdict show 61f2 -o json", run: show),
        VerdictVerifyCommand.command, VerdictRevokeCommand.command, VerdictRescanCommand.command,
    ]

    private static func list(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let limit = try invocation.number("limit", in: 1...1_000_000, default: 100)
        let filter = try filter(invocation)
        let reader = try LogCommands.reader(invocation)
        let entries: [LogEntry]
        let standing: [StatementID: StatementStanding]
        do {
            entries = try reader.statements(matching: filter, limit: limit)
            standing = try reader.standing(of: entries)
        } catch {
            throw LogCommands.failure(error)
        }
        var listing = Listing(
            columns: [
                .init("STATEMENT"), .init("INDEX"), .init("PACKAGE"), .init("ANALYZER"), .init("VERDICT"),
                .init("RULES"), .init("STANDING"),
                .init("CREATED", wide: true), .init("SHA512", wide: true),
            ], emptyNote: "no verdicts")
        for entry in entries {
            guard case .verdict(let verdict) = entry.logged.statement else { continue }
            let rules = ruleNames(verdict)
            let state = standing[entry.logged.statementID] ?? .stands
            listing.rows.append(
                (
                    [
                        String(entry.logged.statementID.hex.prefix(12)), String(entry.logged.logIndex),
                        verdict.subject.purl.text, verdict.analyzer.id.text, verdict.verdict.rawValue,
                        rules.joined(separator: " "), state.rawValue, verdict.createdAt.rfc3339,
                        verdict.subject.sha512.hex,
                    ], record(of: entry, verdict, state)
                ))
        }
        let console = invocation.surroundings.console
        console.text(listing.rendered(as: format, isTerminal: console.isTerminal))
        return .success
    }

    private static func ruleNames(_ verdict: VerdictStatement) -> [String] {
        var seen: Set<String> = []
        return verdict.findings.map(\.rule).filter { seen.insert($0).inserted }
    }

    private static func record(
        of entry: LogEntry, _ verdict: VerdictStatement, _ standing: StatementStanding
    ) -> JSONValue {
        [
            "statement": .string(entry.logged.statementID.hex),
            "logIndex": .integer(Int64(clamping: entry.logged.logIndex)), "purl": .string(verdict.subject.purl.text),
            "sha512": .string(verdict.subject.sha512.hex), "analyzer": .string(verdict.analyzer.id.text),
            "version": .string(verdict.analyzer.version), "verdict": .string(verdict.verdict.rawValue),
            "rules": .array(ruleNames(verdict).map { .string($0) }), "standing": .string(standing.rawValue),
            "signer": .string(entry.logged.signer.hex),
            "createdAt": .string(verdict.createdAt.rfc3339),
        ]
    }

    private static func filter(_ invocation: Invocation) throws(CommandFailure) -> StatementFilter {
        var filter = StatementFilter(predicateType: .verdict)
        do {
            if let text = invocation.value("purl") { filter.purl = try PackageURL(parsing: text) }
            if let text = invocation.value("analyzer") { filter.analyzer = try AnalyzerID(parsing: text) }
            if let text = invocation.value("integrity") {
                filter.sha512 =
                    try text.hasPrefix("sha512-")
                    ? ClaimedIntegrity(sri: text).sha512 : SHA512Digest(hex: text)
            }
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
        if let text = invocation.value("verdict") {
            guard let verdict = Verdict(rawValue: text) else {
                throw CommandFailure(.usage, "--verdict is \(text); expected clean, suspicious or malicious")
            }
            filter.verdict = verdict
        }
        return filter
    }

    private static func show(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        let reader = try LogCommands.reader(invocation)
        let entry: LogEntry
        do { entry = try reader.statement(withPrefix: invocation.operands[0].lowercased()) } catch {
            throw LogCommands.failure(error)
        }
        let console = invocation.surroundings.console
        let envelope: Envelope
        let payload: JSONValue
        do {
            envelope = try Envelope(parsingLeaf: entry.leaf)
            payload = try CanonicalJSON.parse(envelope.payload)
        } catch {
            throw CommandFailure(.verificationFailed, "entry \(entry.logged.logIndex) cannot be read: \(error)")
        }
        guard format == .json || format == .jsonl else {
            console.line("statement  \(entry.logged.statementID.hex)")
            console.line("log index  \(entry.logged.logIndex)")
            console.line("signer     \(entry.logged.signer.hex)")
            if case .verdict(let verdict) = entry.logged.statement { print(verdict, on: console) }
            console.line(JSONText.string(payload, pretty: true))
            return .success
        }
        var object: JSONObject = [
            "statement": .string(entry.logged.statementID.hex),
            "logIndex": .integer(Int64(clamping: entry.logged.logIndex)), "signer": .string(entry.logged.signer.hex),
            "leafHash": .string(entry.logged.leafHash.hex), "payload": payload,
            "envelope": .string(String(decoding: entry.leaf, as: UTF8.self)),
        ]
        if case .verdict(let verdict) = entry.logged.statement {
            object.append("flat", flatShape(of: verdict, envelope))
        }
        console.line(JSONText.string(.object(object), pretty: format == .json))
        return .success
    }

    /// The verdict in words, before the record itself.
    private static func print(_ verdict: VerdictStatement, on console: Console) {
        console.line("package    \(verdict.subject.purl.text)")
        let word = console.emphasised(verdict.verdict.rawValue, verdict.verdict.style)
        console.line("verdict    \(word) by \(verdict.analyzer.id.text) \(verdict.analyzer.version)")
        let list = FindingList(console: console, most: nil, hint: "")
        for line in list.lines(verdict.findings.map(ShownFinding.init), indent: "  ") { console.line(line) }
        if verdict.findingsTruncated > 0 {
            console.line("  … and \(verdict.findingsTruncated) more that the statement had no room for")
        }
    }

    /// The shape that other screening registries exchange.
    ///
    /// Spec: verdict-log.md §1, RFC mapping.
    private static func flatShape(of verdict: VerdictStatement, _ envelope: Envelope) -> JSONValue {
        [
            "subject": [
                "integrity": .string("sha512-\(verdict.subject.sha512.base64)"),
                "observedAs": .string(verdict.subject.purl.text),
            ],
            "analyzer": .string(verdict.analyzer.id.text), "rulesetHash": .string(verdict.analyzer.ruleset.digest.hex),
            "verdict": .string(verdict.statedVerdict), "createdAt": .string(verdict.createdAt.rfc3339),
            "signature": .string(envelope.signatures.first.map { Base64.encode($0.signature) } ?? ""),
        ]
    }
}
