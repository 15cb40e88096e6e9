import Configuration
import Cryptography
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// `jurat holds`: what is refused now, and the operator's signed rulings on it.
enum HoldsCommands {
    static let all: [Command] = [
        Command(
            ["holds", "list"], "list the refusals that clients ran into", options: [OutputFormat.option],
            example: "jurat holds list -o json", run: list),
        Command(
            ["holds", "show"], "show one held artifact: decision, verdicts, findings", operands: ["REF"],
            options: [OutputFormat.option], example: "jurat holds show pkg:npm/left-pad@1.3.0", run: show),
        ruling(.allow, "release a held artifact with a signed disposition"),
        ruling(.deny, "refuse an artifact with a signed disposition"),
    ]

    private static func ruling(_ decision: DispositionDecision, _ summary: String) -> Command {
        Command(
            ["holds", decision.rawValue], summary, operands: ["REF"],
            options: [
                .value("reason", "TEXT", "why, for the log (required)"),
                .value("until", "WHEN", "end of the ruling: a duration such as 7d, or an RFC 3339 time"),
                .value("registry", "NAME", "rule for this registry only", isRepeatable: true),
                .value("operator", "NAME", "whose operator key signs (default: the only one)"),
                .flag("dry-run", "print the record, sign and send nothing"),
            ],
            example: "jurat holds \(decision.rawValue) 7q3k2f --until 7d --reason \"diff read\"",
            run: { invocation async throws(CommandFailure) in try await rule(decision, invocation) })
    }

    private static func list(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let answer = try await Deployment.server(invocation).get("\(AdminClient.api)/holds")
        let now = invocation.surroundings.clock.now()
        var listing = Listing(
            columns: [
                .init("ID"), .init("AGE"), .init("WAITING"), .init("PACKAGE"), .init("CODE"), .init("WHY"),
                .init("UNTIL"),
                .init("REGISTRY", wide: true), .init("FILE", wide: true),
            ], emptyNote: "nothing is held")
        for hold in answer["holds"]?.arrayValue ?? [] {
            let ci = hold["ci"]?.integerValue ?? 0
            listing.rows.append(
                (
                    [
                        hold.text("id"), age(hold.text("firstSeen"), now),
                        hold.text("waiting") + (ci > 0 ? " (\(ci)ci)" : ""), hold.text("purl"), hold.text("code"),
                        hold.text("why"), hold["until"]?.stringValue ?? "–", hold.text("registry"),
                        hold.text("filename"),
                    ], hold
                ))
        }
        let console = invocation.surroundings.console
        console.text(listing.rendered(as: format, isTerminal: console.isTerminal))
        return .success
    }

    private static func age(_ since: String, _ now: Timestamp) -> String {
        guard let start = try? Timestamp(parsing: since) else { return "–" }
        return DurationText.short(seconds: start.distance(to: now).components.seconds)
    }

    private static func show(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        try Reference.check(invocation.operands[0])
        let reference = percentEncoded(invocation.operands[0])
        let answer = try await Deployment.server(invocation).get("\(AdminClient.api)/holds/\(reference)")
        return WhyText(answer).print(on: invocation.surroundings.console, as: format)
    }

    /// What a ruling on `reference` is made from, with the bytes that the first of `registries` has.
    private static func draft(
        of reference: String, for registries: [RegistryName], key: OperatorKey, _ deployment: Deployment
    ) async throws(CommandFailure) -> DispositionDraft {
        let resolved = try await deployment.admin.post(
            "\(AdminClient.api)/holds/\(percentEncoded(reference))/resolve",
            [
                "operator": .string(key.key.publicKey.keyID.hex),
                "registry": registries.first.map { .string($0.text) } ?? .null,
            ])
        let source = resolved.text("registry")
        guard registries.isEmpty || registries.contains(where: { $0.text == source }) else {
            throw CommandFailure(
                .usage,
                "\(reference) was refused at \(source), which --registry does not name; "
                    + "name the package by its purl to rule for another registry")
        }
        return try DispositionDraft(resolved)
    }

    /// The registries that a ruling is for. One that names no source would be logged and would never act.
    private static func scope(
        _ names: [String], in topology: RegistryTopology
    ) throws(CommandFailure) -> [RegistryName] {
        var registries: [RegistryName] = []
        for name in names {
            let definition: RegistryDefinition?
            do { definition = topology.definition(named: try RegistryName(parsing: name)) } catch {
                throw CommandFailure(.usage, "--registry \(name): \(error)")
            }
            guard let definition, topology.sources(of: definition).contains(definition) else {
                let sources = topology.definitions.filter { topology.sources(of: $0).contains($0) }
                throw CommandFailure(
                    .usage,
                    "--registry \(name) is no registry that packages come from; there are: "
                        + sources.map(\.name.text).joined(separator: ", "))
            }
            registries.append(definition.name)
        }
        return registries
    }

    private static func rule(
        _ decision: DispositionDecision, _ invocation: Invocation
    ) async throws(CommandFailure) -> ExitCode {
        let reason = try invocation.required("reason")
        guard reason.utf8.count <= 1024 else { throw CommandFailure(.usage, "--reason is longer than 1024 bytes") }
        try Reference.check(invocation.operands[0])
        let deployment = try Deployment(invocation)
        let now = invocation.surroundings.clock.now()
        let expiresAt = try invocation.value("until").map { text throws(CommandFailure) in
            try Expiry.parse(text, now: now)
        }
        let key = try OperatorKey.load(named: invocation.value("operator"), from: deployment.data)
        let registries = try scope(invocation.values["registry"] ?? [], in: deployment.configuration.topology)
        let draft = try await draft(of: invocation.operands[0], for: registries, key: key, deployment)
        let statement = draft.statement(
            decision, registries: registries, reason: reason, actor: key.name, now: now, expiresAt: expiresAt)
        let console = invocation.surroundings.console
        let envelope: Envelope
        do { envelope = try Envelope.signing(.disposition(statement), with: key.key) } catch {
            throw CommandFailure(.failure, "the disposition cannot be signed: \(error)")
        }
        if invocation.has("dry-run") {
            console.line(String(decoding: envelope.payload, as: UTF8.self))
            return .success
        }
        let leaf = JSONValue.string(String(decoding: envelope.leafBytes, as: UTF8.self))
        let answer = try await deployment.admin.post("\(AdminClient.api)/dispositions", .object(["leaf": leaf]))
        let verb = decision == .allow ? "allowed" : "denied"
        let end = expiresAt.map { " until \($0.rfc3339)" } ?? ""
        console.line(
            "\(verb) \(draft.subject.purl.text)\(end) · statement \(answer.text("statement")) · log index "
                + answer.text("logIndex"))
        return .success
    }
}
