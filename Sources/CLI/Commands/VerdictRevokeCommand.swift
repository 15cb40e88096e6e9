import Analyzers
import Cryptography
import JSON
import Platform
import Screening
import VerdictStore

/// `jurat verdict revoke`: takes back what was said wrongly. Nothing is deleted; what is taken back counts as never said.
enum VerdictRevokeCommand {
    static let command = Command(
        ["verdict", "revoke"], "take back one statement, or all verdicts of a ruleset, an analyzer version or a key",
        operands: ["[STATEMENT]"],
        options: [
            .value("ruleset", "DIGEST", "every verdict that was reached with these rules"),
            .value("analyzer", "ID@VERSION", "every verdict of this version of an analyzer"),
            .value("key", "KEYID", "everything that this key ever said; see also jurat key revoke"),
            ReasonOption.option,
            .value("root-key", "FILE", "a root key that signs (default: root.key of the keys)", isRepeatable: true),
            PassphraseOption.option,
            .flag("verdict-key", "sign with the verdict key instead: for one verdict only"),
            .flag("dry-run", "print the record, append nothing"),
        ],
        example: "jurat verdict revoke 61f2 --reason \"rule 7 misread minified code\"", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let reason = try ReasonOption.read(invocation)
        let deployment = try Deployment(invocation)
        let choice = try Choice(invocation)
        let reader = try LogCommands.reader(invocation)
        let target = try target(of: choice, in: reader, byVerdictKey: invocation.has("verdict-key"))
        let keys = try signers(invocation, choice, deployment)
        let statement = RevocationStatement(
            target: target, reason: reason, createdAt: invocation.surroundings.clock.now())
        let envelope: Envelope
        do { envelope = try Envelope.signing(.revocation(statement), withAll: keys) } catch {
            throw CommandFailure(.usage, "the revocation cannot be signed: \(error)")
        }
        let console = invocation.surroundings.console
        if target.isInUseHere {
            console.note(
                "this is what this version of jurat runs: artifacts that need it are held until jurat is updated")
        }
        if invocation.has("dry-run") {
            console.line(String(decoding: envelope.payload, as: UTF8.self))
            return .success
        }
        let place = try await LogAppender(deployment: deployment, surroundings: invocation.surroundings)
            .append(envelope, route: "statements")
        console.line("revoked \(target.described) · statement \(place.statement.hex) · log index \(place.logIndex)")
        console.line(
            place.isServing
                ? "artifacts that lost their verdict are analysed again now"
                : "artifacts that lost their verdict are analysed again when the server starts")
        return .success
    }

    // MARK: What is revoked

    /// What the command line names: exactly one thing.
    private enum Choice {
        case statement(String)
        case ruleset(SHA256Digest)
        case analyzer(AnalyzerID, version: String)
        case key(String)

        init(_ invocation: Invocation) throws(CommandFailure) {
            var choices: [Choice] = invocation.operands.map { .statement($0.lowercased()) }
            if let text = invocation.value("ruleset") { choices.append(.ruleset(try Self.digest(text))) }
            if let text = invocation.value("analyzer") { choices.append(try Self.analyzer(text)) }
            if let text = invocation.value("key") { choices.append(.key(text.lowercased())) }
            guard choices.count == 1 else {
                throw CommandFailure(
                    .usage,
                    "name one thing to revoke: a statement, --ruleset, --analyzer or --key; "
                        + "\(choices.isEmpty ? "none was" : "\(choices.count) were") named")
            }
            self = choices[0]
        }

        private static func digest(_ text: String) throws(CommandFailure) -> SHA256Digest {
            let digits = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
            do { return try SHA256Digest(hex: digits.lowercased()) } catch {
                throw CommandFailure(
                    .usage,
                    "--ruleset is \(Logger.printable(text)); expected the 64 hexadecimal digits of its digest, "
                        + "as jurat verdict show prints them under ruleset")
            }
        }

        private static func analyzer(_ text: String) throws(CommandFailure) -> Choice {
            let parts = text.split(separator: "@", maxSplits: 1).map(String.init)
            guard parts.count == 2, let id = try? AnalyzerID(parsing: parts[0]) else {
                throw CommandFailure(
                    .usage,
                    "--analyzer is \(Logger.printable(text)); expected an analyzer and its version, "
                        + "such as static@3")
            }
            return .analyzer(id, version: parts[1])
        }
    }

    private static func target(
        of choice: Choice, in reader: LogReader, byVerdictKey: Bool
    ) throws(CommandFailure) -> RevocationTarget {
        switch choice {
        case .statement(let prefix):
            let entry = try LogCommands.reading { () throws(LogError) in try reader.statement(withPrefix: prefix) }
            try check(entry.logged, byVerdictKey: byVerdictKey)
            return .statement(entry.logged.statementID)
        case .ruleset(let digest):
            return .ruleset(RulesetReference(name: try rulesetName(digest, in: reader), digest: digest))
        case .analyzer(let id, let version): return .analyzer(id, version: version)
        case .key(let prefix): return .key(try keyID(prefix, in: reader))
        }
    }

    private static func check(_ logged: LoggedStatement, byVerdictKey: Bool) throws(CommandFailure) {
        let place = "entry \(logged.logIndex)"
        switch logged.statement {
        case .verdict: break
        case .disposition:
            guard !byVerdictKey else {
                throw CommandFailure(
                    .usage, "\(place) is a person's ruling, which a verdict key cannot take back; use the root key")
            }
        case .keyEvent:
            throw CommandFailure(
                .usage, "\(place) is a key event; end the key with jurat key retire or jurat key revoke")
        case .revocation:
            throw CommandFailure(.usage, "\(place) is a revocation, which stays; have the artifacts analysed again")
        case .importReceipt, .logSuccession:
            throw CommandFailure(.usage, "\(place) says what was done, which cannot be taken back")
        }
    }

    /// The newest verdicts that are looked through for the name of a ruleset.
    private static let searchedVerdicts = 20_000

    private static func rulesetName(
        _ digest: SHA256Digest, in reader: LogReader
    ) throws(CommandFailure) -> String {
        if let known = AnalyzerCatalog.rulesets.values.first(where: { $0.digest == digest }) { return known.name }
        let entries = try LogCommands.reading { () throws(LogError) in
            try reader.statements(matching: StatementFilter(predicateType: .verdict), limit: searchedVerdicts)
        }
        for entry in entries {
            guard case .verdict(let verdict) = entry.logged.statement else { continue }
            if verdict.analyzer.ruleset.digest == digest { return verdict.analyzer.ruleset.name }
        }
        throw CommandFailure(
            .notFound,
            "no recent verdict was reached with the ruleset \(digest.hex.prefix(16))…; "
                + "jurat verdict show names the ruleset of a verdict")
    }

    private static func keyID(_ prefix: String, in reader: LogReader) throws(CommandFailure) -> KeyID {
        let keyring = try LogCommands.reading { () throws(LogError) in try reader.keyring() }
        let matching = keyring.keys.map(\.publicKey.keyID).filter { $0.hex.hasPrefix(prefix) }
        guard matching.count == 1, prefix.utf8.count >= 4 else {
            throw CommandFailure(
                matching.count > 1 ? .usage : .notFound,
                matching.count > 1
                    ? "\(matching.count) keys begin with \(prefix); give more digits"
                    : "no key of this log begins with \(Logger.printable(prefix)) (at least four digits); "
                        + "see jurat key list")
        }
        return matching[0]
    }

    // MARK: Who signs

    private static func signers(
        _ invocation: Invocation, _ choice: Choice, _ deployment: Deployment
    ) throws(CommandFailure) -> [Ed25519SigningKey] {
        let files = invocation.values["root-key"] ?? []
        let store = try deployment.keyStore()
        func load(_ path: String) throws(CommandFailure) -> Ed25519SigningKey {
            try SigningKeyFile.load(path, passphrasePath: deployment.passphrasePath)
        }
        guard invocation.has("verdict-key") else {
            let paths = files.isEmpty ? [store.path(of: .root)] : files
            do { return try paths.map(load) } catch {
                throw files.isEmpty
                    ? CommandFailure(error.code, "\(error.message); name the root key's file with --root-key") : error
            }
        }
        guard files.isEmpty else { throw CommandFailure(.usage, "--verdict-key signs alone; leave out --root-key") }
        guard case .statement = choice else {
            throw CommandFailure(.usage, "the verdict key takes back single verdicts only; use the root key")
        }
        return [try load(store.path(of: .verdict))]
    }
}

extension RevocationTarget {
    /// Whether analyses by this program count for nothing from then on.
    fileprivate var isInUseHere: Bool {
        switch self {
        case .ruleset(let ruleset): AnalyzerCatalog.rulesets.values.contains { $0.digest == ruleset.digest }
        case .analyzer(let id, let version): AnalyzerCatalog.versions[id] == version
        case .statement, .key: false
        }
    }

    /// The target as a person reads it.
    fileprivate var described: String {
        switch self {
        case .statement(let id): "statement \(id.hex.prefix(12))"
        case .ruleset(let ruleset): "ruleset \(ruleset.name) \(ruleset.digest.hex.prefix(12))"
        case .analyzer(let id, let version): "\(id) \(version)"
        case .key(let id): "key \(id.hex.prefix(12))"
        }
    }
}
