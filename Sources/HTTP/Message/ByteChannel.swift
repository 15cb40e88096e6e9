import Platform

/// A bounded queue of byte chunks between an event loop, which must never wait, and one consuming task.
///
/// The producer keeps pushing until `push` answers that the channel is full, then pauses its source until `onDemand` is
/// called. At most one task may wait in `next` at a time.
final class ByteChannel<Failure: Error>: Sendable {
    private struct State {
        var chunks: [[UInt8]] = []
        var position = 0
        var bufferedBytes = 0
        var end: Result<Void, Failure>?
        var waiter: CheckedContinuation<Result<[UInt8]?, Failure>, Never>?
        var isProducerPaused: Bool
    }

    private let state: Lock<State>
    private let maxBufferedBytes: Int
    private let cancelled: Failure
    private let onDemand: @Sendable () -> Void

    /// Makes an open, empty channel.
    ///
    /// `cancelled` is what a waiting consumer throws when its task is cancelled. A channel that starts paused calls
    /// `onDemand` at the first `next`, on the consumer's thread and outside the lock.
    init(
        maxBufferedBytes: Int, startsPaused: Bool, cancelled: Failure, onDemand: @escaping @Sendable () -> Void
    ) {
        state = Lock(State(isProducerPaused: startsPaused))
        self.maxBufferedBytes = maxBufferedBytes
        self.cancelled = cancelled
        self.onDemand = onDemand
    }

    /// Adds a chunk; answers whether the producer may go on.
    ///
    /// The chunk is taken in any case. Chunks after the end are dropped.
    func push(_ chunk: [UInt8]) -> Bool {
        var waiter: CheckedContinuation<Result<[UInt8]?, Failure>, Never>?
        let mayGoOn = state.withLock { state in
            guard state.end == nil, !chunk.isEmpty else { return true }
            if let waiting = state.waiter {
                waiter = waiting
                state.waiter = nil
                return true
            }
            state.chunks.append(chunk)
            state.bufferedBytes += chunk.count
            if state.bufferedBytes >= maxBufferedBytes { state.isProducerPaused = true }
            return !state.isProducerPaused
        }
        waiter?.resume(returning: .success(chunk))
        return mayGoOn
    }

    /// Ends the channel; chunks that were pushed before are still delivered. Only the first end counts.
    func finish(_ end: Result<Void, Failure>) {
        var waiter: CheckedContinuation<Result<[UInt8]?, Failure>, Never>?
        state.withLock { state in
            guard state.end == nil else { return }
            state.end = end
            waiter = state.waiter
            state.waiter = nil
        }
        waiter?.resume(returning: end.map { nil })
    }

    /// Drops what is buffered and ends the channel with a failure, for a consumer that must not see more bytes.
    func abort(_ failure: Failure) {
        state.withLock { state in
            state.chunks = []
            state.position = 0
            state.bufferedBytes = 0
        }
        finish(.failure(failure))
    }

    /// The next chunk, or nil at the end.
    ///
    /// - Throws: the failure that the producer ended with, or `cancelled` when the task is cancelled while it waits.
    func next() async throws(Failure) -> [UInt8]? {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: CheckedContinuation<Result<[UInt8]?, Failure>, Never>) in
                take(or: waiter)
            }
        } onCancel: {
            cancelWaiter()
        }
        return try result.get()
    }

    private func take(or waiter: CheckedContinuation<Result<[UInt8]?, Failure>, Never>) {
        let isCancelled = Task.isCancelled
        var answer: Result<[UInt8]?, Failure>?
        let wakesProducer = state.withLock { state in
            if state.position < state.chunks.count {
                let chunk = state.chunks[state.position]
                state.chunks[state.position] = []
                state.position += 1
                state.bufferedBytes -= chunk.count
                if state.position == state.chunks.count {
                    state.chunks.removeAll(keepingCapacity: true)
                    state.position = 0
                }
                answer = .success(chunk)
            } else if let end = state.end {
                answer = end.map { nil }
            } else if isCancelled {
                answer = .failure(cancelled)
            } else {
                precondition(state.waiter == nil, "two tasks wait for the same bytes")
                state.waiter = waiter
            }
            // The producer goes on when half of the room is free again, so that it is not woken for each chunk.
            guard state.end == nil, state.isProducerPaused, state.bufferedBytes <= maxBufferedBytes / 2 else {
                return false
            }
            state.isProducerPaused = false
            return true
        }
        if wakesProducer { onDemand() }
        if let answer { waiter.resume(returning: answer) }
    }

    private func cancelWaiter() {
        var waiter: CheckedContinuation<Result<[UInt8]?, Failure>, Never>?
        state.withLock { state in
            waiter = state.waiter
            state.waiter = nil
        }
        waiter?.resume(returning: .failure(cancelled))
    }
}
