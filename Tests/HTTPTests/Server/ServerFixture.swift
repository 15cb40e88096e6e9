import Platform
import Testing

@testable import HTTP

/// A handler made of a closure.
struct ClosureHandler: RequestHandler {
    let body: @Sendable (ServerRequest) async -> ServerResponse

    func respond(to request: ServerRequest) async -> ServerResponse {
        await body(request)
    }
}

/// Runs a server on a free port for the length of `test`.
func withServer(
    limits: ServerLimits = ServerLimits(), loops: Int = 1,
    handler: @escaping @Sendable (ServerRequest) async -> ServerResponse,
    _ test: (_ server: HTTPServer, _ port: UInt16) async throws -> Void
) async throws {
    let server = HTTPServer(
        listeners: [ListenerConfiguration(name: "main", address: .tcp(host: "127.0.0.1", port: 0))],
        limits: limits, loops: loops, handler: ClosureHandler(body: handler),
        logger: Logger.standardError(minimum: .error))
    try await server.start()
    guard case .tcp(_, let port) = server.address(of: "main") else {
        Issue.record("the listener has no port")
        return
    }
    do {
        try await test(server, port)
    } catch {
        await server.shutdown(gracePeriod: .zero)
        throw error
    }
    await server.shutdown(gracePeriod: .zero)
}

/// Answers 200 with what it is given.
func text(_ text: String) -> ServerResponse {
    ServerResponse(status: 200, headers: ["Content-Type": "text/plain"], body: .bytes(Array(text.utf8)))
}

/// An event that happens once, for tests that wait for something to have come about.
final class Occasion: Sendable {
    private struct State {
        var hasHappened = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Lock(State())

    func happen() {
        let waiters = state.withLock { state in
            state.hasHappened = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { waiter in
            let hasHappened = state.withLock { state in
                if !state.hasHappened { state.waiters.append(waiter) }
                return state.hasHappened
            }
            if hasHappened { waiter.resume() }
        }
    }

    var hasHappened: Bool { state.withLock { $0.hasHappened } }
}

/// Waits until the task that calls it is cancelled.
func waitForCancellation() async {
    let occasion = Occasion()
    await withTaskCancellationHandler {
        await occasion.wait()
    } onCancel: {
        occasion.happen()
    }
}
