import Platform

/// Takes a listener's connections on one loop, as long as there is room for them.
final class ConnectionAcceptor: ReadinessHandler {
    private let listener: ListeningSocket
    let name: ListenerName
    private let shared: ServerLoop
    private var registration: Registration?
    private var isFinished = false

    init(listener: ListeningSocket, name: ListenerName, shared: ServerLoop) {
        self.listener = listener
        self.name = name
        self.shared = shared
    }

    /// Begins, or begins again after a pause.
    func resume() {
        guard registration == nil, !isFinished else { return }
        do throws(EventLoopError) {
            registration = try shared.loop.register(
                listener.descriptor, for: [.readable, .exclusive], handler: self)
        } catch {
            shared.logger.error("listener \(name) takes no connections on this loop: \(error)")
        }
    }

    /// Takes every connection that waits, then no more.
    func finish() {
        isFinished = true
        while acceptOne() {}
        pause()
    }

    func descriptorIsReady(_ readiness: Readiness) {
        // A bounded share, so that a burst of connections does not starve those that are open.
        for _ in 0..<64 where !acceptOne() { return }
    }

    /// Takes one connection; answers whether there may be more.
    private func acceptOne() -> Bool {
        switch listener.accept() {
        case .connection(let socket, let peer):
            welcome(socket, peer: peer)
            return true
        case .nobody:
            return false
        case .exhausted(let error):
            shared.logger.error("listener \(name) pauses: \(error); raise the limit of open files")
            pause()
            let again = WeakAcceptor(self)
            shared.loop.execute(after: .milliseconds(100)) { again.acceptor?.resume() }
            return false
        }
    }

    private func welcome(_ socket: StreamSocket, peer: String) {
        let count = shared.gate.enter()
        let limit = shared.limits.maxConnections
        // Beyond the limit a connection gets a refusal it can read; far beyond it, nothing at all.
        guard count <= limit + limit / 16 + 16 else {
            shared.gate.leave()
            return
        }
        let connection = ServerConnection(socket: socket, peer: peer, listener: name, shared: shared)
        connection.open(isRefused: count > limit)
    }

    private func pause() {
        guard let registration else { return }
        shared.loop.unregister(registration)
        self.registration = nil
    }
}

/// Carries a loop-confined object through a closure that runs on the same loop.
private final class WeakAcceptor: @unchecked Sendable {
    weak var acceptor: ConnectionAcceptor?

    init(_ acceptor: ConnectionAcceptor) {
        self.acceptor = acceptor
    }
}
