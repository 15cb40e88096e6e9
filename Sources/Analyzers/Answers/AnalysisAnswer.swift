import Cryptography
import JSON
import Registry
import Screening

/// Why the answer of an analysis child is not one.
///
/// A child has held hostile bytes, so what it says is believed only within this form.
public enum AnswerFault: Error, Equatable, CustomStringConvertible {
    case notCanonicalJSON
    case unknownMember
    case missingMember(String)
    case foreignRuleset
    case tooManyFindings(Int)
    case unknownRule
    case badPath
    case badNumber
    case badIdentity
    case badCapability
    case badDifference

    public var description: String {
        switch self {
        case .notCanonicalJSON: "the answer is not canonical JSON"
        case .unknownMember: "the answer has a member that answers do not have"
        case .missingMember(let name): "the answer lacks \(name), or it is of the wrong kind"
        case .foreignRuleset: "the answer was made by other rules"
        case .tooManyFindings(let count): "the answer has \(count) findings; the limit is \(AnalysisAnswer.maxFindings)"
        case .unknownRule: "the answer names a rule that does not exist"
        case .badPath: "the answer has a path that no analysis makes"
        case .badNumber: "the answer has a line or count out of range"
        case .badCapability: "the answer has a capability that does not exist, stands twice or is out of order"
        case .badDifference:
            "the answer shows a difference in a form that no comparison makes, or that nobody asked for"
        case .badIdentity: "the answer names the artifact in a way that no order asks for"
        }
    }
}

/// The form in which a child reports: codes, places and counts; rules, severities and sentences are looked up.
public enum AnalysisAnswer {
    /// The most findings of an answer; analyses stay far below.
    public static let maxFindings = 2000
    /// The longest answer in bytes.
    public static let maxBytes = 1 << 20
    static let maxNumber: Int64 = 1 << 40

    /// The answer for a report of the static analyzer, as canonical JSON.
    ///
    /// - Parameter identity: what the artifact is, where the order left that to it.
    public static func encode(_ report: AnalysisReport, identity: ArtifactIdentity? = nil) -> [UInt8] {
        var answer: JSONObject = [
            "capabilities": .array(report.capabilities.map(CapabilityAnswer.encode)),
            "findings": encode(report.findings),
            "outOfTime": .bool(report.isOutOfTime),
            "ruleset": .string(report.revision.ruleset.digest.hex),
        ]
        if let identity { answer.append("identity", record(of: identity)) }
        do throws(CanonicalJSONError) {
            return try CanonicalJSON.encode(.object(answer))
        } catch {
            preconditionFailure("an answer is made of values that canonical JSON has: \(error)")
        }
    }

    /// The report that an answer of the static analyzer stands for.
    ///
    /// - Parameter analyzer: whose rules the answer must be by.
    /// - Throws: `AnswerFault` for everything that `encode` does not write.
    public static func decode(
        _ bytes: [UInt8], by analyzer: StaticAnalyzer = StaticAnalyzer()
    ) throws(AnswerFault) -> AnalysisReport {
        guard let answer = (try? CanonicalJSON.parse(bytes))?.objectValue else { throw .notCanonicalJSON }
        try check(answer, has: ["capabilities", "findings", "identity", "outOfTime", "ruleset"])
        let revision = analyzer.revision
        guard let ruleset = answer["ruleset"]?.stringValue else { throw .missingMember("ruleset") }
        guard ruleset == revision.ruleset.digest.hex else { throw .foreignRuleset }
        guard let isOutOfTime = answer["outOfTime"]?.boolValue else { throw .missingMember("outOfTime") }
        let findings = try findings(answer, "findings", of: .static_, analyzer.userRules)
        guard let uses = answer["capabilities"]?.arrayValue else { throw .missingMember("capabilities") }
        let capabilities = try CapabilityAnswer.decode(uses)
        return AnalysisReport(
            revision: revision, findings: findings, capabilities: capabilities, isOutOfTime: isOutOfTime)
    }

    // MARK: Findings

    /// Findings as they stand in an answer.
    static func encode(_ findings: [DetailedFinding]) -> JSONValue {
        .array(
            findings.prefix(maxFindings).map { detailed -> JSONValue in
                let finding = detailed.finding
                var members: JSONObject = [
                    "code": .string(finding.evidence ?? ""), "count": .integer(Int64(finding.count)),
                ]
                if let line = finding.line { members.append("line", .integer(Int64(line))) }
                if let path = finding.path { members.append("path", .string(path)) }
                return .object(members)
            })
    }

    /// A list of findings by the rules of one analyzer.
    static func findings(
        _ answer: JSONObject, _ name: String, of analyzer: AnalyzerID, _ userRules: UserRules? = nil
    ) throws(AnswerFault) -> [DetailedFinding] {
        guard let list = answer[name]?.arrayValue else { throw .missingMember(name) }
        guard list.count <= maxFindings else { throw .tooManyFindings(list.count) }
        var findings: [DetailedFinding] = []
        for value in list { findings.append(try finding(value, analyzer, userRules)) }
        return findings
    }

    // MARK: Identity

    /// What the artifact is by its own words; nil for an answer to an order that did not ask.
    ///
    /// - Throws: `AnswerFault` for an identity that `encode` does not write.
    public static func identity(in bytes: [UInt8]) throws(AnswerFault) -> ArtifactIdentity? {
        guard let answer = (try? CanonicalJSON.parse(bytes))?.objectValue else { throw .notCanonicalJSON }
        guard let value = answer["identity"] else { return nil }
        guard let object = value.objectValue,
            let ecosystem = object["ecosystem"]?.stringValue.flatMap(Ecosystem.init(rawValue:))
        else { throw .badIdentity }
        try check(object, has: ["ecosystem", "purl"])
        guard let member = object["purl"] else { return ArtifactIdentity(ecosystem: ecosystem, purl: nil) }
        guard let text = member.stringValue, let purl = try? PackageURL(parsing: text),
            purl.name.ecosystem == ecosystem
        else { throw .badIdentity }
        return ArtifactIdentity(ecosystem: ecosystem, purl: purl)
    }

    private static func record(of identity: ArtifactIdentity) -> JSONValue {
        var object: JSONObject = ["ecosystem": .string(identity.ecosystem.rawValue)]
        if let purl = identity.purl { object.append("purl", .string(purl.text)) }
        return .object(object)
    }

    private static func finding(
        _ value: JSONValue, _ analyzer: AnalyzerID, _ userRules: UserRules?
    ) throws(AnswerFault) -> DetailedFinding {
        guard let object = value.objectValue else { throw .missingMember("findings[]") }
        try check(object, has: ["code", "count", "line", "path"])
        guard let code = object["code"]?.stringValue else { throw .missingMember("code") }
        guard let count = object["count"]?.integerValue else { throw .missingMember("count") }
        guard (1...maxNumber).contains(count) else { throw .badNumber }
        var line: Int?
        if let value = object["line"] {
            guard let number = value.integerValue, (1...maxNumber).contains(number) else { throw .badNumber }
            line = Int(number)
        }
        var path: String?
        if let value = object["path"] {
            guard let text = value.stringValue, isFindingPath(text) else { throw .badPath }
            path = text
        }
        if let entry = userRules?.entry(ofFinding: code) {
            return entry.finding(path: path, line: line, count: Int(count))
        }
        guard let read = RuleCatalog.reading(evidence: code), read.rule.analyzer == analyzer else { throw .unknownRule }
        return DetailedFinding(
            Finding(
                rule: read.rule.id, severity: read.detail.severity(at: read.reach), path: path, line: line,
                count: Int(count), evidence: code))
    }

    static func isFindingPath(_ text: String) -> Bool {
        text.utf8.count <= maxFindingPathBytes && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    static func check(_ object: JSONObject, has names: Set<String>) throws(AnswerFault) {
        for member in object.members where !names.contains(member.name) { throw .unknownMember }
    }
}
