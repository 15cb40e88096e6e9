import VerdictStore

/// Lets work that nobody waits for take at most half of the job queue: the other half is for clients.
struct QueueRoom: Sendable {
    let jobs: any JobQueue
    let pausing: any Pausing

    private static let wait = Duration.seconds(5)

    /// Waits until at least half of the queue is free.
    ///
    /// - Returns: how many jobs may be added before asking again, at least one; nil when the task was cancelled or the
    ///   queue cannot be asked.
    func places() async -> Int? {
        while !Task.isCancelled {
            guard let counts = try? await jobs.counts() else { return nil }
            let free = counts.capacity / 2 - counts.queued - counts.leased
            if free >= 0 { return max(free, 1) }
            await pausing.pause(for: Self.wait)
        }
        return nil
    }
}
