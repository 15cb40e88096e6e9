public import Platform

/// A strict HTTP/1.1 server: one event loop per core, each with its own listening sockets.
public final class HTTPServer: Sendable {
    private let listeners: [ListenerConfiguration]
    private let limits: ServerLimits
    private let loops: Int
    private let handler: any RequestHandler
    private let logger: Logger

    /// Describes a server; nothing is opened before `start`.
    ///
    /// - Parameter loops: how many event loops (threads) to run, at least one.
    public init(
        listeners: [ListenerConfiguration], limits: ServerLimits = ServerLimits(), loops: Int,
        handler: any RequestHandler, logger: Logger
    ) {
        precondition(loops >= 1 && !listeners.isEmpty, "a server needs a loop and a listener")
        self.listeners = listeners
        self.limits = limits
        self.loops = loops
        self.handler = handler
        self.logger = logger
    }

    /// Opens every listener, then takes connections; either all listeners are open when it returns or none is.
    public func start() async throws(ServerError) {
        throw .cannotStartLoop(reason: "event loops are not part of this build")
    }

    /// Where a listener can be reached; nil before `start` and for unknown names.
    public func address(of listener: ListenerName) -> BoundAddress? {
        nil
    }

    /// Stops taking connections, lets running requests finish within `gracePeriod`, then closes what is left.
    public func shutdown(gracePeriod: Duration) async {}
}
