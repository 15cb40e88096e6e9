import Cryptography
import HTTP
import JSON
import Platform
import Screening
import VerdictStore

/// Takes signed revocations and successions into the log. The gateway has none of the keys, so it can only pass them on.
struct StatementRoute: Sendable {
    let log: VerdictLog
    let clock: any WallClock
    let note: @Sendable (AuditEvent) -> Void
    /// Told when something may count for nothing from now on.
    let onRevoked: @Sendable () -> Void

    func append(_ body: JSONValue) async -> ServerResponse {
        guard let leaf = body["leaf"]?.stringValue else {
            return PlainAnswers.failure(400, "leaf is missing: the signed statement")
        }
        let signed: SignedLeaf
        do throws(StatementError) { signed = try SignedLeaf(parsing: leaf) } catch {
            return PlainAnswers.failure(422, "the statement is not accepted: \(error)")
        }
        if let advice = Self.otherRoute(for: signed.statement) { return PlainAnswers.failure(422, advice) }
        do throws(LogError) {
            let logged = try await log.append(signed.envelope)
            record(signed.statement, logged)
            return PlainAnswers.logged(logged)
        } catch {
            return JobRoutes.failure(error)
        }
    }

    /// Where a statement belongs that is not for this route; nil when it is.
    private static func otherRoute(for statement: Statement) -> String? {
        switch statement {
        case .revocation, .logSuccession: nil
        case .verdict: "verdicts are handed in by workers, with the job that they answer"
        case .disposition: "dispositions go to /-/api/v1/dispositions"
        case .keyEvent: "key events go to /-/api/v1/key-events"
        case .importReceipt: "import receipts are written by the gateway alone, when it imports"
        }
    }

    private func record(_ statement: Statement, _ logged: LoggedStatement) {
        switch statement {
        case .revocation(let revocation):
            note(AuditEvent(revocation, logged, at: clock.now()))
            onRevoked()
        case .logSuccession(let succession): note(AuditEvent(succession, logged, at: clock.now()))
        case .verdict, .disposition, .keyEvent, .importReceipt: break
        }
    }
}

extension AuditEvent {
    /// The audit line of a revocation that entered the log.
    init(_ revocation: RevocationStatement, _ logged: LoggedStatement, at moment: Timestamp) {
        let target: JSONValue =
            switch revocation.target {
            case .statement(let id): ["statement": .string(id.hex)]
            case .ruleset(let ruleset): ["ruleset": .string(ruleset.digest.hex), "name": .string(ruleset.name)]
            case .analyzer(let id, let version): ["analyzer": .string(id.text), "version": .string(version)]
            case .key(let id): ["key": .string(id.hex)]
            }
        self.init(
            .revocation, at: moment,
            members: [
                "target": target, "reason": .string(revocation.reason),
                "signers": .array(logged.signers.map { .string($0.hex) }),
                "statement": .string(logged.statementID.hex), "logIndex": .integer(Int64(clamping: logged.logIndex)),
            ])
    }

    /// The audit line of a succession that entered the log.
    init(_ succession: LogSuccessionStatement, _ logged: LoggedStatement, at moment: Timestamp) {
        self.init(
            .succession, at: moment,
            members: [
                "succession": .string(succession.event.rawValue), "origin": .string(succession.origin),
                "logKey": .string(succession.logKey.keyID.hex), "reason": .string(succession.reason),
                "signers": .array(logged.signers.map { .string($0.hex) }),
                "statement": .string(logged.statementID.hex), "logIndex": .integer(Int64(clamping: logged.logIndex)),
            ])
    }
}
