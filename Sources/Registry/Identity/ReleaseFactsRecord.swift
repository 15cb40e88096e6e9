internal import Cryptography
public import JSON
internal import Platform

/// Release facts in writing: for our records and for workers.
extension ReleaseFacts {
    /// The facts as JSON; what the listing does not say has no member, empty lists have none either.
    public var record: JSONValue {
        var members: JSONObject = [:]
        if !dependencies.isEmpty { members.append("dependencies", Self.texts(dependencies)) }
        if let hasProvenance { members.append("hasProvenance", .bool(hasProvenance)) }
        if !maintainers.isEmpty { members.append("maintainers", Self.texts(maintainers)) }
        if let publishedAt { members.append("publishedAt", .string(publishedAt.rfc3339)) }
        if let publisher { members.append("publisher", .string(publisher)) }
        if let repository { members.append("repository", .string(repository)) }
        return .object(members)
    }

    /// Reads what `record` wrote; nil when it is anything else. Members that nobody here knows are passed over.
    public init?(reading record: JSONValue) {
        guard let members = record.objectValue else { return nil }
        guard let publisher = Self.optional(members["publisher"], \.stringValue),
            let repository = Self.optional(members["repository"], \.stringValue),
            let hasProvenance = Self.optional(members["hasProvenance"], \.boolValue),
            let time = Self.optional(members["publishedAt"], \.stringValue),
            let maintainers = Self.list(members["maintainers"]), let dependencies = Self.list(members["dependencies"])
        else { return nil }
        var publishedAt: Timestamp?
        if let time {
            guard let parsed = try? Timestamp(parsing: time) else { return nil }
            publishedAt = parsed
        }
        self.init(
            publisher: publisher, maintainers: maintainers, hasProvenance: hasProvenance, repository: repository,
            dependencies: dependencies, publishedAt: publishedAt)
    }

    private static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    /// The value of a member that may be absent; outer nil when it is there and of another kind.
    private static func optional<Value>(
        _ member: JSONValue?, _ read: (JSONValue) -> Value?
    ) -> Value?? {
        guard let member else { return .some(nil) }
        return read(member).map { .some($0) }
    }

    private static func list(_ member: JSONValue?) -> [String]? {
        guard let member else { return [] }
        guard let values = member.arrayValue else { return nil }
        let texts = values.compactMap(\.stringValue)
        return texts.count == values.count ? texts : nil
    }

    // MARK: Bounds

    static func bounded(_ text: String) -> String {
        guard text.utf8.count > maxTextBytes else { return text }
        return "sha256:\(SHA256Digest(hashing: Array(text.utf8)).hex)"
    }

    /// Ascending by bytes, each once, no longer than is kept.
    static func sorted(_ texts: [String]) -> [String] {
        let ordered = texts.map(bounded).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var distinct: [String] = []
        // Texts that Swift takes for equal may have other bytes.
        for text in ordered where distinct.last.map({ !$0.utf8.elementsEqual(text.utf8) }) ?? true {
            distinct.append(text)
        }
        guard distinct.count > maxEntries else { return distinct }
        let cut = distinct[(maxEntries - 1)...].joined(separator: "\n")
        let kept = Array(distinct.prefix(maxEntries - 1)) + ["sha256:\(SHA256Digest(hashing: Array(cut.utf8)).hex)"]
        return kept.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
