import JSON
public import Registry

/// What a client is told when analysis outlasts its patience but not policy's: come back soon.
///
/// Spec: wire, section 5, step 2.
public struct PendingNotice: Sendable, Equatable {
    public let purl: PackageURL
    /// The analyzers that are still awaited.
    public let missing: [AnalyzerID]
    /// How long the analysis has been going on, whole seconds.
    public let elapsedSeconds: Int64

    /// The status and the seconds of `Retry-After`. Never 503, whose reason pip loses in a traceback.
    public static let status = 429
    public static let retryAfterSeconds = 3

    public init(purl: PackageURL, missing: [AnalyzerID], elapsedSeconds: Int64) {
        self.purl = purl
        self.missing = missing
        self.elapsedSeconds = elapsedSeconds
    }

    /// "Analysis of demo@1.1.0 in progress (static, 12s); retry", ASCII, at most 160 bytes.
    public var reasonPhrase: String {
        let name = purl.version.map { "\(purl.name.canonical)@\($0.text)" } ?? purl.name.canonical
        let details = (missing.map(\.text) + ["\(elapsedSeconds)s"]).joined(separator: ", ")
        let ending = " in progress (\(details)); retry"
        let opening = "Analysis of "
        let room = Refusal.maxReasonPhraseBytes - opening.utf8.count - ending.utf8.count
        guard room >= 24 else { return "Analysis in progress (\(elapsedSeconds)s); retry" }
        return opening + Refusal.shortened(Refusal.printable(name), to: room) + ending
    }

    /// A small JSON body that says the same; `error` comes first because some clients print that member.
    public func problemBody() -> [UInt8] {
        let body: JSONObject = [
            "error": .string(reasonPhrase), "status": .integer(Int64(Self.status)),
            "missing": .array(missing.map { .string($0.text) }), "elapsedSeconds": .integer(elapsedSeconds),
            "retryAfterSeconds": .integer(Int64(Self.retryAfterSeconds)),
        ]
        return JSONText.serialize(.object(body))
    }
}
