import Platform

/// What the connections of one event loop share; confined to the loop's thread but for `start`, `drain` and `abandon`.
@safe
final class ServerLoop: @unchecked Sendable {
    let loop: EventLoop
    let handler: any RequestHandler
    let limits: ServerLimits
    let parserLimits: ParserLimits
    let gate: DrainGate
    let logger: Logger
    private let clock: any WallClock

    /// Where every connection of the loop receives; nothing stays in it from one event to the next.
    let receiveBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
    /// Where response heads are written before they are sent.
    var headBuffer: [UInt8] = []
    private(set) var isDraining = false
    private var acceptors: [ConnectionAcceptor] = []
    private var connections: [ServerConnection] = []
    private var dateLineBytes: [UInt8] = []
    private var dateExpiryNanoseconds: Int64 = .min

    init(
        loop: EventLoop, handler: any RequestHandler, limits: ServerLimits, gate: DrainGate, logger: Logger,
        clock: any WallClock
    ) {
        self.loop = loop
        self.handler = handler
        self.limits = limits
        self.gate = gate
        self.logger = logger
        self.clock = clock
        parserLimits = ParserLimits(
            maxHeaderBytes: limits.maxHeaderBytes, maxTargetBytes: limits.maxTargetBytes,
            maxHeaders: limits.maxHeaders, maxBodyBytes: limits.maxBodyBytes)
        headBuffer.reserveCapacity(4096)
    }

    deinit {
        unsafe receiveBuffer.deallocate()
    }

    // MARK: From any thread

    /// Takes connections from these listeners from now on.
    func start(_ listeners: [(ListenerName, ListeningSocket)]) {
        loop.execute {
            for (name, listener) in listeners {
                let acceptor = ConnectionAcceptor(listener: listener, name: name, shared: self)
                self.acceptors.append(acceptor)
                acceptor.resume()
            }
        }
    }

    /// Takes connections from this listener in the place of the one of that name.
    func replace(_ name: ListenerName, with listener: ListeningSocket) {
        loop.execute {
            guard !self.isDraining else { return }
            for acceptor in self.acceptors where acceptor.name == name { acceptor.finish() }
            self.acceptors.removeAll { $0.name == name }
            let acceptor = ConnectionAcceptor(listener: listener, name: name, shared: self)
            self.acceptors.append(acceptor)
            acceptor.resume()
        }
    }

    /// Takes what already waits in the listeners' queues, stops listening, and ends connections as they fall idle.
    func drain() {
        loop.execute {
            for acceptor in self.acceptors { acceptor.finish() }
            self.acceptors = []
            self.isDraining = true
            for connection in self.connections { connection.drain() }
        }
    }

    /// Ends every connection at once and cancels the handlers.
    func abandon() {
        loop.execute {
            for connection in self.connections { connection.clientLeft() }
        }
    }

    // MARK: On the loop's thread

    /// Today's `Date` line, at most a tenth of a second old.
    var dateLine: [UInt8] {
        if loop.nowNanoseconds >= dateExpiryNanoseconds {
            dateLineBytes = dateFieldLine(clock.now())
            dateExpiryNanoseconds = loop.nowNanoseconds + 100_000_000
        }
        return dateLineBytes
    }

    /// Remembers an open connection and answers its place.
    func add(_ connection: ServerConnection) -> Int {
        connections.append(connection)
        return connections.count - 1
    }

    /// Forgets a connection; the last one moves to its place.
    func remove(_ connection: ServerConnection) {
        let last = connections.removeLast()
        guard last !== connection else { return }
        connections[connection.place] = last
        last.place = connection.place
    }
}
