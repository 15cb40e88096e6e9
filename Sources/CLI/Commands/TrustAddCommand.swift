import Configuration
import Cryptography
import JSON
import Platform
import Screening
import TransparencyLog
import VerdictStore

/// `jurat trust add`: writes an entry into the configuration, from keys that were exchanged or from what a peer offers.
enum TrustAddCommand {
    static let command = Command(
        ["trust", "add"], "trust another team's log", operands: ["[ORIGIN]"],
        options: [
            .value("from", "URL|FILE", "show what a peer's log or bundle offers, to be compared with its operators"),
            .value(
                "accept", "KEYID", "take the offer: a root key id (or its first 16 digits) that its operators confirmed"
            ),
            .value("key", "VKEY", "a key of the log", isRepeatable: true),
            .value("root", "KEYID", "a root key: whoever it introduced may speak", isRepeatable: true),
            .value("signer", "KEYID", "a key that may speak whoever introduced it", isRepeatable: true),
            .value("url", "URL", "the address of the log's read path, such as https://packages.example.com/-/log"),
            .flag("follow", "follow the log there"),
            .value("witness", "VKEY", "a witness whose cosignature counts", isRepeatable: true),
            .value("quorum", "N", "how many witnesses must have seen a checkpoint (default: all)"),
            .value("analyzer", "NAME", "only this analyzer's verdicts count", isRepeatable: true),
            .value("package", "PATTERN", "verdicts count only for these packages", isRepeatable: true),
            .value(
                "weight", "VERDICT=EFFECT", "such as malicious=block (default: hold, hold, advisory)",
                isRepeatable: true),
            .value("expires", "DATE", "when the trust ends, such as 2027-06-30"), .flag("dry-run", "change nothing"),
        ],
        example: "jurat trust add --from https://packages.example.com/-/log", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let console = invocation.surroundings.console
        var draft: TrustDraft
        if let source = invocation.value("from") {
            let offer = try await PeerOffer.read(source, environment: invocation.surroundings.environment)
            guard let accepted = invocation.value("accept") else { return show(offer, source, console) }
            draft = try self.draft(of: offer, accepting: accepted, invocation)
        } else {
            guard invocation.value("accept") == nil else {
                throw CommandFailure(.usage, "--accept belongs to --from: it takes what was offered there")
            }
            guard let origin = invocation.operands.first else {
                throw CommandFailure(
                    .usage, "trust add needs the log's origin and its keys, or --from; see jurat trust add --help")
            }
            draft = TrustDraft(origin: origin, keys: invocation.values["key"] ?? [])
            guard !draft.keys.isEmpty else {
                throw CommandFailure(.usage, "trust add \(origin) needs --key: the log's verifier key (or use --from)")
            }
        }
        try complete(&draft, from: invocation)
        let editor = try ConfigurationEditor(invocation)
        if let known = editor.configuration.trust.first(where: { $0.origin == draft.origin }) {
            throw CommandFailure(
                .usage,
                "\(draft.origin) is already trusted (\(editor.file.path), line \(known.line)); change its entry there, or use "
                    + "jurat trust weigh, follow or remove")
        }
        try refuseOwnLog(draft.origin, invocation)
        let isDryRun = invocation.has("dry-run")
        let written = draft
        _ = try editor.apply(isDryRun: isDryRun, on: console) { bytes throws(TrustEditRefusal) in
            try TrustEditing.adding(written, to: bytes)
        }
        if !isDryRun {
            console.line(
                "\(draft.origin) is trusted now (\(editor.file.path)); a running server takes it over by itself")
            console.note("undo: jurat trust remove \(draft.origin)")
        }
        return .success
    }

    /// Taking one's own statements back from a peer would only count them twice.
    private static func refuseOwnLog(_ origin: String, _ invocation: Invocation) throws(CommandFailure) {
        guard let reader = try? LogCommands.reader(invocation), reader.origin.utf8.elementsEqual(origin.utf8) else {
            return
        }
        throw CommandFailure(
            .usage,
            "\(origin) is the name of this deployment's own log; if the other is another team's, one of the two needs a name "
                + "of its own (jurat init --origin, and a succession for a log that is in use)")
    }

    private static func show(_ offer: PeerOffer, _ source: String, _ console: Console) -> ExitCode {
        console.line("origin  \(offer.origin)  (\(offer.size) entries)")
        for key in offer.keys { console.line("key     \(key.vkey)") }
        for root in offer.roots { console.line("root    \(root.hex)") }
        console.note("nothing was changed. Ask the peer's operators, over another way, for their root key id")
        console.note("(they see it with `jurat key list -o wide`), compare every digit, and take the offer with")
        console.note("  jurat trust add --from \(source) --accept KEYID")
        return .success
    }

    private static func draft(
        of offer: PeerOffer, accepting accepted: String, _ invocation: Invocation
    ) throws(CommandFailure) -> TrustDraft {
        if let origin = invocation.operands.first, !origin.utf8.elementsEqual(offer.origin.utf8) {
            throw CommandFailure(
                .verificationFailed, "the offer is of \(offer.origin), not of \(origin); nothing was changed")
        }
        let matching = offer.roots.filter { accepted.utf8.count >= 16 && $0.hex.hasPrefix(accepted) }
        guard let root = matching.first, matching.count == 1 else {
            throw CommandFailure(
                .verificationFailed,
                "no root key of the offer has the id \(Logger.printable(accepted)) (at least 16 digits); it has "
                    + "\(offer.roots.map(\.hex).joined(separator: ", ")). If the peer's operators said so, this is not their "
                    + "log: do not trust it")
        }
        var draft = TrustDraft(origin: offer.origin, keys: offer.keys.map(\.vkey))
        draft.roots = [root.hex]
        draft.url = offer.url
        return draft
    }

    private static func complete(_ draft: inout TrustDraft, from invocation: Invocation) throws(CommandFailure) {
        draft.roots += invocation.values["root"] ?? []
        draft.signers = invocation.values["signer"] ?? []
        draft.witnesses = invocation.values["witness"] ?? []
        draft.analyzers = invocation.values["analyzer"] ?? []
        draft.packages = invocation.values["package"] ?? []
        draft.url = invocation.value("url") ?? draft.url
        draft.isFollowed = invocation.has("follow")
        draft.expires = invocation.value("expires")
        if invocation.value("quorum") != nil {
            draft.quorum = try invocation.number("quorum", in: 0...1000, default: 0)
        }
        draft.weights = try weights(invocation.values["weight"] ?? [])
        guard !draft.roots.isEmpty || !draft.signers.isEmpty else {
            throw CommandFailure(.usage, "say whose statements count: --root KEYID or --signer KEYID")
        }
    }

    /// Reads `malicious=block` and the like.
    static func weights(_ texts: [String]) throws(CommandFailure) -> [Verdict: ForeignEffect] {
        var weights: [Verdict: ForeignEffect] = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let verdict = Verdict(rawValue: parts[0]) else {
                throw CommandFailure(
                    .usage, "\(Logger.printable(text)) is no weight; expected such as malicious=block or clean=satisfy")
            }
            let allowed = ForeignWeights.allowed(for: verdict)
            guard let effect = allowed.first(where: { $0.rawValue == parts[1] }) else {
                throw CommandFailure(
                    .usage,
                    "a foreign \(verdict.rawValue) verdict cannot weigh \(Logger.printable(parts[1])); expected one of "
                        + allowed.map(\.rawValue).joined(separator: ", "))
            }
            guard weights.updateValue(effect, forKey: verdict) == nil else {
                throw CommandFailure(.usage, "the weight of \(verdict.rawValue) is given twice")
            }
        }
        return weights
    }
}
