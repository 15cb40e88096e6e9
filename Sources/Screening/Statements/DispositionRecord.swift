import JSON
import Platform
import Registry

/// The disposition predicate's members, written and read side by side.
///
/// Spec: verdict-log, section 1, row `disposition:v1`.
extension DispositionStatement {
    /// The word that stands for "nothing was refused" in `overrides`.
    private static let nothingOverridden = "NONE"

    var record: JSONValue {
        var predicate: JSONObject = [:]
        predicate.set("actor", .string(actor))
        predicate.set("createdAt", .string(createdAt.rfc3339))
        predicate.set("decision", .string(decision.rawValue))
        if let expiresAt { predicate.set("expiresAt", .string(expiresAt.rfc3339)) }
        predicate.set("inViewOf", .array(inViewOf.map { .string($0.hex) }))
        predicate.set("overrides", .string(overrides?.rawValue ?? Self.nothingOverridden))
        predicate.set("reason", .string(reason))
        predicate.set("scope", scope.record)
        predicate.set("sequence", .integer(Int64(clamping: sequence)))
        if let supersedes { predicate.set("supersedes", .string(supersedes.hex)) }
        return .object(predicate)
    }

    init(reading predicate: inout MemberReader, subject: MemberReader) throws(StatementError) {
        let subject = try Subject(reading: subject)
        let decision = try predicate.word("decision", of: DispositionDecision.self)
        let inViewOf = try predicate.elements(try predicate.list("inViewOf"), of: "inViewOf") {
            (text: String) throws(StatementError) in try StatementID(hex: text)
        }
        let word = try predicate.string("overrides")
        let overrides = RefusalCode(rawValue: word)
        guard overrides != nil || word == Self.nothingOverridden else {
            throw predicate.invalid("overrides", "a refusal code or \(Self.nothingOverridden)")
        }
        let supersedes = try predicate.optionalStatementID("supersedes")
        guard decision != .withdraw || supersedes != nil else {
            throw .missingMember(path: predicate.path(of: "supersedes"))
        }
        self.init(
            subject: subject, decision: decision, scope: try DispositionScope(reading: try predicate.object("scope")),
            inViewOf: inViewOf, overrides: overrides, reason: try predicate.string("reason", as: .sentence),
            actor: try predicate.string("actor", as: .holder), createdAt: try predicate.timestamp("createdAt"),
            expiresAt: try predicate.optionalTimestamp("expiresAt"),
            sequence: UInt64(try predicate.integer("sequence", from: 1)), supersedes: supersedes)
    }
}

extension DispositionScope {
    fileprivate var record: JSONValue {
        var members: JSONObject = [:]
        if let purl { members.set("purl", .string(purl.text)) }
        if !registries.isEmpty { members.set("registries", .array(registries.map { .string($0.text) })) }
        return .object(members)
    }

    fileprivate init(reading reader: MemberReader) throws(StatementError) {
        var reader = reader
        let registries = try reader.optionalList("registries").map { (values) throws(StatementError) in
            try reader.elements(values, of: "registries") { try RegistryName(parsing: $0) }
        }
        self.init(registries: registries ?? [], purl: try reader.optionalPackageURL("purl"))
        try reader.finish()
    }
}
