import Cryptography
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// The members of audit lines about news: what it is about, and how many got it.
enum NewsAudit {
    static func members(_ subject: AdvisorySubject, _ served: AccessSummary) -> JSONObject {
        [
            "purl": .string(subject.purl.text), "integrity": .string("sha512-\(subject.sha512.base64)"),
            "accesses": .integer(Int64(served.accesses)), "clients": .integer(Int64(served.clients)),
            "firstAccess": served.first.map { .string($0.rfc3339) } ?? .null,
            "lastAccess": served.last.map { .string($0.rfc3339) } ?? .null,
        ]
    }

    fileprivate static func said(_ statement: VerdictStatement) -> JSONValue {
        [
            "verdict": .string(statement.verdict.rawValue),
            "advisories": .array(statement.findings.compactMap(\.evidence).map { .string($0) }),
        ]
    }
}

extension AuditEvent {
    /// The audit line of an advisory verdict that says something else than the one before.
    init(
        verdictChange verdict: VerdictStatement, _ logged: LoggedStatement, of subject: AdvisorySubject,
        from earlier: VerdictStatement, _ served: AccessSummary, _ moment: Timestamp
    ) {
        let members: JSONObject = [
            "analyzer": .string(verdict.analyzer.id.text), "from": NewsAudit.said(earlier),
            "to": NewsAudit.said(verdict), "statement": .string(logged.statementID.hex),
            "logIndex": .integer(Int64(clamping: logged.logIndex)),
        ]
        self.init(.verdictChange, at: moment, members: NewsAudit.members(subject, served).appending(members))
    }

    /// The same line with more members at its end.
    func adding(_ more: JSONObject) -> AuditEvent {
        AuditEvent(kind, at: at, members: members.appending(more), deduplicationKey: deduplicationKey)
    }
}

extension JSONObject {
    fileprivate func appending(_ more: JSONObject) -> JSONObject {
        var whole = self
        for member in more.members { whole.set(member.name, member.value) }
        return whole
    }
}
