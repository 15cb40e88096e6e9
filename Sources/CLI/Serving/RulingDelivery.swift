import Cryptography
import JSON
import Platform
import Screening
import VerdictStore

/// Signs rulings and sends them, or writes them where somebody else sends them from.
enum RulingDelivery {
    static let signingOptions: [CommandOption] = [
        .value("operator", "NAME", "whose operator key signs (default: the only one)"),
        .value("keys", "DIR", "where that key is (default: your own ~/.config/jurat/keys, then the data folder)"),
        .value("out", "FILE", "write the signed ruling there instead of sending it (- prints it)"),
        PassphraseOption.option,
        .flag("dry-run", "print the record that would be signed; sign and send nothing"),
    ]

    /// Has a ruling made for the operator who signs, and brings it where the options say.
    static func run(
        _ invocation: Invocation,
        making statement: (OperatorIdentity) async throws(CommandFailure) -> DispositionStatement
    ) async throws(CommandFailure) -> ExitCode {
        let places = KeyPlaces(invocation, data: try LogCommands.data(invocation))
        let name = invocation.value("operator")
        let console = invocation.surroundings.console
        if invocation.has("dry-run") {
            let ruling = try await statement(try identity(name, places, invocation))
            console.line(String(decoding: try payload(of: ruling), as: UTF8.self))
            return .success
        }
        let key = try OperatorKey.load(named: name, from: places)
        let ruling = try await statement(key.identity)
        let envelope = try sign(ruling, with: key)
        guard let path = invocation.value("out") else { return try await send(envelope, ruling, invocation) }
        try write(envelope, to: path, console)
        console.note("signed: \(RulingText(ruling).headline) · statement \(envelope.statementID.hex.prefix(12))…")
        for line in RulingText(ruling).details(signer: key.identity.keyID.hex) { console.note("  \(line)") }
        console.note("nothing is in the log yet; send it with: jurat exception submit \(path)")
        return .success
    }

    /// Whose record is drafted: with a name, a draft needs no key, for it may be signed elsewhere.
    private static func identity(
        _ name: String?, _ places: KeyPlaces, _ invocation: Invocation
    ) throws(CommandFailure) -> OperatorIdentity {
        if let found = try OperatorKey.find(name, in: places) { return found.identity }
        guard let name else { return try OperatorKey.load(named: nil, from: places).identity }
        return try RulingBook(invocation).identity(of: name)
    }

    private static func payload(of ruling: DispositionStatement) throws(CommandFailure) -> [UInt8] {
        do throws(StatementError) {
            return try Statement.disposition(ruling).canonicalBytes()
        } catch {
            throw CommandFailure(.failure, "the ruling cannot be written: \(error)")
        }
    }

    static func sign(_ ruling: DispositionStatement, with key: OperatorKey) throws(CommandFailure) -> Envelope {
        do throws(StatementError) {
            return try Envelope.signing(.disposition(ruling), with: key.key)
        } catch {
            throw CommandFailure(.failure, "the ruling cannot be signed: \(error)")
        }
    }

    static func write(_ envelope: Envelope, to path: String, _ console: Console) throws(CommandFailure) {
        guard path != "-" else {
            console.line(String(decoding: envelope.leafBytes, as: UTF8.self))
            return
        }
        guard !Files.exists(path) else {
            throw CommandFailure(.failure, "\(path) is there already; nothing was written: choose another name")
        }
        do throws(FileError) {
            try Files.writeDurably(envelope.leafBytes + [UInt8(ascii: "\n")], to: path, mode: 0o644)
        } catch {
            throw CommandFailure(.failure, "\(error)")
        }
    }

    /// Sends a signed ruling and prints what is in the log now.
    static func send(
        _ envelope: Envelope, _ ruling: DispositionStatement, _ invocation: Invocation
    ) async throws(CommandFailure) -> ExitCode {
        let leaf = String(decoding: envelope.leafBytes, as: UTF8.self)
        let answer = try await Deployment.server(invocation).post(
            "\(AdminClient.api)/dispositions", ["leaf": .string(leaf)])
        let short = String(answer.text("statement").prefix(12))
        let text = RulingText(ruling)
        let console = invocation.surroundings.console
        let note = answer["known"] == .bool(true) ? " (it was there already)" : ""
        console.line("\(text.headline) · statement \(short)… · log index \(answer.text("logIndex"))\(note)")
        for line in text.details(signer: envelope.signatures[0].keyID.hex) { console.line("  \(line)") }
        guard ruling.decision != .withdraw else { return .success }
        console.line("undo: jurat exception revoke \(short)")
        // What was ruled may have no effect, and whoever ruled should hear it now. At a desk without the log nobody can
        // tell.
        if let entry = try? RulingBook(invocation).entry(named: envelope.statementID.hex), !entry.state.isActive {
            console.note("note: it does not act: \(entry.state.word), \(entry.because)")
        }
        return .success
    }
}
