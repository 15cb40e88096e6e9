public import Platform

/// A strict HTTP/1.1 server: one event loop per core, each with its own listening sockets.
public final class HTTPServer: Sendable {
    private enum State {
        case new
        case running([ServerLoop])
        case stopped
    }

    private let listeners: [ListenerConfiguration]
    private let limits: ServerLimits
    private let loops: Int
    private let handler: any RequestHandler
    private let logger: Logger
    private let clock: any WallClock
    private let gate = DrainGate()
    private let state = Lock(State.new)
    private let addresses = Lock<[ListenerName: BoundAddress]>([:])

    /// Describes a server; nothing is opened before `start`.
    ///
    /// - Parameters:
    ///   - loops: how many event loops (threads) to run, at least one.
    ///   - clock: what the `Date` field says.
    public init(
        listeners: [ListenerConfiguration], limits: ServerLimits = ServerLimits(), loops: Int,
        handler: any RequestHandler, logger: Logger, clock: any WallClock = SystemWallClock()
    ) {
        precondition(loops >= 1 && !listeners.isEmpty, "a server needs a loop and a listener")
        self.listeners = listeners
        self.limits = limits
        self.loops = loops
        self.handler = handler
        self.logger = logger
        self.clock = clock
    }

    /// Opens every listener, then takes connections; either all listeners are open when it returns or none is.
    ///
    /// Host names of listeners are resolved here, on the calling thread.
    public func start() async throws(ServerError) {
        let isFirst = state.withLock { state in
            guard case .new = state else { return false }
            state = .stopped
            return true
        }
        guard isFirst else { throw .alreadyStarted }
        var sockets: [[(ListenerName, ListeningSocket)]] = Array(repeating: [], count: loops)
        var bound: [ListenerName: BoundAddress] = [:]
        for configuration in listeners {
            let (address, opened) = try open(configuration)
            bound[configuration.name] = address
            for index in 0..<loops { sockets[index].append((configuration.name, opened[index % opened.count])) }
        }
        var running: [ServerLoop] = []
        for index in 0..<loops {
            do throws(EventLoopError) {
                let loop = try EventLoop(name: "http-\(index)")
                running.append(
                    ServerLoop(
                        loop: loop, handler: handler, limits: limits, gate: gate, logger: logger, clock: clock))
            } catch {
                for started in running { started.loop.stop() }
                throw .cannotStartLoop(reason: error.description)
            }
        }
        addresses.withLock { [bound] in $0 = bound }
        for (loop, sockets) in zip(running, sockets) { loop.start(sockets) }
        state.withLock { [running] in $0 = .running(running) }
    }

    private func open(
        _ configuration: ListenerConfiguration
    ) throws(ServerError) -> (BoundAddress, [ListeningSocket]) {
        do throws(SocketError) {
            switch configuration.address {
            case .tcp(let host, let port):
                let opened = try ListeningSocket.openShared(host: host, port: port, count: loops)
                return (.tcp(host: host, port: opened[0].port), opened)
            case .unix(let path, let mode):
                return (.unix(path: path), [try ListeningSocket.openUnix(path: path, mode: mode)])
            }
        } catch {
            throw .cannotListen(
                listener: configuration.name, address: configuration.addressText, reason: error.reason)
        }
    }

    /// Where a listener can be reached; nil before `start` and for unknown names.
    public func address(of listener: ListenerName) -> BoundAddress? {
        addresses.withLock { $0[listener] }
    }

    /// Makes socket files anew that somebody removed while the server runs: without its file nobody finds a socket.
    ///
    /// Blocks for moments. Connections that are open go on.
    ///
    /// - Returns: the listeners that got a new socket file.
    /// - Throws: `ServerError.cannotListen` when one cannot be made; ask again later.
    @discardableResult
    public func restoreSocketFiles() throws(ServerError) -> [ListenerName] {
        let running: [ServerLoop] = state.withLock { state in
            guard case .running(let loops) = state else { return [] }
            return loops
        }
        var restored: [ListenerName] = []
        for configuration in listeners where !running.isEmpty {
            guard case .unix(let path, _) = configuration.address, !Files.exists(path) else { continue }
            let (_, opened) = try open(configuration)
            for loop in running { loop.replace(configuration.name, with: opened[0]) }
            restored.append(configuration.name)
        }
        return restored
    }

    /// How many connections are open now.
    public var connectionCount: Int { gate.count }

    /// Stops taking connections, lets running requests finish within `gracePeriod`, then closes what is left.
    ///
    /// Handlers that still run then are cancelled. It returns when all of them have ended, or five seconds later.
    public func shutdown(gracePeriod: Duration) async {
        let running: [ServerLoop] = state.withLock { state in
            guard case .running(let loops) = state else { return [] }
            state = .stopped
            return loops
        }
        guard let first = running.first else { return }
        // Held while the listeners' queues are emptied, so that an early zero does not end the wait.
        _ = gate.enter()
        for loop in running { loop.drain() }
        for loop in running { await settle(loop) }
        gate.leave()
        removeSocketFiles()
        if await gate.waitUntilEmpty(atMost: gracePeriod, on: first.loop) == false {
            logger.warning("\(gate.count) connections did not end within \(gracePeriod): closing them")
            for loop in running { loop.abandon() }
            guard await gate.waitUntilEmpty(atMost: .seconds(5), on: first.loop) else {
                // A task that prefers a stopped loop would never end: the threads are left to it.
                logger.error("\(gate.count) handlers ignore their cancellation")
                return
            }
        }
        // The loops' threads stay, parked: a task that was cancelled may still be resumed on its loop by a late timer,
        // and a loop that has ended cannot take it.
    }

    /// Waits until a loop has done what it was told.
    private func settle(_ shared: ServerLoop) async {
        await withCheckedContinuation { done in shared.loop.execute { done.resume() } }
    }

    private func removeSocketFiles() {
        for configuration in listeners {
            guard case .unix(let path, _) = configuration.address else { continue }
            do throws(FileError) {
                try Files.remove(path)
            } catch {
                logger.warning("\(error)")
            }
        }
    }
}

extension ListenerConfiguration {
    fileprivate var addressText: String {
        switch address {
        case .tcp(let host, let port): BoundAddress.tcp(host: host, port: port).description
        case .unix(let path, _): BoundAddress.unix(path: path).description
        }
    }
}
