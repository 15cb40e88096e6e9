import Cryptography
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// A decision with everything that it stands on, as the JSON of `why` and `holds show`.
///
/// Spec: docs/commands.md.
struct DecisionDescription: Sendable {
    let purl: PackageURL
    let registry: RegistryName
    let decision: Decision
    let input: DecisionInput
    /// The refusal's sentence; empty when it is served.
    let sentence: String
    let alternatives: [String]
    /// The digests of the bytes, where they are known.
    let sha512: String?
    let sha256: String?
    /// The logged statements behind `input.statements`, where the log could be read.
    let logged: [StatementID: VerdictStatement]
    /// What they were reached from.
    let chains: [StatementID: ChainDescription]
    /// What changed, where a verdict is about that and it was kept.
    let differences: [StatementID: ComparedDifference]
    /// What foreign logs say.
    let opinions: [ForeignOpinion]

    var json: JSONValue {
        var object: JSONObject = [
            "purl": .string(purl.text), "registry": .string(registry.text),
            "decision": .string(decision.outcome.rawValue), "code": decision.code.map { .string($0.rawValue) } ?? .null,
            "rule": .string(decision.rule.rawValue), "sentence": .string(sentence),
            "until": decision.until.map { .string($0.rfc3339) } ?? .null,
            "policyRevision": .string(decision.policyRevision.hex),
            "subject": sha512.map { ["sha512": .string($0), "sha256": sha256.map { .string($0) } ?? .null] } ?? .null,
            "statements": .array(input.statements.filter { $0.source == .own }.map(statement)),
            "dispositions": .array(input.dispositions.map(disposition)),
            "foreign": .array(opinions.map(\.json)),
            "advisories": .array(input.advisories.map(advisory)),
            "unavailable": .array(unavailable),
            "alternatives": .array(alternatives.map { .string($0) }),
        ]
        if let wouldRefuse = decision.wouldRefuse { object.append("wouldRefuse", .string(wouldRefuse.rawValue)) }
        if case .neverLoaded = input.advisoryAvailability {
            object.append("advisoryNote", "no advisory snapshot was ever loaded: judged without advisories")
        }
        if case .stale(let seconds) = input.advisoryAvailability {
            object.append(
                "advisoryNote", .string("the advisories do not count: \(AdvisoryAge.staleness(seconds: seconds))"))
        }
        return .object(object)
    }

    /// The analyses that were given up and are missed, with their causes.
    private var unavailable: [JSONValue] {
        decision.missing.compactMap { analyzer in
            input.progress[analyzer]?.failureCause.map { ["analyzer": .string(analyzer.text), "cause": .string($0)] }
        }
    }

    private func statement(_ standing: StandingVerdict) -> JSONValue {
        let verdict = logged[standing.statement]
        return [
            "analyzer": .string(standing.analyzer.text), "version": .string(verdict?.analyzer.version ?? ""),
            "ruleset": .string(verdict?.analyzer.ruleset.digest.hex ?? ""),
            "verdict": .string(standing.verdict.rawValue), "statement": .string(standing.statement.hex),
            "logIndex": .integer(Int64(clamping: standing.logIndex)), "signer": .string(standing.signer.hex),
            "createdAt": verdict.map { .string($0.createdAt.rfc3339) } ?? .null,
            "basis": chains[standing.statement]?.json ?? .null,
            "difference": differences[standing.statement]?.record(hasText: false) ?? .null,
            "findings": .array(verdict?.findings.map(Self.finding) ?? standing.rules.map { ["rule": .string($0)] }),
        ]
    }

    static func finding(_ finding: Finding) -> JSONValue {
        [
            "rule": .string(finding.rule), "severity": .string(finding.severity.rawValue),
            "path": finding.path.map { .string($0) } ?? .null,
            "line": finding.line.map { .integer(Int64($0)) } ?? .null, "count": .integer(Int64(finding.count)),
            "evidence": finding.evidence.map { .string($0) } ?? .null,
        ]
    }

    private func disposition(_ standing: StandingDisposition) -> JSONValue {
        [
            "decision": .string(standing.decision.rawValue), "actor": .string(standing.actor),
            "reason": .string(standing.reason), "statement": .string(standing.statement.hex),
            "logIndex": .integer(Int64(clamping: standing.logIndex)),
            "registries": .array(standing.registries.map { .string($0.text) }),
            "expiresAt": standing.expiresAt.map { .string($0.rfc3339) } ?? .null,
            "createdAt": .string(standing.createdAt.rfc3339),
        ]
    }

    private func advisory(_ fact: AdvisoryFact) -> JSONValue {
        [
            "id": .string(fact.id), "malicious": .bool(fact.isMalicious),
            "cvss": fact.cvssTenths.map { .string("\($0 / 10).\($0 % 10)") } ?? .null,
            "fixed": .array(fact.fixedVersions.map { .string($0) }),
            "source": .string(fact.isLive ? "live" : "bundle"),
        ]
    }
}
