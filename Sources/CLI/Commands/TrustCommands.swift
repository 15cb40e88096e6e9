import Configuration
import JSON
import Platform
import Screening
import TransparencyLog

/// `jurat trust`: the other teams' logs that count here.
enum TrustCommands {
    static let all: [Command] = [
        Command(
            ["trust", "list"], "show the foreign logs that are trusted, and how they are",
            options: [OutputFormat.option], example: "jurat trust list -o json", run: list),
        TrustAddCommand.command,
        Command(
            ["trust", "remove"], "end the trust in a log: its statements stop counting at once", operands: ["ORIGIN"],
            options: [.flag("dry-run", "change nothing")], example: "jurat trust remove packages.example.com/verdicts",
            run: remove),
        Command(
            ["trust", "weigh"], "change what a log's verdicts do here", operands: ["ORIGIN", "VERDICT=EFFECT…"],
            options: [.flag("dry-run", "change nothing")],
            example: "jurat trust weigh packages.example.com/verdicts malicious=block", run: weigh),
        TrustFollowCommand.command,
        Command(
            ["trust", "check"], "compare a log's checkpoint that others were shown with what was shown here",
            operands: ["NOTE"], options: [OutputFormat.option],
            example: "jurat trust check checkpoint-from-team-c.txt", run: check),
    ]

    // MARK: List

    private static func list(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let console = invocation.surroundings.console
        let logs: [JSONValue]
        do throws(CommandFailure) {
            logs = try await Deployment.server(invocation).get("\(AdminClient.api)/trust")["logs"]?.arrayValue ?? []
        } catch {
            guard error.code == .notReady else { throw error }
            // Without a server the configuration can still be told; what is held of each log cannot.
            console.note("jurat: no server runs, so what was taken over is not shown")
            logs = try Deployment(invocation).configuration.trust.map(configured)
        }
        let now = invocation.surroundings.clock.now()
        var listing = Listing(
            columns: [
                .init("ORIGIN"), .init("WEIGHTS"), .init("FOLLOWED"), .init("SIZE"), .init("SEEN"), .init("STATEMENTS"),
                .init("BYTES", wide: true), .init("EVIDENCE", wide: true), .init("EXPIRES", wide: true),
                .init("PROBLEM"),
            ], emptyNote: "no foreign log is trusted (jurat trust add)")
        for log in logs { listing.rows.append((cells: cells(log, now), record: log)) }
        console.text(listing.rendered(as: format, isTerminal: console.isTerminal))
        return logs.contains { !($0["problems"]?.arrayValue ?? []).isEmpty } ? .notReady : .success
    }

    private static func configured(_ trust: TrustSetting) -> JSONValue {
        [
            "origin": .string(trust.origin), "configured": true, "followed": .bool(trust.isFollowed),
            "keys": .array(trust.verifier.logKeys.map { .string($0.vkey) }),
            "weights": [
                "malicious": .string(trust.weights.malicious.rawValue),
                "suspicious": .string(trust.weights.suspicious.rawValue),
                "clean": .string(trust.weights.clean.rawValue),
            ],
            "expires": trust.expiresAt.map { .string($0.rfc3339) } ?? .null,
        ]
    }

    private static func cells(_ log: JSONValue, _ now: Timestamp) -> [String] {
        let weights = log["weights"].map { weights in
            ["malicious", "suspicious", "clean"].map { weights.text($0) }.joined(separator: "/")
        }
        let seen = (try? Timestamp(parsing: log.text("lastVerifiedAt"))).map { moment in
            DurationText.short(seconds: moment.distance(to: now).components.seconds)
        }
        let quota = log["quota"]?.text("bytes") ?? ""
        let evidence = log["evidence"]?.arrayValue?.count ?? 0
        return [
            log.text("origin"), log["configured"]?.boolValue == false ? "not trusted" : weights ?? "",
            log.text("followed"), log.text("size"), seen ?? "–", log.text("statements"),
            log.text("bytes") + (quota.isEmpty ? "" : "/\(quota)"), "\(evidence)", log.text("expires"),
            log["problems"]?.arrayValue?.first?.stringValue ?? "",
        ]
    }

    // MARK: Changes

    private static func remove(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let origin = invocation.operands[0]
        let editor = try editor(invocation, of: origin)
        let console = invocation.surroundings.console
        _ = try editor.apply(isDryRun: invocation.has("dry-run"), on: console) { bytes throws(TrustEditRefusal) in
            try TrustEditing.removing(origin: origin, from: bytes)
        }
        if !invocation.has("dry-run") {
            console.line("\(origin) is trusted no more; nothing that was taken over from it counts")
            console.note(
                "what was taken over stays with its receipts, as what earlier decisions stood on; it counts again only when "
                    + "the log is trusted again")
        }
        return .success
    }

    private static func weigh(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let origin = invocation.operands[0]
        let weights = try TrustAddCommand.weights(Array(invocation.operands.dropFirst()))
        let editor = try editor(invocation, of: origin)
        let console = invocation.surroundings.console
        let after = try editor.apply(isDryRun: invocation.has("dry-run"), on: console) {
            bytes throws(TrustEditRefusal) in
            try TrustEditing.weighing(origin: origin, weights, in: bytes)
        }
        if !invocation.has("dry-run"), let trust = after.trust.first(where: { $0.origin == origin }) {
            console.line(
                "\(origin): malicious \(trust.weights.malicious.rawValue), suspicious \(trust.weights.suspicious.rawValue), "
                    + "clean \(trust.weights.clean.rawValue)")
        }
        return .success
    }

    /// The configuration file, when it trusts the log.
    static func editor(_ invocation: Invocation, of origin: String) throws(CommandFailure) -> ConfigurationEditor {
        let editor = try ConfigurationEditor(invocation)
        let origins = editor.configuration.trust.map(\.origin)
        guard origins.contains(origin) else {
            let suggestion = Suggestion.nearest(to: origin, among: origins).map { "; did you mean \($0)?" }
            throw CommandFailure(
                .notFound,
                "\(Logger.printable(origin)) is not trusted in \(editor.file.path)" + (suggestion ?? ""))
        }
        return editor
    }

    // MARK: Comparing

    private static func check(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        let bytes = try InputFile.read(invocation.operands[0], maxBytes: SignedNote.maxBytes)
        guard let note = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(.usage, "\(invocation.operands[0]) is no checkpoint note: it is not text")
        }
        let answer = try await Deployment.server(invocation).post(
            "\(AdminClient.api)/trust/check", ["note": .string(note)])
        let console = invocation.surroundings.console
        switch format {
        case .json: console.line(JSONText.string(answer, pretty: true))
        case .jsonl: console.line(JSONText.string(answer))
        case .table, .wide, .csv:
            console.line("\(answer.text("origin")) at \(answer.text("size")) entries: \(answer.text("sentence"))")
        }
        switch answer.text("result") {
        case "same", "earlier": return .success
        default: return .notReady
        }
    }
}
