public import Registry
public import Screening

/// One rule of an analyzer: what it looks for and why; the row that documentation and ruleset digest are made of.
public struct Rule: Sendable {
    /// The stable name in findings, such as `INST-SCRIPT`.
    public let id: String
    public let analyzer: AnalyzerID
    public let title: String
    /// Why the rule exists and why its severity is what it is.
    public let rationale: String
    public let ecosystems: [Ecosystem]
    /// The gravest severity that the rule gives.
    public let severity: Severity
    /// What the rule can notice, each with its own severity.
    public let details: [RuleDetail]

    init(
        _ id: String, analyzer: AnalyzerID = .static_, _ title: String, ecosystems: [Ecosystem] = [.npm, .pypi],
        rationale: String, _ details: [RuleDetail]
    ) {
        self.id = id
        self.analyzer = analyzer
        self.title = title
        self.rationale = rationale
        self.ecosystems = ecosystems
        self.details = details
        severity = details.map { max($0.severity, $0.callSeverity, $0.installSeverity) }.max() ?? .info
    }
}

/// One thing that a rule can notice.
public struct RuleDetail: Sendable {
    /// The stable code that a finding carries as its evidence, followed by `@` and the reach where that is known.
    public let code: String
    /// In code that is imported, and where reach plays no part.
    public let severity: Severity
    /// In code that runs only when it is called.
    public let callSeverity: Severity
    /// Among tests and documentation that nothing leads to.
    public let testSeverity: Severity
    /// In code that runs at installation or start.
    public let installSeverity: Severity
    /// The sentence that people read.
    public let sentence: String

    init(
        _ observation: Observation, _ severity: Severity, tests: Severity = .info, call: Severity? = nil,
        install: Severity? = nil, _ sentence: String
    ) {
        code = observation.rawValue
        self.severity = severity
        callSeverity = call ?? severity
        testSeverity = tests
        installSeverity = install ?? severity
        self.sentence = sentence
    }

    /// The severity at a place that `reach` leads to; nil where reach plays no part.
    public func severity(at reach: Reach?) -> Severity {
        switch reach {
        case .tests: testSeverity
        case .install: installSeverity
        case .call: callSeverity
        case .load, nil: severity
        }
    }
}
