import Platform

/// One client's connection: reads requests, has them answered one after another, sends the responses.
///
/// Confined to its loop's thread. What it does next follows from `phase`; each of the extensions moves it on for one
/// reason: bytes that came (`+Input`), a response (`+Response`), room in the socket (`+Output`), a deadline (`+Deadline`).
final class ServerConnection: ReadinessHandler, DeadlineTarget, @unchecked Sendable {
    enum Phase {
        /// Between requests; nothing of the next one has come.
        case idle
        case readingHead
        /// The handler works on its answer.
        case handling
        /// The handler writes the body of its answer.
        case streaming
        /// The whole response waits in the output queue.
        case sending
        /// The response is sent and the connection ends; what still comes is thrown away so that the client can read on.
        case lingering
        case closed
    }

    let shared: ServerLoop
    let listener: ListenerName
    let peer: String
    /// Its place among the loop's connections.
    var place = 0

    var phase = Phase.idle
    var parser: RequestParser
    var exchange: Exchange?
    var output = OutputQueue()
    /// Bytes that were received but not parsed, from `unreadPosition` on.
    var unread: [UInt8] = []
    var unreadPosition = 0
    /// Whether the socket may have bytes for us.
    var isReadable = false
    var peerClosedWriting = false
    /// Whether the handler's task was started within the call that is under way.
    var isStartingHandler = false
    /// Whether other connections have their turn before the next request.
    var isYielding = false
    var servedInTurn = 0
    var receivedBodyBytes: Int64 = 0
    var pace = PaceWindow()
    /// Whether something has been up to the client since the window began.
    var isPaceMeasured = false
    var deadlineNanoseconds = Int64.max

    private var socket: StreamSocket?
    private var registration: Registration?
    private var timer: LoopTimer?
    private var handlerTask: Task<Void, Never>?
    /// Whether the drain gate still counts this connection for its handler after the socket is closed.
    private var isHandlerRunning = false

    init(socket: StreamSocket, peer: String, listener: ListenerName, shared: ServerLoop) {
        self.socket = socket
        self.peer = peer
        self.listener = listener
        self.shared = shared
        parser = RequestParser(limits: shared.parserLimits)
    }

    /// Begins to serve the client, or tells it at once that there are too many.
    func open(isRefused: Bool) {
        place = shared.add(self)
        timer = LoopTimer(target: self)
        let descriptor = socket?.descriptor ?? -1
        do throws(EventLoopError) {
            registration = try shared.loop.register(
                descriptor, for: [.readable, .writable, .peerClosed, .edgeTriggered], handler: self)
        } catch {
            shared.logger.error("a connection was dropped: \(error)")
            close()
            return
        }
        if isRefused {
            refuse(tooManyConnections: shared.limits.maxConnections)
        } else {
            setDeadline(after: shared.limits.idleTimeout)
        }
    }

    func descriptorIsReady(_ readiness: Readiness) {
        if readiness.contains(.peerClosed) { peerClosedWriting = true }
        if !readiness.isDisjoint(with: [.readable, .peerClosed, .failed]) { isReadable = true }
        if !readiness.isDisjoint(with: .failed), phase != .lingering {
            clientLeft()
            return
        }
        if readiness.contains(.writable), !output.isEmpty { flush() }
        servedInTurn = 0
        pump()
        if peerClosedWriting { checkWhetherClientLeft() }
    }

    /// Runs the handler in a task on this loop; most handlers are done before this returns.
    func startHandler(_ request: ServerRequest) {
        phase = .handling
        setDeadline(after: nil)
        isPaceMeasured = false
        isStartingHandler = true
        isHandlerRunning = true
        let task = Task.immediateDetached(executorPreference: shared.loop) {
            let response = await self.shared.handler.respond(to: request)
            await self.answer(response)
            self.handlerEnded()
        }
        isStartingHandler = false
        if isHandlerRunning { handlerTask = task }
    }

    private func handlerEnded() {
        shared.loop.checkIsolated()
        isHandlerRunning = false
        handlerTask = nil
        if phase == .closed {
            shared.gate.leave()
        } else if !isStartingHandler {
            // The next request must not run inside this one's task.
            shared.loop.execute { self.pump() }
        }
    }

    /// Gives up on a client that is gone: its handler is cancelled and nothing more is sent.
    func clientLeft() {
        guard phase != .closed else { return }
        exchange?.body?.abort(.clientLeft)
        handlerTask?.cancel()
        close()
    }

    /// A client that has closed its side while its request is answered has most likely left, unless more requests of it
    /// wait: the handler is cancelled. What it answers all the same is sent, for a client that only said it was done.
    private func checkWhetherClientLeft() {
        guard phase == .handling || phase == .streaming, let current = exchange else { return }
        guard unreadPosition == unread.count, openSocket.isAtEndOfStream() else { return }
        if current.isBodyComplete {
            exchange?.keepsAlive = false
            handlerTask?.cancel()
        } else {
            clientLeft()
        }
    }

    /// Ends a connection that has nothing under way; others end after their response.
    func drain() {
        guard phase == .idle else { return }
        pump()
        if phase == .idle { close() }
    }

    /// Closes the socket. A handler that still runs finds its connection closed when it answers.
    func close() {
        guard phase != .closed else { return }
        phase = .closed
        output.removeAll()
        unread = []
        unreadPosition = 0
        let writer = exchange?.waitingWriter
        exchange?.waitingWriter = nil
        if let registration { shared.loop.unregister(registration) }
        if let timer { shared.loop.cancel(timer) }
        registration = nil
        timer = nil
        exchange = nil
        shared.remove(self)
        if !isHandlerRunning { shared.gate.leave() }
        // Last of all: who sees the connection end sees the server's books in order.
        socket = nil
        writer?.resume(returning: .failure(.clientLeft))
    }

    /// Ends the connection so that the client notices that something is missing.
    func abort() {
        openSocket.resetOnClose()
        close()
    }

    /// The socket, which is open in every phase but `closed`.
    var openSocket: StreamSocket {
        guard let socket else { preconditionFailure("a closed connection has no socket") }
        return socket
    }

    /// Moves the deadline. The timer itself is moved only when it would come too late: a request costs no timer.
    func setDeadline(atNanoseconds deadline: Int64) {
        deadlineNanoseconds = deadline
        guard let timer, deadline != .max else { return }
        if !timer.isScheduled || timer.deadlineNanoseconds > deadline {
            shared.loop.schedule(timer, atNanoseconds: deadline)
        }
    }

    /// Moves the deadline to `delay` from now; nil for none.
    func setDeadline(after delay: Duration?) {
        guard let delay else { return setDeadline(atNanoseconds: Int64.max) }
        setDeadline(atNanoseconds: shared.loop.nowNanoseconds.addingSaturated(delay.wholeNanoseconds))
    }
}
