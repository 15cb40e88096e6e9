/// A service with the OSV API that is asked about single versions of which the bundles know nothing.
public struct LiveFallback: Sendable, Hashable {
    /// Its address, without a slash at its end.
    public var url: String
    /// The longest wait for one answer.
    public var timeout: Duration
    /// How long an answer is used before it is asked for again.
    public var cacheFor: Duration

    public init(url: String, timeout: Duration = .seconds(2), cacheFor: Duration = .seconds(3600)) {
        self.url = url
        self.timeout = timeout
        self.cacheFor = cacheFor
    }
}
