/// Lets time pass. Passed in, so that tests decide when a client's patience ends.
public protocol Pausing: Sendable {
    /// Returns after `duration`, or at once when the calling task is cancelled.
    func pause(for duration: Duration) async
}

/// Real time, by the monotonic clock.
public struct SystemPause: Pausing {
    public init() {}

    public func pause(for duration: Duration) async {
        // A cancelled pause is over: whoever paused looks at what it was waiting for in any case.
        try? await ContinuousClock().sleep(for: duration)
    }
}

/// What came first.
enum Patience<Value: Sendable>: Sendable {
    case ended
    case value(Value)
}

/// Runs `work`, but waits for it no longer than `duration`; then cancels it and answers `.ended`.
///
/// `work` must return soon after it is cancelled: this function returns only when it has.
func waiting<Value: Sendable>(
    atMost duration: Duration, _ pausing: any Pausing, for work: @escaping @Sendable () async -> Value
) async -> Patience<Value> {
    await withTaskGroup(of: Patience<Value>.self) { group in
        group.addTask { .value(await work()) }
        group.addTask {
            await pausing.pause(for: duration)
            return .ended
        }
        let first = await group.next() ?? .ended
        group.cancelAll()
        return first
    }
}
