import Cryptography
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// The members of audit lines about decisions.
///
/// Spec: policy, "Logs for people and machines".
enum AuditLines {
    /// The line for a name that was asked for at an address that must not lead to it.
    static func reserved(_ refusal: Refusal, _ client: ClientFacts, at moment: Timestamp) -> AuditEvent {
        let members: JSONObject = [
            "requestId": .string(client.requestID), "principal": .null, "client": .string(client.name),
            "address": .string(client.address), "ci": .bool(client.profile.isCI),
            "registry": .string(refusal.registry.text), "purl": .string(refusal.purl.text),
            "decision": .string(refusal.code.outcome.rawValue), "code": .string(refusal.code.rawValue),
            "rule": .string(refusal.decision.rule.rawValue),
            "policyRevision": .string("sha256:\(refusal.decision.policyRevision.hex)"),
        ]
        let key = [client.address, client.name, refusal.registry.text, refusal.purl.text, refusal.code.rawValue]
        return AuditEvent(
            .decision, at: moment, members: members, deduplicationKey: key.joined(separator: "\n"))
    }

    /// The line for one answered request for an artifact or manifest; equal ones within a minute are one line.
    static func decision(_ request: AnsweredRequest, refusal: Refusal?) -> AuditEvent {
        let (client, judgement) = (request.client, request.judgement)
        let decision = judgement.decision
        var members: JSONObject = [
            "requestId": .string(client.requestID), "principal": .null, "client": .string(client.name),
            "address": .string(client.address), "ci": .bool(client.profile.isCI),
            "registry": .string(request.key.source.text), "purl": .string(judgement.purl.text),
            "file": .string(request.key.filename),
            "integrity": judgement.integrityText.map { .string($0) } ?? .null,
            "decision": .string(decision.outcome.rawValue),
            "code": decision.code.map { .string($0.rawValue) } ?? .null, "rule": .string(decision.rule.rawValue),
            "policyRevision": .string("sha256:\(decision.policyRevision.hex)"),
            "statements": .array(decision.standsOn.map { .string($0.hex) }),
            "advisories": .array(judgement.input.advisories.map { .string($0.id) }),
        ]
        if let wouldRefuse = decision.wouldRefuse { members.append("wouldRefuse", .string(wouldRefuse.rawValue)) }
        if let refusal { members.append("why", .string(refusal.whyURL)) }
        let key = [
            client.address, client.name, request.key.source.text, judgement.purl.text, request.key.filename,
            decision.code?.rawValue ?? "served",
        ]
        return AuditEvent(
            .decision, at: request.moment, members: members, deduplicationKey: key.joined(separator: "\n"))
    }
}
