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
        HoldsWatchCommand.command,
        ruling(.allow, "release a held artifact with a signed disposition"),
        ruling(.deny, "refuse an artifact with a signed disposition"),
    ]

    private static func ruling(_ decision: DispositionDecision, _ summary: String) -> Command {
        Command(
            ["holds", decision.rawValue], summary, operands: ["REF"],
            options: [
                ReasonOption.option,
                .value("until", "WHEN", "end of the ruling: a duration such as 7d, or an RFC 3339 time"),
                .value("registry", "NAME", "rule for this registry only", isRepeatable: true),
            ] + RulingDelivery.signingOptions,
            example: "jurat holds \(decision.rawValue) 7q3k2f --until 7d --reason \"diff read\"",
            run: { invocation async throws(CommandFailure) in try await rule(decision, invocation) })
    }

    private static func list(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let answer = try await Deployment.server(invocation).get("\(AdminClient.api)/holds")
        let listing = HoldsTable.listing(
            answer["holds"]?.arrayValue ?? [], now: invocation.surroundings.clock.now())
        let console = invocation.surroundings.console
        console.text(listing.rendered(as: format, isTerminal: console.isTerminal))
        return .success
    }

    private static func show(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        try Reference.check(invocation.operands[0])
        let reference = percentEncoded(invocation.operands[0])
        let answer = try await Deployment.server(invocation).get("\(AdminClient.api)/holds/\(reference)")
        return WhyText(answer, words: OwnRuleWords(invocation)).print(on: invocation.surroundings.console, as: format)
    }

    // MARK: Ruling

    private static func rule(
        _ decision: DispositionDecision, _ invocation: Invocation
    ) async throws(CommandFailure) -> ExitCode {
        let reason = try ReasonOption.read(invocation)
        let reference = invocation.operands[0]
        try Reference.check(reference)
        let deployment = try Deployment(invocation)
        let now = invocation.surroundings.clock.now()
        let expiresAt = try invocation.value("until").map { text throws(CommandFailure) in
            try Expiry.parse(text, now: now)
        }
        let registries = try scope(invocation.values["registry"] ?? [], in: deployment.configuration.topology)
        return try await RulingDelivery.run(invocation) { (identity) async throws(CommandFailure) in
            let draft = try await draft(of: reference, for: registries, by: identity, deployment)
            return draft.statement(
                decision, registries: registries, reason: reason, actor: identity.name, now: now, expiresAt: expiresAt)
        }
    }

    /// What a ruling on `reference` is made from, with the bytes that the first of `registries` has.
    private static func draft(
        of reference: String, for registries: [RegistryName], by identity: OperatorIdentity, _ deployment: Deployment
    ) async throws(CommandFailure) -> DispositionDraft {
        let resolved = try await deployment.admin.post(
            "\(AdminClient.api)/holds/\(percentEncoded(reference))/resolve",
            [
                "operator": .string(identity.keyID.hex),
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
}
