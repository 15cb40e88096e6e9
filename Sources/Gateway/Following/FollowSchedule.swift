/// How long to leave a peer alone: a minute while all is well, ever longer while it is not.
struct FollowSchedule: Sendable {
    static let interval = Duration.seconds(60)
    static let longest = Duration.seconds(900)

    /// - Parameters:
    ///   - failures: looks in a row that brought nothing.
    ///   - chance: from 0 to 1, spread so that followers of one log do not ask all at once.
    static func pause(afterFailures failures: UInt64, chance: Double) -> Duration {
        let doubled = interval * (1 << min(failures, 10))
        let percent = 85 + Int64((30 * min(max(chance, 0), 1)).rounded())
        return .seconds(min(doubled, longest).components.seconds * percent / 100)
    }
}
