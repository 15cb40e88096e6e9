import Platform

/// A signal that the serving process answers to.
enum ProcessRequest: Sendable, CustomStringConvertible {
    case end(Int32)
    case reload

    var isReload: Bool {
        switch self {
        case .end: false
        case .reload: true
        }
    }

    var description: String {
        switch self {
        case .end(let number): number == 2 ? "interrupted" : "asked to end"
        case .reload: "asked to reload"
        }
    }
}

/// Signals as a sequence: SIGTERM and SIGINT end, SIGHUP reloads.
struct SignalInbox: Sendable {
    let received: AsyncStream<ProcessRequest>
    private let continuation: AsyncStream<ProcessRequest>.Continuation

    static let hangUp: Int32 = 1
    private static let interrupt: Int32 = 2
    static let terminate: Int32 = 15

    init() {
        (received, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(16))
    }

    /// Starts to listen; signals are delivered while the watcher lives.
    func watch() -> SignalWatcher {
        let continuation = continuation
        return SignalWatcher(signals: [Self.hangUp, Self.interrupt, Self.terminate]) { number in
            continuation.yield(number == Self.hangUp ? .reload : .end(number))
        }
    }
}
