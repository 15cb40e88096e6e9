import Platform

/// Tasks that wait for jobs, each kind of selection by itself: a look that found nothing says nothing about the others.
struct SelectionWaiters: Sendable {
    private let all = WorkWaiters()
    private let others = WorkWaiters()
    private let own = WorkWaiters()

    func workMayWait() {
        for waiters in [all, others, own] { waiters.workMayWait() }
    }

    func nothingWaits(for selection: JobSelection) { waiters(for: selection).nothingWaits() }

    func end() {
        for waiters in [all, others, own] { waiters.end() }
    }

    func wait(atMost duration: Duration, for selection: JobSelection) async {
        await waiters(for: selection).wait(atMost: duration)
    }

    private func waiters(for selection: JobSelection) -> WorkWaiters {
        switch selection {
        case .all: all
        case .except: others
        case .only: own
        }
    }
}

/// Tasks that wait for a job, and whether one may be waiting for them.
///
/// The flag is set by whoever adds work and cleared by the look that found none, both in the order of the database, so
/// work added between a look and a wait is never slept through.
final class WorkWaiters: Sendable {
    private struct State {
        var mayWait = false
        var isEnded = false
        var nextNumber: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Lock(State())

    /// A job may be waiting: everybody looks.
    func workMayWait() {
        release { $0.mayWait = true }
    }

    /// A look found nothing.
    func nothingWaits() {
        state.withLock { $0.mayWait = false }
    }

    /// Nobody waits from now on.
    func end() {
        release { $0.isEnded = true }
    }

    /// Suspends until work may wait, the task is cancelled, or `duration` has passed.
    func wait(atMost duration: Duration) async {
        guard state.withLock({ !$0.mayWait && !$0.isEnded }) else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitForSignal() }
            // Cancellation ends the sleep early, which is all its error says.
            group.addTask { try? await Task.sleep(for: duration) }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForSignal() async {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // Asked inside the lock: a cancellation that comes later finds the waiter in its place.
                    if Task.isCancelled || state.mayWait || state.isEnded { return true }
                    state.waiting[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
        }
    }

    private func release(_ change: (inout State) -> Void) {
        let continuations = state.withLock { state in
            change(&state)
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in continuations { continuation.resume() }
    }
}
