import JSON
import Platform
import Registry
import Screening

/// What a check found out about one item.
struct CheckedItem: Sendable {
    enum Outcome: Sendable {
        case judged(Judgement)
        /// The name belongs to a registry that this one does not lead to.
        case reserved(Decision)
        case unknown(reason: String, isAbsent: Bool)
        case unscreened(kind: String, place: String)
    }

    let item: CheckItem
    let outcome: Outcome
    /// How what the lockfile claims differs from what the listing claims or our records say; nil when it does not.
    var difference: String?
    /// Files of a served version that nobody fetched yet: each is analysed before its first answer.
    var filesNotAnalysed = 0
    var alternatives: [String] = []

    init(_ item: CheckItem, _ outcome: Outcome) {
        self.item = item
        self.outcome = outcome
    }

    /// What it counts as, worst first: an entry with two faults is counted by the worse one.
    enum Standing: String, CaseIterable {
        case block
        /// The bytes that the lockfile fixes are not those that the registry has.
        case differs
        case hold
        /// Held only until its analysis, which its first fetch or `warm` starts.
        case pending
        case unknown
        case unscreened
        case serve
    }

    var standing: Standing {
        switch outcome {
        case .unknown: .unknown
        case .unscreened: .unscreened
        case .reserved: .block
        case .judged(let judgement):
            switch judgement.decision.outcome {
            case .block: .block
            case _ where difference != nil: .differs
            case .serve: .serve
            case .hold: judgement.isAwaitingAnalysis ? .pending : .hold
            }
        }
    }

    private var purl: PackageURL? {
        switch (outcome, item.subject) {
        case (.judged(let judgement), _): judgement.purl
        case (_, .version(let name, let version)): PackageURL(name, version: version)
        case (_, .unknown(let name, _)): name.map { PackageURL($0) }
        case (_, .unscreened(let purl, _, _)): purl
        }
    }

    private var problem: String? {
        switch outcome {
        case .unknown(let reason, _): reason
        case .unscreened(let kind, let place): "not screened: it is installed from \(kind) \(place.prefix(300))"
        case .reserved: "the name is declared by another registry"
        case .judged: difference.map { "integrity differs: \($0)" }
        }
    }

    /// Spec: docs/checking.md.
    var json: JSONValue {
        var object: JSONObject = [
            "purl": purl.map { .string($0.text) } ?? .null, "input": .string(item.input),
        ]
        if let line = item.line { object.append("line", .integer(Int64(line))) }
        let decision: Decision? =
            switch outcome {
            case .judged(let judgement): judgement.decision
            case .reserved(let decision): decision
            case .unknown, .unscreened: nil
            }
        object.append("decision", .string(decision?.outcome.rawValue ?? standing.rawValue))
        object.append("standing", .string(standing.rawValue))
        object.append("code", decision?.code.map { .string($0.rawValue) } ?? .null)
        object.append("rule", decision.map { .string($0.rule.rawValue) } ?? .null)
        object.append("until", decision?.until.map { .string($0.rfc3339) } ?? .null)
        object.append("alternatives", .array(alternatives.map { .string($0) }))
        var advisories: [String] = []
        if case .judged(let judgement) = outcome { advisories = judgement.input.advisories.map(\.id) }
        object.append("advisories", .array(advisories.map { .string($0) }))
        if let problem { object.append("problem", .string(problem)) }
        if case .unknown(_, isAbsent: true) = outcome { object.append("absent", true) }
        if let wouldRefuse = decision?.wouldRefuse { object.append("wouldRefuse", .string(wouldRefuse.rawValue)) }
        if filesNotAnalysed > 0 { object.append("filesNotAnalyzed", .integer(Int64(filesNotAnalysed))) }
        if item.isDevelopment { object.append("development", true) }
        if item.isOptional { object.append("optional", true) }
        return .object(object)
    }
}

/// The answer to a check.
struct CheckReport: Sendable {
    let request: CheckRequest
    let checked: [CheckedItem]
    /// How many analyses were asked for ahead; nil when nobody wanted them.
    let warming: Int?

    var json: JSONValue {
        var summary: JSONObject = [
            "entries": .integer(Int64(checked.count)), "source": .string(request.source),
        ]
        for standing in CheckedItem.Standing.allCases {
            summary.append(standing.rawValue, .integer(Int64(checked.count { $0.standing == standing })))
        }
        let absent = checked.count { item in
            if case .unknown(_, isAbsent: true) = item.outcome { true } else { false }
        }
        summary.append("absent", .integer(Int64(absent)))
        if let warming { summary.append("warming", .integer(Int64(warming))) }
        if !request.notes.isEmpty { summary.append("notes", .array(request.notes.map { .string($0) })) }
        return ["entries": .array(checked.map(\.json)), "summary": .object(summary)]
    }
}
