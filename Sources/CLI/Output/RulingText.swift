import Cryptography
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// A ruling in words.
struct RulingText: Sendable {
    let ruling: DispositionStatement

    init(_ ruling: DispositionStatement) { self.ruling = ruling }

    /// What was ruled on what, and until when.
    var headline: String {
        let end = ruling.expiresAt.map { " until \(Self.minutes($0))" } ?? ""
        switch ruling.decision {
        case .allow: return "allowed \(package)\(end)"
        case .deny: return "denied \(package)\(end)"
        case .withdraw:
            return "withdrew \(ruling.supersedes.map { "\($0.hex.prefix(12))…" } ?? "a ruling") on \(package)"
        }
    }

    /// By whom, where, in view of what and why.
    func details(signer: String) -> [String] {
        var line = "by \(ruling.actor) (key \(signer.prefix(12))…) on \(scope)"
        line += " · in view of \(ruling.inViewOf.count) statement\(ruling.inViewOf.count == 1 ? "" : "s")"
        if let code = ruling.overrides { line += " · overrides \(code.rawValue)" }
        if ruling.decision != .withdraw, let earlier = ruling.supersedes {
            line += " · in place of \(earlier.hex.prefix(12))…"
        }
        return [line, "reason: \(Logger.printable(ruling.reason))"]
    }

    var package: String { (ruling.scope.purl ?? ruling.subject.purl).text }

    var scope: String {
        ruling.scope.registries.isEmpty
            ? "every registry" : ruling.scope.registries.map(\.text).joined(separator: ", ")
    }

    /// `2026-11-28 02:31Z`.
    static func minutes(_ moment: Timestamp) -> String {
        moment.rfc3339.prefix(16).replacing("T", with: " ") + "Z"
    }
}

extension RulingBook.Entry {
    /// Why the ruling is in its state, in a few words; empty while it is active.
    var because: String {
        switch state {
        case .active: ""
        case .overruled(let denials): "denied by \(names(denials))"
        case .reopened(let verdicts, let advisories):
            "not in view of " + (verdicts.map(verdict) + advisories).joined(separator: ", ")
        case .expired(let end): "ended \(RulingText.minutes(end))"
        case .superseded(let successor): "replaced by \(successor.hex.prefix(12))"
        case .withdrawn(let withdrawal): "withdrawn by \(withdrawal.hex.prefix(12))"
        case .void: "its key was revoked, or it was itself"
        }
    }

    private func names(_ statements: [StatementID]) -> String {
        statements.map { String($0.hex.prefix(12)) }.joined(separator: ", ")
    }

    private func verdict(_ id: StatementID) -> String {
        guard let found = input.statements.first(where: { $0.statement == id }) else {
            return String(id.hex.prefix(12))
        }
        return "\(found.analyzer) \(found.verdict.rawValue) \(id.hex.prefix(12))"
    }

    /// The ruling as lists and `show` print it for programs.
    var record: JSONObject {
        var because: JSONObject = [:]
        switch state {
        case .active, .void: break
        case .overruled(let statements): because.append("statements", .array(statements.map { .string($0.hex) }))
        case .reopened(let statements, let advisories):
            because.append("statements", .array(statements.map { .string($0.hex) }))
            because.append("advisories", .array(advisories.map { .string($0) }))
        case .expired(let end): because.append("at", .string(end.rfc3339))
        case .superseded(let statement), .withdrawn(let statement):
            because.append("statements", [.string(statement.hex)])
        }
        return [
            "statement": .string(logged.statementID.hex), "logIndex": .integer(Int64(clamping: logged.logIndex)),
            "actor": .string(ruling.actor), "signer": .string(logged.signer.hex),
            "decision": .string(ruling.decision.rawValue), "purl": .string(RulingText(ruling).package),
            "sha512": .string(ruling.subject.sha512.hex),
            "registries": .array(ruling.scope.registries.map { .string($0.text) }),
            "reason": .string(ruling.reason), "createdAt": .string(ruling.createdAt.rfc3339),
            "expiresAt": ruling.expiresAt.map { .string($0.rfc3339) } ?? .null,
            "overrides": ruling.overrides.map { .string($0.rawValue) } ?? .null,
            "sequence": .integer(Int64(clamping: ruling.sequence)),
            "supersedes": ruling.supersedes.map { .string($0.hex) } ?? .null,
            "inViewOf": .array(ruling.inViewOf.map { .string($0.hex) }), "state": .string(state.word),
            "because": .object(because),
        ]
    }
}
