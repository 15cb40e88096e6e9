import Advisories
import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// The allow and deny rulings of the log, each with what has become of it. Needs no server.
///
/// States come from the functions that decide at the gateway, over the same log and the advisory snapshot in force. What
/// foreign logs say is known to a running server alone.
struct RulingBook: Sendable {
    /// One ruling, with everything that its state is worked out from.
    struct Entry: Sendable {
        let logged: LoggedStatement
        let ruling: DispositionStatement
        let standing: StandingDisposition
        let state: RulingState
        let input: DecisionInput
        let payload: [UInt8]

        var short: String { String(logged.statementID.hex.prefix(12)) }
    }

    private let reader: LogReader
    private let advisories: AdvisoryIndex?
    private let now: Timestamp

    init(_ invocation: Invocation) throws(CommandFailure) {
        let data = try LogCommands.data(invocation)
        do throws(LogError) { reader = try LogReader(data) } catch { throw LogCommands.failure(error) }
        do throws(AdvisoryError) {
            advisories = try AdvisoryDirectory(directory: data.advisoriesDirectory).current()
        } catch {
            throw CommandFailure(.failure, "the advisory snapshot cannot be read: \(error)")
        }
        now = invocation.surroundings.clock.now()
    }

    // MARK: Finding

    /// Every ruling that fits, newest first.
    func entries(about purl: PackageURL? = nil, by actor: String? = nil) throws(CommandFailure) -> [Entry] {
        try LogCommands.reading { () throws(LogError) in
            let found = try reader.statements(
                matching: StatementFilter(predicateType: .disposition, purl: purl), limit: Int.max)
            let rulings = found.compactMap { entry -> (LogEntry, DispositionStatement)? in
                guard case .disposition(let ruling) = entry.logged.statement, ruling.decision != .withdraw else {
                    return nil
                }
                if let actor, !actor.utf8.elementsEqual(ruling.actor.utf8) { return nil }
                return (entry, ruling)
            }
            let knowledge = try reader.knowledge(about: Set(rulings.map { $0.1.subject.sha512 }))
            return try rulings.map { (pair) throws(LogError) in try entry(pair.0, pair.1, knowledge) }
        }
    }

    /// The ruling that somebody means by the first digits of its statement, or by the purl that it is about.
    func entry(named reference: String) throws(CommandFailure) -> Entry {
        try Reference.check(reference)
        if let purl = try? PackageURL(parsing: reference) { return try entry(about: purl, reference) }
        let found = try LogCommands.reading { () throws(LogError) in
            try reader.statement(withPrefix: reference.lowercased())
        }
        guard case .disposition(let ruling) = found.logged.statement else {
            throw CommandFailure(
                .usage, "\(reference) is no ruling but a \(found.logged.statement.predicateType.rawValue)")
        }
        guard ruling.decision != .withdraw else {
            let target = ruling.supersedes.map { " of \($0.hex.prefix(12))" } ?? ""
            throw CommandFailure(.usage, "\(reference) is the withdrawal\(target); name that ruling")
        }
        return try LogCommands.reading { () throws(LogError) in
            try entry(found, ruling, try reader.knowledge(about: [ruling.subject.sha512]))
        }
    }

    private func entry(about purl: PackageURL, _ reference: String) throws(CommandFailure) -> Entry {
        let all = try entries(about: purl)
        let active = all.filter(\.state.isActive)
        guard active.count < 2 else {
            let names = active.map { "\($0.short) (\($0.ruling.decision.rawValue))" }.joined(separator: ", ")
            throw CommandFailure(.usage, "several rulings act on \(reference); name one of them: \(names)")
        }
        guard let chosen = active.first ?? all.first else {
            throw CommandFailure(.notFound, "nobody has ruled on \(reference)")
        }
        return chosen
    }

    /// The number that the next ruling of a key about these bytes has.
    func nextSequence(of key: KeyID, about digest: SHA512Digest) throws(CommandFailure) -> UInt64 {
        try LogCommands.reading { () throws(LogError) in
            try reader.knowledge(about: [digest]).lastSequence(of: key, about: digest) + 1
        }
    }

    /// The key that an operator has now, by the log's key events.
    func identity(of name: String) throws(CommandFailure) -> OperatorIdentity {
        let keyring = try LogCommands.reading { () throws(LogError) in try reader.keyring() }
        let keys = keyring.keys.filter { entry in
            entry.role == .operator_ && keyring.isValidNow(entry.publicKey.keyID)
                && entry.holder?.utf8.elementsEqual(name.utf8) ?? false
        }
        guard let key = keys.last else {
            throw CommandFailure(.notFound, "the log knows no good key of operator \(name)")
        }
        return OperatorIdentity(name: name, keyID: key.publicKey.keyID)
    }

    /// What was said about the bytes of a ruling, in log order.
    func history(of entry: Entry) throws(CommandFailure) -> [LogEntry] {
        try LogCommands.reading { () throws(LogError) in
            try reader.statements(matching: StatementFilter(sha512: entry.ruling.subject.sha512), limit: Int.max)
                .reversed()
        }
    }

    // MARK: State

    private func entry(
        _ found: LogEntry, _ ruling: DispositionStatement, _ knowledge: KnowledgeIndex
    ) throws(LogError) -> Entry {
        let standing = StandingDisposition(
            ruling, statement: found.logged.statementID, logIndex: found.logged.logIndex, signer: found.logged.signer)
        let payload: [UInt8]
        let input: DecisionInput
        do {
            payload = try Envelope(parsingLeaf: found.leaf).payload
            input = try self.input(for: ruling, knowledge.about(ruling.subject.sha512))
        } catch {
            throw .damaged(.entry(index: found.logged.logIndex, reason: "\(error)"))
        }
        return Entry(
            logged: found.logged, ruling: ruling, standing: standing, state: RulingState(of: standing, in: input),
            input: input, payload: payload)
    }

    /// What is known under the name that a ruling is for.
    private func input(for ruling: DispositionStatement, _ known: SubjectKnowledge) throws -> DecisionInput {
        let purl = ruling.scope.purl ?? ruling.subject.purl
        // A ruling may name no version at all; then it is about every one of the name.
        let version =
            try purl.version ?? ruling.subject.purl.version
            ?? PackageVersion(parsing: "0.0.0", ecosystem: purl.name.ecosystem)
        let facts = advisories?.matches(purl.name, version).map { match in
            AdvisoryFact(
                id: match.id, isMalicious: match.isMalicious, cvssTenths: match.cvssTenths,
                fixedVersions: match.fixedVersions)
        }
        return DecisionInput(
            registry: try elsewhere(known.dispositions), policy: .standard, name: purl.name, version: version,
            publishedAt: nil, statements: known.verdicts, dispositions: known.dispositions, advisories: facts ?? [],
            advisoryAvailability: advisories.map { .current(snapshot: $0.snapshotID) } ?? .neverLoaded(required: false),
            now: now)
    }

    /// A registry that no ruling names: it stands for all the others.
    private func elsewhere(_ dispositions: [StandingDisposition]) throws -> RegistryName {
        let named = Set(dispositions.flatMap(\.registries))
        var name = try RegistryName(parsing: "elsewhere")
        for number in 0..<named.count where named.contains(name) {
            name = try RegistryName(parsing: "elsewhere-\(number)")
        }
        return name
    }
}
