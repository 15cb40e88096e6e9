import Cryptography
import JSON
import Platform
import Registry

/// The verdict predicate's members, written and read side by side.
///
/// Spec: verdict-log, section 1, row `verdict:v1`.
extension VerdictStatement {
    var record: JSONValue {
        var predicate: JSONObject = [:]
        predicate.set("analyzer", analyzer.record)
        predicate.set("appliesTo", appliesTo.record)
        predicate.set("basis", basis.record)
        if let contentDirectoryHash {
            predicate.set("content", ["digest": ["dirHash": .string(contentDirectoryHash.hex)]])
        }
        predicate.set("createdAt", .string(createdAt.rfc3339))
        if !critical.isEmpty { predicate.set("critical", .array(critical.map { .string($0) })) }
        predicate.set("findings", .array(findings.map(\.record)))
        if findingsTruncated != 0 { predicate.set("findingsTruncated", .integer(Int64(findingsTruncated))) }
        if let report { predicate.set("report", ["digest": ["sha256": .string(report.hex)]]) }
        predicate.set("verdict", .string(statedVerdict))
        return .object(predicate)
    }

    init(reading predicate: inout MemberReader, subject: MemberReader) throws(StatementError) {
        let subject = try Subject(reading: subject)
        let analyzer = try AnalyzerRevision(reading: try predicate.object("analyzer"))
        let appliesTo = try AppliesTo(reading: try predicate.object("appliesTo"))
        let basis = try Basis(reading: try predicate.object("basis"))
        var contentDirectoryHash: SHA256Digest?
        if var content = try predicate.optionalObject("content") {
            contentDirectoryHash = try content.digest("digest", "dirHash", as: SHA256Digest.self)
            try content.finish()
        }
        var report: SHA256Digest?
        if var reference = try predicate.optionalObject("report") {
            report = try reference.digest("digest", "sha256", as: SHA256Digest.self)
            try reference.finish()
        }
        let critical = try predicate.optionalList("critical").map { (values) throws(StatementError) in
            try predicate.elements(values, of: "critical") { (text: String) throws(StatementError) in
                guard TextForm.identifier.accepts(text) else { throw .missingMember(path: text) }
                return text
            }
        }
        let listed = try predicate.list("findings")
        guard listed.count <= FindingSelection.maxCount else {
            throw predicate.invalid("findings", "at most \(FindingSelection.maxCount) findings")
        }
        var findings: [Finding] = []
        for (position, value) in listed.enumerated() {
            let place = "\(predicate.path(of: "findings"))[\(position)]"
            findings.append(try Finding(reading: try MemberReader(value, at: place)))
        }
        self.init(
            subject: subject, analyzer: analyzer, appliesTo: appliesTo, basis: basis,
            contentDirectoryHash: contentDirectoryHash,
            statedVerdict: try predicate.string("verdict", as: .identifier), findings: findings,
            findingsTruncated: Int(try predicate.optionalInteger("findingsTruncated", from: 1) ?? 0), report: report,
            createdAt: try predicate.timestamp("createdAt"), critical: critical ?? [])
    }
}

extension Subject {
    var record: JSONValue {
        ["digest": ["sha256": .string(sha256.hex), "sha512": .string(sha512.hex)], "name": .string(purl.text)]
    }

    init(reading subject: MemberReader) throws(StatementError) {
        var subject = subject
        let purl = try MemberReader.packageURL(try subject.string("name"), at: subject.path(of: "name"))
        var digests = try subject.object("digest")
        self.init(
            purl: purl, sha512: try digests.hexDigest("sha512", as: SHA512Digest.self),
            sha256: try digests.hexDigest("sha256", as: SHA256Digest.self))
        try digests.finish()
        try subject.finish()
    }
}

extension AnalyzerRevision {
    fileprivate var record: JSONValue {
        var members: JSONObject = [:]
        members.set("id", .string(id.text))
        if !inputs.isEmpty {
            members.set("inputs", .array(inputs.map { Self.resource($0.name, $0.digest) }))
        }
        if let model { members.set("model", .string(model)) }
        members.set("ruleset", Self.resource(ruleset.name, ruleset.digest))
        members.set("version", .string(version))
        return .object(members)
    }

    private static func resource(_ name: String, _ digest: SHA256Digest) -> JSONValue {
        ["digest": ["sha256": .string(digest.hex)], "name": .string(name)]
    }

    private static func resource(_ reader: MemberReader) throws(StatementError) -> AnalyzerInput {
        var reader = reader
        let input = AnalyzerInput(
            name: try reader.string("name", as: .word),
            digest: try reader.digest("digest", "sha256", as: SHA256Digest.self))
        try reader.finish()
        return input
    }

    fileprivate init(reading reader: MemberReader) throws(StatementError) {
        var reader = reader
        let id = try AnalyzerID(parsing: try reader.string("id"))
        let ruleset = try Self.resource(try reader.object("ruleset"))
        var inputs: [AnalyzerInput] = []
        for (position, value) in (try reader.optionalList("inputs") ?? []).enumerated() {
            inputs.append(
                try Self.resource(try MemberReader(value, at: "\(reader.path(of: "inputs"))[\(position)]")))
        }
        self.init(
            id: id, version: try reader.string("version", as: .word),
            model: try reader.optionalString("model", as: .word),
            ruleset: RulesetReference(name: ruleset.name, digest: ruleset.digest), inputs: inputs)
        try reader.finish()
    }
}

extension AppliesTo {
    fileprivate var record: JSONValue {
        switch self {
        case .bytes: ["kind": "bytes"]
        case .coordinates(let purls): ["kind": "coordinates", "purl": .array(purls.map { .string($0.text) })]
        }
    }

    fileprivate init(reading reader: MemberReader) throws(StatementError) {
        var reader = reader
        let kind = try reader.string("kind")
        switch kind {
        case "bytes": self = .bytes
        case "coordinates":
            let values = try reader.list("purl")
            guard !values.isEmpty else { throw reader.invalid("purl", "a list that is not empty") }
            let place = reader.path(of: "purl")
            self = .coordinates(
                try reader.elements(values, of: "purl") { (text: String) throws(StatementError) in
                    try MemberReader.packageURL(text, at: place)
                })
        default: throw reader.invalid("kind", "bytes or coordinates")
        }
        try reader.finish()
    }
}

extension Basis {
    fileprivate var record: JSONValue {
        switch self {
        case .full: ["kind": "full"]
        case .diff(let base, let baseStatement, let anchorStatement, let depth):
            [
                "anchorStatement": .string(anchorStatement.hex), "base": ["digest": ["sha512": .string(base.hex)]],
                "baseStatement": .string(baseStatement.hex), "depth": .integer(Int64(depth)), "kind": "diff",
            ]
        }
    }

    fileprivate init(reading reader: MemberReader) throws(StatementError) {
        var reader = reader
        let kind = try reader.string("kind")
        switch kind {
        case "full": self = .full
        case "diff":
            var base = try reader.object("base")
            let digest = try base.digest("digest", "sha512", as: SHA512Digest.self)
            try base.finish()
            self = .diff(
                base: digest, baseStatement: try reader.statementID("baseStatement"),
                anchorStatement: try reader.statementID("anchorStatement"),
                depth: Int(try reader.integer("depth", from: 1)))
        default: throw reader.invalid("kind", "full or diff")
        }
        try reader.finish()
    }
}

extension Finding {
    fileprivate var record: JSONValue {
        var members: JSONObject = [:]
        members.set("count", .integer(Int64(count)))
        if let evidence { members.set("evidence", .string(evidence)) }
        if let line { members.set("line", .integer(Int64(line))) }
        if let path { members.set("path", .string(path)) }
        members.set("rule", .string(rule))
        members.set("severity", .string(severity.rawValue))
        return .object(members)
    }

    fileprivate init(reading reader: MemberReader) throws(StatementError) {
        var reader = reader
        self.init(
            rule: try reader.string("rule", as: .identifier), severity: try reader.word("severity", of: Severity.self),
            path: try reader.optionalString("path", as: .path),
            line: try reader.optionalInteger("line", from: 1).map { Int($0) },
            count: Int(try reader.integer("count", from: 1)), evidence: try reader.optionalString("evidence", as: .word)
        )
        try reader.finish()
    }
}
