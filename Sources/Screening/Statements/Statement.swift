import JSON

/// The predicate types of the log that this version reads; a reader refuses every other by name.
///
/// Spec: verdict-log, section 1.
public enum PredicateType: String, Sendable, CaseIterable {
    case verdict = "urn:jurat:attestation:verdict:v1"
    case disposition = "urn:jurat:attestation:disposition:v1"
    case keyEvent = "urn:jurat:attestation:key-event:v1"
    case revocation = "urn:jurat:attestation:revocation:v1"
    case importReceipt = "urn:jurat:attestation:import-receipt:v1"
    case logSuccession = "urn:jurat:attestation:log-succession:v1"
}

/// One statement of the log: an in-toto Statement v1 with one of our predicates.
public enum Statement: Sendable, Equatable {
    case verdict(VerdictStatement)
    case disposition(DispositionStatement)
    case keyEvent(KeyEventStatement)
    case revocation(RevocationStatement)
    case importReceipt(ImportReceiptStatement)
    case logSuccession(LogSuccessionStatement)

    static let inTotoType = "https://in-toto.io/Statement/v1"
    /// Deepest nesting of any statement: root, predicate, analyzer, ruleset, digest, and some room to say what is wrong.
    private static let maxDepth = 8

    public var predicateType: PredicateType {
        switch self {
        case .verdict: .verdict
        case .disposition: .disposition
        case .keyEvent: .keyEvent
        case .revocation: .revocation
        case .importReceipt: .importReceipt
        case .logSuccession: .logSuccession
        }
    }

    /// The artifact that the statement is about; nil for statements about keys, logs and other
    /// statements.
    public var subject: Subject? {
        switch self {
        case .verdict(let statement): statement.subject
        case .disposition(let statement): statement.subject
        case .keyEvent, .revocation, .importReceipt, .logSuccession: nil
        }
    }

    /// The statement as canonical JSON (RFC 8785), the bytes that are signed.
    ///
    /// - Throws: `StatementError` when a member breaks a rule of the format. The bytes are read back before they are
    ///   returned, so what this writes, every reader of this version accepts.
    public func canonicalBytes() throws(StatementError) -> [UInt8] {
        let bytes: [UInt8]
        do throws(CanonicalJSONError) {
            bytes = try CanonicalJSON.encode(record)
        } catch {
            throw .notCanonical(what: "payload", reason: "\(error)")
        }
        guard try Statement(parsingCanonical: bytes) == self else {
            throw .notCanonical(what: "payload", reason: "a member does not read back as it was written")
        }
        return bytes
    }

    /// Reads a statement in canonical form only.
    ///
    /// - Throws: `StatementError` when the bytes are not canonical JSON, the predicate type is unknown, or a member is
    ///   missing, unexpected or invalid.
    public init(parsingCanonical bytes: [UInt8]) throws(StatementError) {
        let value: JSONValue
        do throws(CanonicalJSONError) {
            value = try CanonicalJSON.parse(bytes, maxDepth: Self.maxDepth)
        } catch {
            throw .notCanonical(what: "payload", reason: "\(error)")
        }
        var root = try MemberReader(value, at: "")
        guard try root.string("_type") == Self.inTotoType else {
            throw .invalidMember(path: "_type", expected: Self.inTotoType)
        }
        let typeName = try root.string("predicateType")
        guard let type = PredicateType(rawValue: typeName) else { throw .unknownPredicateType(typeName) }
        let subject = try root.onlyElement("subject")
        var predicate = try root.object("predicate")
        try root.finish()
        switch type {
        case .verdict: self = .verdict(try VerdictStatement(reading: &predicate, subject: subject))
        case .disposition: self = .disposition(try DispositionStatement(reading: &predicate, subject: subject))
        case .keyEvent: self = .keyEvent(try KeyEventStatement(reading: &predicate, subject: subject))
        case .revocation: self = .revocation(try RevocationStatement(reading: &predicate, subject: subject))
        case .importReceipt:
            self = .importReceipt(try ImportReceiptStatement(reading: &predicate, subject: subject))
        case .logSuccession:
            self = .logSuccession(try LogSuccessionStatement(reading: &predicate, subject: subject))
        }
        try predicate.finish()
    }

    private var record: JSONValue {
        let (subject, predicate): (JSONValue, JSONValue) =
            switch self {
            case .verdict(let statement): (statement.subject.record, statement.record)
            case .disposition(let statement): (statement.subject.record, statement.record)
            case .keyEvent(let statement): (statement.subjectRecord, statement.record)
            case .revocation(let statement): (statement.subjectRecord, statement.record)
            case .importReceipt(let statement): (statement.subjectRecord, statement.record)
            case .logSuccession(let statement): (statement.subjectRecord, statement.record)
            }
        return .object([
            "_type": .string(Self.inTotoType), "predicate": predicate,
            "predicateType": .string(predicateType.rawValue), "subject": .array([subject]),
        ])
    }
}
