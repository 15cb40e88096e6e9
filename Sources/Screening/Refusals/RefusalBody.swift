import Cryptography
import JSON
import Platform
import Registry

/// The refusal's body: a problem document with `error` first, under 1 KiB because some clients print it raw.
///
/// Spec: wire, section 4; RFC 9457.
extension Refusal {
    /// The most bytes of a problem body.
    public static let maxProblemBodyBytes = 1023

    /// How much of the refusal one attempt keeps.
    private struct Measure {
        var verdicts: Int
        var alternatives: Int
        var hasDetail = true
        var hasIntegrity = true
        var nameBytes = Int.max
    }

    /// The body, shortened step by step until it fits: verdicts, alternatives, the repeated sentence, the integrity, and
    /// at last the middle of the name.
    public func problemBody() -> [UInt8] {
        var measure = Measure(verdicts: shownVerdicts.count, alternatives: alternatives.count)
        while true {
            let body = JSONText.serialize(.object(document(measure)))
            guard body.count > Self.maxProblemBodyBytes, shrink(&measure) else { return body }
        }
    }

    /// Takes the next thing away; false when nothing is left to take.
    private func shrink(_ measure: inout Measure) -> Bool {
        if measure.verdicts > 1 {
            measure.verdicts -= 1
        } else if measure.alternatives > 1 {
            measure.alternatives -= 1
        } else if measure.hasDetail {
            measure.hasDetail = false
        } else if measure.verdicts > 0 {
            measure.verdicts = 0
        } else if measure.hasIntegrity {
            measure.hasIntegrity = false
        } else if measure.nameBytes > 60 {
            measure.nameBytes = 60
        } else {
            return false
        }
        return true
    }

    /// Those that the decision stands on first, then by log index.
    private var shownVerdicts: [StandingVerdict] {
        verdicts.sorted { left, right in
            let (one, other) = (decision.standsOn.contains(left.statement), decision.standsOn.contains(right.statement))
            return one == other ? left.logIndex < right.logIndex : one
        }
    }

    private func document(_ measure: Measure) -> JSONObject {
        let text = boundedSentence(measure)
        var document: JSONObject = ["error": .string(text), "code": .string(code.rawValue)]
        document.append("decision", .string(code.outcome.rawValue))
        if let until = decision.until { document.append("until", .string(until.rfc3339)) }
        var subject: JSONObject = [:]
        if measure.nameBytes == .max { subject.append("purl", .string(Self.printable(purl.text))) }
        if measure.hasIntegrity, let integrity { subject.append("integrity", .string(Self.printable(integrity))) }
        subject.append("registry", .string(registry.text))
        document.append("subject", .object(subject))
        document.append(
            "policy",
            [
                "rule": .string(decision.rule.rawValue), "revision": .string("sha256:\(decision.policyRevision.hex)"),
            ])
        document.append("verdicts", .array(shownVerdicts.prefix(measure.verdicts).map(Self.record)))
        document.append(
            "alternatives", .array(alternatives.prefix(measure.alternatives).map { .string(Self.printable($0)) }))
        document.append("why", .string(Self.printable(whyURL)))
        document.append("requestId", .string(Self.printable(requestID)))
        document.append("type", .string(code.problemType))
        document.append("title", .string(code.title))
        document.append("status", .integer(Int64(code.status)))
        if measure.hasDetail { document.append("detail", .string(text)) }
        return document
    }

    private func boundedSentence(_ measure: Measure) -> String {
        guard measure.nameBytes < displayName.utf8.count else { return sentence(alternatives: measure.alternatives) }
        let name = Self.shortened(displayName, to: measure.nameBytes)
        return "\(code.opening) by jurat: \(name) \(cause.shortPhrase). \(Self.printable(whyURL))"
    }

    private static func record(_ verdict: StandingVerdict) -> JSONValue {
        var record: JSONObject = [
            "analyzer": .string(verdict.analyzer.text), "verdict": .string(verdict.verdict.rawValue),
            "statement": .string(verdict.statement.hex), "logIndex": .integer(Int64(clamping: verdict.logIndex)),
        ]
        if let origin = verdict.source.origin { record.append("origin", .string(printable(origin))) }
        return .object(record)
    }
}
