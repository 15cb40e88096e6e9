import Cryptography
import JSON
import Registry

/// The key event predicate's members, written and read side by side.
///
/// in-toto asks for a subject: here it is the key, named by its id, whose digest is the id itself.
/// Spec: verdict-log, section 1, row `key-event:v1`.
extension KeyEventStatement {
    private static let subjectPrefix = "urn:jurat:key:"

    var subjectRecord: JSONValue {
        let id = publicKey.keyID.hex
        return ["digest": ["sha256": .string(id)], "name": .string(Self.subjectPrefix + id)]
    }

    private var roleText: String { holder.map { "\(role.rawValue)-\($0)" } ?? role.rawValue }

    var record: JSONValue {
        var predicate: JSONObject = [:]
        predicate.set("event", .string(event.rawValue))
        if let invalidFromIndex { predicate.set("invalidFromIndex", .integer(Int64(clamping: invalidFromIndex))) }
        predicate.set("publicKey", .string(Base64.encode(publicKey.bytes)))
        predicate.set("reason", .string(reason))
        predicate.set("role", .string(roleText))
        predicate.set("scope", scope.record)
        if let threshold { predicate.set("threshold", .integer(Int64(threshold))) }
        return .object(predicate)
    }

    init(reading predicate: inout MemberReader, subject: MemberReader) throws(StatementError) {
        let key = try predicate.publicKey("publicKey")
        let id = key.keyID.hex
        try subject.finish(naming: Self.subjectPrefix + id, digest: id, what: "the key that the event is about")
        let event = try predicate.word("event", of: KeyEventKind.self)
        let (role, holder) = try Self.role(try predicate.string("role"), at: predicate.path(of: "role"))
        let invalidFrom = try predicate.optionalInteger("invalidFromIndex", from: 0)
        guard (event == .add) == (invalidFrom == nil) else {
            throw predicate.invalid("invalidFromIndex", "a log index for retire and revoke, nothing for add")
        }
        let threshold = try predicate.optionalInteger("threshold", from: 1)
        guard threshold == nil || role == .root else {
            throw predicate.invalid("threshold", "nothing: only events of root keys set how many root keys must sign")
        }
        self.init(
            event: event, publicKey: key, role: role, holder: holder,
            scope: try KeyScope(reading: try predicate.object("scope")),
            invalidFromIndex: invalidFrom.map { UInt64($0) },
            reason: try predicate.string("reason", as: .sentence), threshold: threshold.map { Int($0) })
    }

    private static func role(_ text: String, at path: String) throws(StatementError) -> (KeyRole, String?) {
        let operatorPrefix = "\(KeyRole.operator_.rawValue)-"
        if text.hasPrefix(operatorPrefix) {
            let holder = String(text.dropFirst(operatorPrefix.count))
            if TextForm.holder.accepts(holder) { return (.operator_, holder) }
        } else if let role = KeyRole(rawValue: text), role != .operator_ {
            return (role, nil)
        }
        throw .invalidMember(path: path, expected: "root, verdict, log, witness or operator-<name>")
    }
}

extension KeyScope {
    fileprivate var record: JSONValue {
        var members: JSONObject = [:]
        if let analyzers { members.set("analyzers", .array(analyzers.map { .string($0.text) })) }
        members.set("predicateTypes", .array(predicateTypes.map { .string($0.rawValue) }))
        if let registries { members.set("registries", .array(registries.map { .string($0.text) })) }
        return .object(members)
    }

    fileprivate init(reading reader: MemberReader) throws(StatementError) {
        var reader = reader
        let analyzers = try reader.optionalList("analyzers").map { (values) throws(StatementError) in
            try reader.elements(values, of: "analyzers") { try AnalyzerID(parsing: $0) }
        }
        let registries = try reader.optionalList("registries").map { (values) throws(StatementError) in
            try reader.elements(values, of: "registries") { try RegistryName(parsing: $0) }
        }
        let types = try reader.elements(try reader.list("predicateTypes"), of: "predicateTypes") {
            (text: String) throws(StatementError) in
            guard let type = PredicateType(rawValue: text) else { throw .unknownPredicateType(text) }
            return type
        }
        self.init(predicateTypes: types, analyzers: analyzers, registries: registries)
        try reader.finish()
    }
}
