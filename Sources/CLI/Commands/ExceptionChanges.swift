import Cryptography
import JSON
import Platform
import Screening
import VerdictStore

/// The `jurat exception` verbs that sign or send something.
enum ExceptionChanges {
    static let all: [Command] = [
        Command(
            ["exception", "revoke"], "take an allow or deny back with a signed withdrawal", operands: ["REF"],
            options: [ReasonOption.option] + RulingDelivery.signingOptions,
            example: "jurat exception revoke 61f2 --reason \"the fix is out\"", run: revoke),
        Command(
            ["exception", "extend"], "give an allow or deny another end, with a signed successor", operands: ["REF"],
            options: [
                .value("until", "WHEN", "the new end: a duration such as 7d, or an RFC 3339 time (required)"),
                ReasonOption.option,
                .flag("in-view-of-current", "also where something worse was said since"),
            ] + RulingDelivery.signingOptions,
            example: "jurat exception extend 61f2 --until 14d --reason \"still no fix\"", run: extend),
        Command(
            ["exception", "sign"], "sign a record that --dry-run printed elsewhere", operands: ["FILE"],
            options: [
                .value("keys", "DIR", "where your key is (default: ~/.config/jurat/keys, then the data folder)"),
                .value("out", "FILE", "write the signed ruling there (default: print it)"),
            ],
            example: "jurat exception sign ruling.json --out ruling.signed", run: sign),
        Command(
            ["exception", "submit"], "send a ruling that was signed elsewhere", operands: ["FILE"],
            options: [.flag("dry-run", "check it against the log's keys and print it; send nothing")],
            example: "jurat exception submit ruling.signed", run: submit),
    ]

    /// A leaf is at most half of this, and nothing else belongs into the file.
    private static let maxFileBytes = 64 << 10

    private static func revoke(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let reason = try ReasonOption.read(invocation)
        let book = try RulingBook(invocation)
        let target = try book.entry(named: invocation.operands[0])
        try refuseEnded(target, also: true)
        let now = invocation.surroundings.clock.now()
        return try await RulingDelivery.run(invocation) { (identity) async throws(CommandFailure) in
            DispositionStatement(
                subject: target.ruling.subject, decision: .withdraw, scope: target.ruling.scope,
                inViewOf: target.input.statements.map(\.statement).sorted(), overrides: nil, reason: reason,
                actor: identity.name, createdAt: now,
                sequence: try book.nextSequence(of: identity.keyID, about: target.ruling.subject.sha512),
                supersedes: target.logged.statementID)
        }
    }

    private static func extend(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let reason = try ReasonOption.read(invocation)
        let now = invocation.surroundings.clock.now()
        let end = try Expiry.parse(try invocation.required("until"), now: now)
        let book = try RulingBook(invocation)
        let target = try book.entry(named: invocation.operands[0])
        try refuseEnded(target, also: false)
        let successor = RulingExtension(of: target, until: end, at: now)
        let inViewOf = try successor.inViewOf(includingWorse: invocation.has("in-view-of-current"))
        return try await RulingDelivery.run(invocation) { (identity) async throws(CommandFailure) in
            DispositionStatement(
                subject: target.ruling.subject, decision: target.ruling.decision, scope: target.ruling.scope,
                inViewOf: inViewOf, overrides: target.ruling.overrides, reason: reason, actor: identity.name,
                createdAt: now, expiresAt: end,
                sequence: try book.nextSequence(of: identity.keyID, about: target.ruling.subject.sha512),
                supersedes: target.logged.statementID)
        }
    }

    /// Nothing is left to change of a ruling that was replaced or counts for nothing.
    private static func refuseEnded(_ target: RulingBook.Entry, also isExpiryAnEnd: Bool) throws(CommandFailure) {
        switch target.state {
        case .active, .overruled, .reopened: return
        case .expired where !isExpiryAnEnd: return
        case .expired:
            throw CommandFailure(.failure, "\(target.short) is over: \(target.because); nothing is to revoke")
        case .superseded:
            throw CommandFailure(.failure, "\(target.short) is no longer in force: \(target.because); name that one")
        case .withdrawn, .void:
            throw CommandFailure(
                .failure,
                "\(target.short) is no longer in force: \(target.because); rule anew with jurat holds allow|deny")
        }
    }

    // MARK: Files

    private static func sign(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let bytes = try line(of: invocation.operands[0])
        let statement: Statement
        do throws(StatementError) { statement = try Statement(parsingCanonical: bytes) } catch {
            throw CommandFailure(
                .usage, "\(invocation.operands[0]) is no record as --dry-run prints it, so nothing was signed: \(error)"
            )
        }
        guard case .disposition(let ruling) = statement else {
            throw CommandFailure(
                .usage,
                "\(invocation.operands[0]) is no ruling but a \(statement.predicateType.rawValue); nothing was signed")
        }
        let data = try? LogCommands.data(invocation)
        let key = try OperatorKey.load(named: ruling.actor, from: KeyPlaces(invocation, data: data))
        let envelope = try RulingDelivery.sign(ruling, with: key)
        let console = invocation.surroundings.console
        try RulingDelivery.write(envelope, to: invocation.value("out") ?? "-", console)
        console.note("signed: \(RulingText(ruling).headline) · statement \(envelope.statementID.hex.prefix(12))…")
        for line in RulingText(ruling).details(signer: key.identity.keyID.hex) { console.note("  \(line)") }
        return .success
    }

    private static func submit(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let path = invocation.operands[0]
        let bytes = try line(of: path)
        let envelope: Envelope
        let statement: Statement
        do throws(StatementError) {
            envelope = try Envelope(parsingLeaf: bytes)
            statement = try Statement(parsingCanonical: envelope.payload)
        } catch {
            throw CommandFailure(.verificationFailed, "\(path) is no signed ruling: \(error)")
        }
        guard case .disposition(let ruling) = statement else {
            throw CommandFailure(
                .verificationFailed, "\(path) is no ruling but a \(statement.predicateType.rawValue)")
        }
        guard invocation.has("dry-run") else { return try await RulingDelivery.send(envelope, ruling, invocation) }
        let reader = try LogCommands.reader(invocation)
        let keyring = try LogCommands.reading { () throws(LogError) in try reader.keyring() }
        do throws(StatementError) { _ = try VerifiedEnvelope.verify(envelope, with: keyring) } catch {
            throw CommandFailure(.verificationFailed, "the log would not take it: \(error)")
        }
        let console = invocation.surroundings.console
        console.line("would send: \(RulingText(ruling).headline) · statement \(envelope.statementID.hex.prefix(12))…")
        for line in RulingText(ruling).details(signer: envelope.signatures[0].keyID.hex) { console.line("  \(line)") }
        return .success
    }

    /// The one line of a file, without its end.
    private static func line(of path: String) throws(CommandFailure) -> [UInt8] {
        var bytes = try InputFile.read(path, maxBytes: maxFileBytes)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return bytes
    }
}

/// The successor of a ruling, as it would stand.
struct RulingExtension: Sendable {
    let target: RulingBook.Entry
    let end: Timestamp
    let now: Timestamp

    init(of target: RulingBook.Entry, until end: Timestamp, at now: Timestamp) {
        self.target = target
        self.end = end
        self.now = now
    }

    /// What the successor is in view of: what the ruling was, and what stands now.
    ///
    /// A longer end is no second look: what is worse than anything the ruling was in view of stays outside unless the
    /// operator says that they have looked.
    func inViewOf(includingWorse: Bool) throws(CommandFailure) -> [StatementID] {
        let old = target.ruling.inViewOf
        if case .reopened(let verdicts, let advisories) = state(inViewOf: old), !includingWorse {
            throw CommandFailure(
                .failure,
                "\(target.short) was not in view of what came after it (\(list(verdicts, advisories))); look at that "
                    + "(jurat exception show \(target.short)), then extend with --in-view-of-current")
        }
        let all = Set(old + target.input.statements.map(\.statement)).sorted()
        if case .reopened(let verdicts, let advisories) = state(inViewOf: all) {
            throw CommandFailure(
                .failure,
                "an extension would not act: no verdict in the log says yet what \(list(verdicts, advisories)) says; "
                    + "have the artifact analysed and rule anew with jurat holds allow")
        }
        return all
    }

    private func state(inViewOf statements: [StatementID]) -> RulingState {
        let earlier = target.standing
        let successor = StandingDisposition(
            statement: StatementID(digest: SHA256Digest(hashing: Array("the successor".utf8))),
            logIndex: .max, signer: earlier.signer, actor: earlier.actor, decision: earlier.decision,
            registries: earlier.registries, purl: earlier.purl, inViewOf: statements, reason: earlier.reason,
            expiresAt: end, sequence: earlier.sequence, supersedes: earlier.statement, createdAt: now)
        var input = target.input
        input.dispositions.append(successor)
        return RulingState(of: successor, in: input)
    }

    private func list(_ verdicts: [StatementID], _ advisories: [String]) -> String {
        let said = verdicts.map { id in
            target.input.statements.first { $0.statement == id }.map {
                "\($0.analyzer) \($0.verdict.rawValue) at index \($0.logIndex)"
            } ?? String(id.hex.prefix(12))
        }
        return (said + advisories).joined(separator: ", ")
    }
}
