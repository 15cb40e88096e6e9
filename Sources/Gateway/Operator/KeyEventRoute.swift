import Cryptography
import HTTP
import JSON
import Platform
import Screening
import VerdictStore

/// What a serving process does when its keys change.
public struct KeyEventEffects: Sendable {
    /// Reads the log keys from their files and gives them to the log. Failing is said in its own way and not here: the
    /// keys in use then stay.
    public var reloadLogKeys: @Sendable () async -> Void
    /// Has workers take up the verdict keys of now.
    public var restartWorkers: @Sendable () -> Void

    public init(
        reloadLogKeys: @escaping @Sendable () async -> Void = {}, restartWorkers: @escaping @Sendable () -> Void = {}
    ) {
        self.reloadLogKeys = reloadLogKeys
        self.restartWorkers = restartWorkers
    }
}

/// Takes signed key events into the log and has everybody act on them. The gateway holds no root key.
struct KeyEventRoute: Sendable {
    let log: VerdictLog
    let clock: any WallClock
    let note: @Sendable (AuditEvent) -> Void
    let effects: KeyEventEffects
    /// Told when something may count for nothing from now on.
    let onEnded: @Sendable () -> Void

    func append(_ body: JSONValue) async -> ServerResponse {
        guard let leaf = body["leaf"]?.stringValue else {
            return PlainAnswers.failure(400, "leaf is missing: the signed key event")
        }
        let signed: SignedLeaf
        do throws(StatementError) { signed = try SignedLeaf(parsing: leaf) } catch {
            return PlainAnswers.failure(422, "the key event is not accepted: \(error)")
        }
        guard case .keyEvent(let event) = signed.statement else {
            return PlainAnswers.failure(422, "the statement is no key event")
        }
        // Before the event, so that a new log key signs the very checkpoint that covers it.
        if event.role == .log { await effects.reloadLogKeys() }
        do throws(LogError) {
            let logged = try await log.append(signed.envelope)
            note(AuditEvent(event, logged, at: clock.now()))
            act(on: event)
            return PlainAnswers.logged(logged)
        } catch {
            return JobRoutes.failure(error)
        }
    }

    private func act(on event: KeyEventStatement) {
        // A root key may have vouched for verdict keys.
        if event.role == .verdict || event.role == .root { effects.restartWorkers() }
        switch event.event {
        case .add: break
        case .retire, .revoke: onEnded()
        }
    }
}

extension AuditEvent {
    /// The audit line of a key event that entered the log.
    init(_ event: KeyEventStatement, _ logged: LoggedStatement, at moment: Timestamp) {
        self.init(
            .keyEvent, at: moment,
            members: [
                "change": .string(event.event.rawValue), "key": .string(event.publicKey.keyID.hex),
                "role": .string(event.role.rawValue), "holder": event.holder.map { .string($0) } ?? .null,
                "invalidFromIndex": event.invalidFromIndex.map { .integer(Int64(clamping: $0)) } ?? .null,
                "reason": .string(event.reason), "signers": .array(logged.signers.map { .string($0.hex) }),
                "statement": .string(logged.statementID.hex), "logIndex": .integer(Int64(clamping: logged.logIndex)),
            ])
    }
}
