public import Screening

/// An entry of `trust` as it is to be written into a configuration.
public struct TrustDraft: Hashable, Sendable {
    public var origin: String
    /// Verifier keys of the log.
    public var keys: [String]
    public var url: String?
    public var isFollowed = false
    /// Key ids.
    public var roots: [String] = []
    /// Key ids.
    public var signers: [String] = []
    /// Verifier keys of witnesses.
    public var witnesses: [String] = []
    public var quorum: Int?
    public var analyzers: [String] = []
    public var packages: [String] = []
    public var weights: [Verdict: ForeignEffect] = [:]
    /// A date or a time.
    public var expires: String?

    public init(origin: String, keys: [String]) {
        self.origin = origin
        self.keys = keys
    }

    /// The keys in the order in which they are written, each with its value in one line.
    var members: [(key: String, value: String)] {
        var members = [("origin", YAMLWriter.quoted(origin)), ("keys", Self.list(keys))]
        if let url { members.append(("url", YAMLWriter.quoted(url))) }
        if isFollowed { members.append(("follow", "true")) }
        for (key, values) in [
            ("roots", roots), ("signers", signers), ("witnesses", witnesses), ("analyzers", analyzers),
            ("packages", packages),
        ] where !values.isEmpty {
            members.append((key, Self.list(values)))
        }
        if let quorum { members.append(("quorum", "\(quorum)")) }
        if !weights.isEmpty { members.append(("weights", Self.weights(weights))) }
        if let expires { members.append(("expires", YAMLWriter.quoted(expires))) }
        return members
    }

    static func weights(_ weights: [Verdict: ForeignEffect]) -> String {
        let pairs = weights.sorted { $0.key > $1.key }.map { "\($0.key.rawValue): \($0.value.rawValue)" }
        return "{ \(pairs.joined(separator: ", ")) }"
    }

    private static func list(_ values: [String]) -> String {
        "[\(values.map(YAMLWriter.quoted).joined(separator: ", "))]"
    }
}
