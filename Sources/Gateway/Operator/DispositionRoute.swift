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
    /// Told of each disposition that became durable.
    let onLogged: @Sendable (LoggedStatement, DispositionStatement) -> Void

    func append(_ body: JSONValue) async -> ServerResponse {
        guard let leaf = body["leaf"]?.stringValue else {
            return PlainAnswers.failure(400, "leaf is missing: the signed disposition")
        }
        let envelope: Envelope
        let disposition: DispositionStatement
        do {
            envelope = try Envelope(parsingLeaf: Array(leaf.utf8))
            guard case .disposition(let statement) = try Statement(parsingCanonical: envelope.payload) else {
                return PlainAnswers.failure(422, "the statement is no disposition")
            }
            disposition = statement
        } catch {
            return PlainAnswers.failure(422, "the disposition is not accepted: \(error)")
        }
        do {
            let logged = try await log.append(envelope)
            onLogged(logged, disposition)
            return PlainAnswers.json([
                "statement": .string(logged.statementID.hex), "logIndex": .integer(Int64(clamping: logged.logIndex)),
            ])
        } catch {
            return JobRoutes.failure(error)
        }
    }
}

extension AuditEvent {
    /// The audit line of a ruling that entered the log.
    init(_ disposition: DispositionStatement, _ logged: LoggedStatement, at moment: Timestamp) {
        self.init(
            .disposition, at: moment,
            members: [
                "decision": .string(disposition.decision.rawValue), "purl": .string(disposition.subject.purl.text),
                "sha512": .string(disposition.subject.sha512.hex), "actor": .string(disposition.actor),
                "reason": .string(disposition.reason),
                "registries": .array(disposition.scope.registries.map { .string($0.text) }),
                "expiresAt": disposition.expiresAt.map { .string($0.rfc3339) } ?? .null,
                "statement": .string(logged.statementID.hex), "logIndex": .integer(Int64(clamping: logged.logIndex)),
            ])
    }
}
