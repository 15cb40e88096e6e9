import Cryptography
import JSON
import Platform
import Screening
import TransparencyLog
import VerdictStore

/// `jurat verdict verify`: whether one statement can be relied on, part by part. A proof file needs no log.
enum VerdictVerifyCommand {
    static let command = Command(
        ["verdict", "verify"], "check one statement: signature, signer, inclusion, checkpoint, standing",
        operands: ["STATEMENT|FILE.tlog-proof"],
        options: [
            .value("key", "VKEY", "the log's key as <name>+<hash>+<base64> (default: the keys in this log)"),
            .value("signer", "KEY", "a signer's public key in Base64, for proofs of other logs", isRepeatable: true),
            OutputFormat.option,
        ],
        example: "jurat verdict verify 61f2.tlog-proof", run: run)

    /// A leaf in Base64, 64 hashes and a checkpoint are far below this.
    private static let maxProofBytes = 1 << 20

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        let operand = invocation.operands[0]
        let check = try isFile(operand) ? checkFile(operand, invocation) : checkOwn(operand, invocation)
        let console = invocation.surroundings.console
        if format == .json || format == .jsonl {
            console.line(JSONText.string(record(of: check), pretty: format == .json))
        } else {
            let name = check.statementID.map { "statement \($0.hex)" } ?? "an entry that cannot be read"
            console.line("\(name) · log index \(check.index)")
            for finding in check.findings {
                let style: Console.Style = finding.state == .holds ? .green : .red
                console.line(
                    "  \(finding.part.rawValue.padded(to: 11))"
                        + "\(console.emphasised(finding.state.rawValue.padded(to: 9), style))\(finding.detail)")
            }
        }
        guard let first = check.findings.first(where: { $0.state != .holds }) else { return .success }
        throw CommandFailure(
            .verificationFailed,
            "the \(first.part.rawValue) \(first.state == .fails ? "does not hold" : "cannot be checked"): \(first.detail)"
        )
    }

    private static func isFile(_ operand: String) -> Bool {
        operand == "-" || operand.contains("/") || operand.hasSuffix(".tlog-proof")
    }

    /// A statement of the log at hand, under its newest checkpoint.
    private static func checkOwn(_ prefix: String, _ invocation: Invocation) throws(CommandFailure) -> StatementCheck {
        let reader = try LogCommands.reader(invocation)
        var keys = try named(invocation)
        let found = try LogCommands.reading { () throws(LogError) in
            let entry = try reader.statement(withPrefix: prefix.lowercased())
            let proof = try reader.proof(of: entry, under: try reader.headNote())
            return (
                entry: entry, proof: proof, keyring: try reader.keyring(),
                standing: try reader.standing(of: [entry])[entry.logged.statementID]
            )
        }
        guard let proof = found.proof else {
            throw CommandFailure(.verificationFailed, "the entry is under no checkpoint")
        }
        keys.keyring = found.keyring
        keys.standing = found.standing
        if keys.log.isEmpty { keys.log = found.keyring.logVerifiers(origin: reader.origin) }
        return StatementCheck(proof, leaf: found.entry.leaf, believing: keys)
    }

    private static func checkFile(_ path: String, _ invocation: Invocation) throws(CommandFailure) -> StatementCheck {
        let bytes = try InputFile.read(path, maxBytes: maxProofBytes)
        let proof: LogProof
        do throws(ExchangeError) {
            proof = try LogProof(parsing: bytes)
        } catch {
            throw CommandFailure(.verificationFailed, "\(path) is not a proof: \(error)")
        }
        guard !proof.extra.isEmpty else {
            throw CommandFailure(
                .failure, "\(path) does not carry the entry as extra data, as jurat log prove writes it")
        }
        var keys = try named(invocation)
        // Our own log's keys are good for our own log's proofs, wherever the file has been.
        if let reader = try? LogCommands.reader(invocation),
            let origin = try? Checkpoint(parsing: proof.note.text).origin,
            reader.origin.utf8.elementsEqual(origin.utf8)
        {
            let found = try LogCommands.reading { () throws(LogError) in
                var standing: StatementStanding?
                if let entry = try reader.entry(at: proof.index.value), entry.leaf == proof.extra {
                    standing = try reader.standing(of: [entry])[entry.logged.statementID]
                }
                return (keyring: try reader.keyring(), standing: standing)
            }
            keys.keyring = found.keyring
            keys.standing = found.standing
            if keys.log.isEmpty { keys.log = found.keyring.logVerifiers(origin: origin) }
        }
        return StatementCheck(proof, leaf: proof.extra, believing: keys)
    }

    /// The keys that the command line names.
    private static func named(_ invocation: Invocation) throws(CommandFailure) -> StatementCheck.Keys {
        var keys = StatementCheck.Keys(log: [])
        if let text = invocation.value("key") {
            do { keys.log = [try NoteVerifier(vkey: text)] } catch { throw CommandFailure(.usage, "--key: \(error)") }
        }
        for text in invocation.values["signer"] ?? [] {
            do {
                keys.signers.append(try Ed25519PublicKey(bytes: Base64.decode(Array(text.utf8))))
            } catch {
                throw CommandFailure(.usage, "--signer \(text.prefix(64)) is not a public key in Base64: \(error)")
            }
        }
        return keys
    }

    private static func record(of check: StatementCheck) -> JSONValue {
        [
            "statement": check.statementID.map { .string($0.hex) } ?? .null,
            "logIndex": .integer(Int64(clamping: check.index.value)), "leafHash": .string(check.leafHash.hex),
            "signer": check.signer.map { .string($0.hex) } ?? .null, "holds": .bool(check.holds),
            "findings": .array(
                check.findings.map {
                    [
                        "part": .string($0.part.rawValue), "state": .string($0.state.rawValue),
                        "detail": .string($0.detail),
                    ]
                }),
        ]
    }
}
