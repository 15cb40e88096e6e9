import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// Takes an operator's signed ruling into the log. The gateway has no operator key, so it can only pass one on.
struct DispositionRoute: Sendable {
    let log: VerdictLog
    let reads: LogReads
    let store: ArtifactStore
    let foreign: ForeignKnowledge
    let clock: any WallClock
    /// Told of each ruling that became durable, and of each that was refused.
    let note: @Sendable (AuditEvent) -> Void

    /// More statements than analyzers and people make about one artifact.
    private static let statementLimit = 100_000

    /// The same ruling again gets its first place again, and nothing happens.
    func append(_ body: JSONValue) async -> ServerResponse {
        guard let leaf = body["leaf"]?.stringValue else {
            return PlainAnswers.failure(400, "leaf is missing: the signed disposition")
        }
        let envelope: Envelope
        let ruling: DispositionStatement
        do throws(DispositionRefusal) {
            (envelope, ruling) = try Self.read(Array(leaf.utf8))
        } catch {
            return refused(error, nil)
        }
        let entries: [LogEntry]
        do throws(LogReads.Failure) {
            entries = try await reads.run { (reader) throws(LogError) in
                try reader.statements(
                    matching: StatementFilter(sha512: ruling.subject.sha512), limit: Self.statementLimit)
            }
        } catch {
            return Self.failure(error)
        }
        if let known = entries.first(where: { $0.leaf == envelope.leafBytes }) {
            return PlainAnswers.logged(known.logged, isKnown: true)
        }
        do throws(DispositionRefusal) {
            try check(ruling, by: envelope.signatures[0].keyID, entries).check(envelope, ruling)
        } catch {
            return refused(error, (envelope, ruling))
        }
        do throws(LogError) {
            let logged = try await log.append(envelope)
            note(AuditEvent(ruling, logged, at: clock.now()))
            return PlainAnswers.logged(logged, isKnown: false)
        } catch {
            // Another ruling or a key event came in between.
            note(AuditEvent(refused: ruling, envelope, because: "\(error)", at: clock.now()))
            return JobRoutes.failure(error)
        }
    }

    private static func read(_ leaf: [UInt8]) throws(DispositionRefusal) -> (Envelope, DispositionStatement) {
        var signer: KeyID?
        let envelope: Envelope
        let statement: Statement
        do throws(StatementError) {
            envelope = try Envelope(parsingLeaf: leaf)
            signer = envelope.signatures[0].keyID
            statement = try Statement(parsingCanonical: envelope.payload)
        } catch {
            throw .unreadable(error, signer: signer)
        }
        guard case .disposition(let ruling) = statement else { throw .notADisposition(statement.predicateType) }
        return (envelope, ruling)
    }

    private func check(
        _ ruling: DispositionStatement, by signer: KeyID, _ entries: [LogEntry]
    ) -> DispositionCheck {
        let subject = ruling.subject.sha512
        let rulings = entries.filter { entry in
            if case .disposition = entry.logged.statement { true } else { false }
        }
        return DispositionCheck(
            keyring: log.keyring, isRevokedKey: { [knowledge = log.knowledge] in knowledge.isRevoked(key: $0) },
            statements: Set(entries.map(\.logged.statementID) + foreign.about(subject).map(\.statementID)),
            rulings: Set(rulings.map(\.logged.statementID)),
            lastSequence: log.knowledge.lastSequence(of: signer, about: subject),
            areBytesHere: store.digests(of: subject) != nil, now: clock.now())
    }

    // MARK: Answers

    private func refused(
        _ refusal: DispositionRefusal, _ read: (envelope: Envelope, ruling: DispositionStatement)?
    ) -> ServerResponse {
        if let read {
            note(AuditEvent(refused: read.ruling, read.envelope, because: "\(refusal)", at: clock.now()))
        }
        return PlainAnswers.failure(422, "\(refusal)")
    }

    private static func failure(_ error: LogReads.Failure) -> ServerResponse {
        switch error {
        case .busy: PlainAnswers.failure(429, "the log is busy; try again", headers: ["Retry-After": "3"])
        case .log(let error): JobRoutes.failure(error)
        }
    }
}

extension AuditEvent {
    /// The audit line of a ruling that entered the log.
    init(_ ruling: DispositionStatement, _ logged: LoggedStatement, at moment: Timestamp) {
        var members = Self.members(of: ruling, signer: logged.signer)
        members.append("statement", .string(logged.statementID.hex))
        members.append("logIndex", .integer(Int64(clamping: logged.logIndex)))
        members.append("outcome", "logged")
        self.init(.disposition, at: moment, members: members)
    }

    /// The audit line of a ruling that was refused; the same one over and over is one line a minute.
    init(refused ruling: DispositionStatement, _ envelope: Envelope, because reason: String, at moment: Timestamp) {
        var members = Self.members(of: ruling, signer: envelope.signatures[0].keyID)
        members.append("statement", .string(envelope.statementID.hex))
        members.append("outcome", "refused")
        members.append("why", .string(reason))
        self.init(
            .disposition, at: moment, members: members, deduplicationKey: "refused \(envelope.statementID.hex)")
    }

    private static func members(of ruling: DispositionStatement, signer: KeyID) -> JSONObject {
        [
            "decision": .string(ruling.decision.rawValue), "purl": .string(ruling.subject.purl.text),
            "sha512": .string(ruling.subject.sha512.hex), "actor": .string(ruling.actor),
            "signer": .string(signer.hex), "reason": .string(ruling.reason),
            "registries": .array(ruling.scope.registries.map { .string($0.text) }),
            "expiresAt": ruling.expiresAt.map { .string($0.rfc3339) } ?? .null,
            "supersedes": ruling.supersedes.map { .string($0.hex) } ?? .null,
        ]
    }
}
