/// How the watch list is looked at.
public struct WarmSettings: Sendable, Hashable {
    /// How long a look is good for; nil when nobody looks unless an operator orders it.
    public var interval: Duration?
    /// How many versions of a package are wanted where nobody said otherwise.
    public var versions: Int
    /// Requests to one upstream host in a second.
    public var requestsPerSecond: Int
    /// Requests to one upstream host at a time.
    public var connections: Int
    /// Tags of wheels that clients run, besides those that they fetched before.
    public var wheels: [WheelPattern]

    public init(
        interval: Duration? = .seconds(6 * 3600), versions: Int = 5, requestsPerSecond: Int = 2, connections: Int = 2,
        wheels: [WheelPattern] = []
    ) {
        self.interval = interval
        self.versions = versions
        self.requestsPerSecond = requestsPerSecond
        self.connections = connections
        self.wheels = wheels
    }

    var limits: WarmPace.Limits { WarmPace.Limits(requestsPerSecond: requestsPerSecond, atOnce: connections) }
}
