import Cryptography
import JSON
import Platform

/// The revocation predicate's members, written and read side by side.
///
/// in-toto asks for a subject: here it is the target, by a name of ours, with its own digest where it has one and the
/// name's digest otherwise.
/// Spec: verdict-log, section 1, row `revocation:v1`.
extension RevocationStatement {
    var subjectRecord: JSONValue {
        ["digest": ["sha256": .string(target.subjectDigest)], "name": .string(target.subjectName)]
    }

    var record: JSONValue {
        [
            "createdAt": .string(createdAt.rfc3339), "reason": .string(reason), "target": target.record,
        ]
    }

    init(reading predicate: inout MemberReader, subject: MemberReader) throws(StatementError) {
        let target = try RevocationTarget(reading: try predicate.object("target"))
        try subject.finish(naming: target.subjectName, digest: target.subjectDigest, what: "the revocation's target")
        self.init(
            target: target, reason: try predicate.string("reason", as: .sentence),
            createdAt: try predicate.timestamp("createdAt"))
    }
}

/// The words that `target.kind` may be.
private enum TargetKind: String, CaseIterable {
    case statement, ruleset, analyzer, key
}

extension RevocationTarget {
    fileprivate var subjectName: String {
        switch self {
        case .statement(let id): "urn:jurat:statement:\(id.hex)"
        case .ruleset(let ruleset): "urn:jurat:ruleset:\(ruleset.digest.hex)"
        case .analyzer(let id, let version): "urn:jurat:analyzer:\(id.text)@\(version)"
        case .key(let id): "urn:jurat:key:\(id.hex)"
        }
    }

    fileprivate var subjectDigest: String {
        switch self {
        case .statement(let id): id.hex
        case .ruleset(let ruleset): ruleset.digest.hex
        case .analyzer: SHA256Digest(hashing: Array(subjectName.utf8)).hex
        case .key(let id): id.hex
        }
    }

    fileprivate var record: JSONValue {
        switch self {
        case .statement(let id):
            ["kind": .string(TargetKind.statement.rawValue), "statement": .string(id.hex)]
        case .ruleset(let ruleset):
            [
                "kind": .string(TargetKind.ruleset.rawValue),
                "ruleset": ["digest": ["sha256": .string(ruleset.digest.hex)], "name": .string(ruleset.name)],
            ]
        case .analyzer(let id, let version):
            [
                "analyzer": ["id": .string(id.text), "version": .string(version)],
                "kind": .string(TargetKind.analyzer.rawValue),
            ]
        case .key(let id):
            ["key": .string(id.hex), "kind": .string(TargetKind.key.rawValue)]
        }
    }

    fileprivate init(reading reader: MemberReader) throws(StatementError) {
        var reader = reader
        switch try reader.word("kind", of: TargetKind.self) {
        case .statement: self = .statement(try reader.statementID("statement"))
        case .ruleset:
            var ruleset = try reader.object("ruleset")
            let name = try ruleset.string("name", as: .word)
            let digest = try ruleset.digest("digest", "sha256", as: SHA256Digest.self)
            try ruleset.finish()
            self = .ruleset(RulesetReference(name: name, digest: digest))
        case .analyzer:
            var analyzer = try reader.object("analyzer")
            let id = try analyzer.analyzerID("id")
            let version = try analyzer.string("version", as: .word)
            try analyzer.finish()
            self = .analyzer(id, version: version)
        case .key: self = .key(try reader.keyID("key"))
        }
        try reader.finish()
    }
}
