import Analyzers
import Cryptography
import JSON
import Platform
import Registry
import Screening

/// The results of a scan as one run of SARIF 2.1.0, which code scanning services and editors read.
///
/// An archive is an artifact and each member with a finding one nested in it; the files of a folder stand for themselves.
/// Spec: OASIS SARIF 2.1.0, sections 3.14 (run), 3.19 (tool component), 3.20 (invocation), 3.24 (artifact), 3.27 (result).
struct ScanSARIF: Sendable {
    private let exitCode: ExitCode
    private var artifacts: [JSONValue] = []
    private var results: [JSONValue] = []
    private var notifications: [JSONValue] = []
    private var rules: [JSONValue] = []
    private var ruleIndices: [String: Int] = [:]

    init(_ scanned: [ScanResult], exitCode: ExitCode) {
        self.exitCode = exitCode
        let compares = scanned.contains { $0.against != nil }
        for rule in RuleCatalog.rules
        where rule.analyzer == .static_ || rule.analyzer == .advisory || compares && rule.analyzer == .diff {
            ruleIndices[rule.id] = rules.count
            rules.append(Self.description(of: rule))
        }
        for result in scanned { add(result) }
    }

    var document: JSONValue {
        [
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
            "runs": [
                [
                    "tool": [
                        "driver": [
                            "name": "jurat", "version": .string(JuratVersion.text),
                            "semanticVersion": .string(JuratVersion.text), "rules": .array(rules),
                        ]
                    ],
                    "invocations": [
                        [
                            "executionSuccessful": .bool(notifications.isEmpty),
                            "exitCode": .integer(Int64(exitCode.rawValue)),
                            "toolExecutionNotifications": .array(notifications),
                        ]
                    ],
                    "artifacts": .array(artifacts), "results": .array(results), "columnKind": "unicodeCodePoints",
                ]
            ],
        ]
    }

    // MARK: Inputs

    private mutating func add(_ result: ScanResult) {
        let position = artifacts.count
        let uri = Self.uri(ofPath: result.input)
        var artifact: JSONObject = ["location": ["uri": .string(uri)], "roles": ["analysisTarget"]]
        switch result.outcome {
        case .unavailable(let cause, let detail):
            artifact.append("properties", ["verdict": "unavailable", "cause": .string(cause)])
            artifacts.append(.object(artifact))
            notifications.append([
                "level": "error", "descriptor": ["id": .string("unavailable/\(cause)")],
                "message": [
                    "text": .string("\(Logger.printable(result.input)) was not analysed: \(Logger.printable(detail))")
                ],
                "locations": [
                    ["physicalLocation": ["artifactLocation": ["uri": .string(uri), "index": at(position)]]]
                ],
            ])
        case .analysed(let scanned):
            if !result.isFolder { artifact.append("hashes", Self.hashes(scanned.integrity)) }
            artifact.append("properties", Self.properties(of: scanned))
            artifacts.append(.object(artifact))
            addFindings(of: scanned, in: result, uri: uri, position: position)
        }
    }

    private func at(_ position: Int) -> JSONValue { .integer(Int64(position)) }

    private static func hashes(_ integrity: String) -> JSONValue {
        let bytes = try? Base64.decode(String(integrity.dropFirst("sha512-".utf8.count)))
        return ["sha-512": .string(Hex.encode(bytes ?? []))]
    }

    private static func properties(of scanned: ScannedArtifact) -> JSONValue {
        [
            "verdict": .string(scanned.verdict.rawValue), "purl": scanned.purl.map { .string($0) } ?? .null,
            "integrity": .string(scanned.integrity), "analyzers": .array(scanned.analyzers.map(\.record)),
            "capabilities": .array(scanned.capabilities.map(\.record)),
            "unanalyzed": .array(scanned.unanalyzed.map { .string($0) }),
        ]
    }

    // MARK: Findings

    private mutating func addFindings(of scanned: ScannedArtifact, in result: ScanResult, uri: String, position: Int) {
        var members: [String: Int] = [:]
        for finding in scanned.findings {
            var place: JSONObject = ["uri": .string(uri), "index": at(position)]
            if let path = finding.path {
                if result.isFolder {
                    place = ["uri": .string(Self.uri(ofMember: path, below: uri))]
                } else {
                    let inside = Self.uri(ofMember: path)
                    let member = members[path] ?? artifacts.count
                    if member == artifacts.count {
                        members[path] = member
                        artifacts.append(["location": ["uri": .string(inside)], "parentIndex": at(position)])
                    }
                    place = ["uri": .string(inside), "index": at(member)]
                }
            }
            results.append(record(of: finding, scanned, at: place))
        }
    }

    private mutating func record(
        of finding: ShownFinding, _ scanned: ScannedArtifact, at place: JSONObject
    ) -> JSONValue {
        var location: JSONObject = ["artifactLocation": .object(place)]
        if let line = finding.line { location.append("region", ["startLine": .integer(Int64(line))]) }
        let fingerprint = [scanned.purl ?? "", finding.rule, finding.code, finding.path ?? ""].joined(separator: "\n")
        return [
            "ruleId": .string(finding.rule), "ruleIndex": at(ruleIndex(of: finding)),
            "level": .string(Self.level(of: finding.severity)), "message": ["text": .string(finding.message)],
            "locations": [["physicalLocation": .object(location)]],
            "partialFingerprints": ["juratFinding/v1": .string(SHA256Digest(hashing: Array(fingerprint.utf8)).hex)],
            "properties": [
                "severity": .string(finding.severity.rawValue), "count": .integer(Int64(finding.count)),
                "code": .string(finding.code), "purl": scanned.purl.map { .string($0) } ?? .null,
            ],
        ]
    }

    /// The place of the finding's rule; one that is not in the table, such as a user's own, is described as far as known.
    private mutating func ruleIndex(of finding: ShownFinding) -> Int {
        if let index = ruleIndices[finding.rule] { return index }
        ruleIndices[finding.rule] = rules.count
        rules.append(["id": .string(finding.rule), "shortDescription": ["text": .string(finding.message)]])
        return rules.count - 1
    }

    private static func level(of severity: Severity) -> String {
        switch severity {
        case .info: "note"
        case .suspicious: "warning"
        case .malicious: "error"
        }
    }

    // MARK: Rules

    private static func description(of rule: Rule) -> JSONValue {
        let says = rule.details.map { "- \($0.sentence)" }.joined(separator: "\n")
        return [
            "id": .string(rule.id), "name": .string(name(of: rule.id)),
            "shortDescription": ["text": .string(rule.title)],
            "fullDescription": ["text": .string(rule.rationale)],
            "help": [
                "text": .string("\(rule.rationale)\n\nIt says:\n\(says)"),
                "markdown": .string("\(rule.rationale)\n\n**It says**\n\n\(says)\n"),
            ],
            "defaultConfiguration": ["level": .string(level(of: rule.severity))],
            "properties": [
                "tags": .array([.string("security")] + rule.ecosystems.map { .string($0.rawValue) }),
                // What services that sort by numbers go by.
                "security-severity": .string(score(of: rule.severity)), "precision": "high",
            ],
        ]
    }

    /// `INST-SCRIPT-NET` as `InstScriptNet`.
    private static func name(of id: String) -> String {
        id.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }.joined()
    }

    private static func score(of severity: Severity) -> String {
        switch severity {
        case .info: "1.0"
        case .suspicious: "6.0"
        case .malicious: "9.5"
        }
    }

    // MARK: Addresses

    /// A path of this machine as a relative or absolute reference. Spec: RFC 3986 sections 3.3 and 4.2.
    static func uri(ofPath path: String) -> String {
        var rest = path[...]
        while rest.hasPrefix("./") { rest = rest.dropFirst(2) }
        let encoded = encoded(Array(rest.utf8), keepsEscapes: false)
        if rest.hasPrefix("/") { return "file://" + encoded }
        return encoded.isEmpty ? "." : encoded
    }

    /// A member's name as findings have it: escapes in it stay, and no name of a package becomes an absolute address.
    static func uri(ofMember path: String) -> String {
        let relative = path.drop { $0 == "/" }
        return encoded(Array(relative.utf8), keepsEscapes: true)
    }

    /// A file of a folder; those of the working directory have no folder before them, as repositories name their files.
    private static func uri(ofMember path: String, below folder: String) -> String {
        let member = uri(ofMember: path)
        return folder == "." ? member : folder.hasSuffix("/") ? folder + member : "\(folder)/\(member)"
    }

    /// Everything but unreserved characters and slashes as `%XX`: a colon would look like a scheme.
    private static func encoded(_ bytes: [UInt8], keepsEscapes: Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "-._~/!+@".utf8.contains(byte) || (keepsEscapes && byte == UInt8(ascii: "%"))
            if isPlain {
                text.append(byte)
            } else {
                text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
