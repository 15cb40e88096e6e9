public import JSON
public import Screening

/// What one model says, in the one form that counts.
///
/// Nothing but the closed lists, and places that the model was shown, comes through; everything else is no answer.
public struct ReviewAnswer: Sendable, Equatable {
    /// What a model holds against one place.
    public struct Claim: Sendable, Hashable {
        /// One of the list.
        public let rule: String
        public let path: String
        public let line: Int
    }

    public let verdict: Verdict
    public let claims: [Claim]

    public static let maxFindings = 20
    /// The longest answer in bytes: everything that the form allows fits.
    public static let maxBytes = 16 << 10

    /// Why a text is no answer.
    public enum Fault: String, Error, Sendable, CaseIterable, CustomStringConvertible {
        case empty, tooLong, notJSON, extraMember, missingMember, unknownVerdict, unknownRule, unknownPlace
        case tooManyFindings, contradiction

        public var description: String {
            switch self {
            case .empty: "the answer is empty"
            case .tooLong: "the answer is longer than \(ReviewAnswer.maxBytes) bytes"
            case .notJSON: "the answer is not one JSON object"
            case .extraMember: "the answer has a member that it should not have"
            case .missingMember: "the answer lacks a member, or it is of the wrong kind"
            case .unknownVerdict: "the answer's verdict is none of the list"
            case .unknownRule: "the answer names a rule that is not in the list"
            case .unknownPlace: "the answer names a path or line that was not shown"
            case .tooManyFindings: "the answer has more than \(ReviewAnswer.maxFindings) findings"
            case .contradiction: "the answer is clean and has findings"
            }
        }
    }

    /// Reads what a model wrote.
    ///
    /// - Parameter material: what the model was shown.
    /// - Throws: `Fault`.
    public init(parsing text: [UInt8], about material: ReviewMaterial) throws(Fault) {
        guard text.count <= Self.maxBytes else { throw .tooLong }
        guard text.contains(where: { $0 > 0x20 }) else { throw .empty }
        let limits = JSONLimits(maxDepth: 4, maxBytes: Self.maxBytes)
        guard let answer = (try? JSONText.parse(text, limits: limits))?.objectValue else { throw .notJSON }
        try Self.check(answer, has: ["findings", "verdict"])
        guard let word = answer["verdict"]?.stringValue, let list = answer["findings"]?.arrayValue else {
            throw .missingMember
        }
        guard let verdict = Verdict(rawValue: word) else { throw .unknownVerdict }
        guard list.count <= Self.maxFindings else { throw .tooManyFindings }
        var claims: [Claim] = []
        for value in list {
            let claim = try Self.claim(value, material)
            if !claims.contains(claim) { claims.append(claim) }
        }
        guard verdict != .clean || claims.isEmpty else { throw .contradiction }
        self.verdict = verdict
        self.claims = claims
    }

    private static func claim(_ value: JSONValue, _ material: ReviewMaterial) throws(Fault) -> Claim {
        guard let object = value.objectValue else { throw .missingMember }
        try check(object, has: ["line", "path", "rule"])
        guard let rule = object["rule"]?.stringValue, let path = object["path"]?.stringValue,
            let line = object["line"]?.integerValue
        else { throw .missingMember }
        guard reviewClaims.contains(where: { $0.rule == rule }) else { throw .unknownRule }
        guard let line = Int(exactly: line), material.shows(path: path, line: line) else { throw .unknownPlace }
        return Claim(rule: rule, path: path, line: line)
    }

    private static func check(_ object: JSONObject, has names: Set<String>) throws(Fault) {
        for member in object.members where !names.contains(member.name) { throw .extraMember }
        for name in names where object[name] == nil { throw .missingMember }
    }

    /// The answer in the form that it is kept in.
    public var encoded: [UInt8] {
        let findings = claims.map { claim -> JSONValue in
            ["line": .integer(Int64(claim.line)), "path": .string(claim.path), "rule": .string(claim.rule)]
        }
        return JSONText.serialize(["findings": .array(findings), "verdict": .string(verdict.rawValue)])
    }

    /// The JSON schema of answers, for endpoints that hold models to one.
    public static var schema: JSONValue {
        let verdicts = JSONValue.array(Verdict.allCases.map { .string($0.rawValue) })
        let findings: JSONObject = [
            "type": .string("array"), "maxItems": .integer(Int64(maxFindings)), "items": findingSchema,
        ]
        let verdict: JSONObject = ["type": .string("string"), "enum": verdicts]
        return object(["verdict": .object(verdict), "findings": .object(findings)])
    }

    private static var findingSchema: JSONValue {
        let rules: JSONObject = [
            "type": .string("string"), "enum": .array(reviewClaims.map { .string($0.rule) }),
        ]
        let (text, number): (JSONObject, JSONObject) = (["type": .string("string")], ["type": .string("integer")])
        return object(["rule": .object(rules), "path": .object(text), "line": .object(number)])
    }

    /// An object with exactly these members.
    private static func object(_ properties: JSONObject) -> JSONValue {
        let schema: JSONObject = [
            "type": .string("object"), "additionalProperties": .bool(false),
            "required": .array(properties.members.map { .string($0.name) }), "properties": .object(properties),
        ]
        return .object(schema)
    }
}
