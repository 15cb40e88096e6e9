import Platform

/// Writes the anchor on a thread of its own, so that no statement waits for it: everything here may be late, nothing may
/// be early.
final class AnchorKeeper: Sendable {
    private struct State {
        var next: (note: String, size: UInt64)?
        var isQueued = false
        var storedSize: UInt64 = 0
    }

    /// How long the newest checkpoint waits for a newer one: what bounds the share of the disk that this takes.
    private static let delay = Duration.milliseconds(20)

    private let anchor: LogAnchor
    private let logger: Logger
    private let thread = BlockingThread(name: "log-anchor")
    private let state = Lock(State())

    init(anchor: LogAnchor, logger: Logger) {
        self.anchor = anchor
        self.logger = logger
    }

    /// Takes over a checkpoint that is durable, to be written soon. ✝ Before that: the anchor lags, which it may.
    func keep(_ checkpoint: StoredCheckpoint) {
        let isFirst = state.withLock { state in
            guard checkpoint.size > state.storedSize else { return false }
            state.next = (note: checkpoint.note, size: checkpoint.size)
            defer { state.isQueued = true }
            return !state.isQueued
        }
        guard isFirst else { return }
        thread.add { [self] in
            BlockingThread.pause(for: Self.delay)
            state.withLock { $0.isQueued = false }
            storeNext()
        }
    }

    /// Writes a checkpoint before it returns; for the moments before and after everything else.
    func keepNow(_ checkpoint: StoredCheckpoint) {
        state.withLock { $0.next = (note: checkpoint.note, size: checkpoint.size) }
        storeNext()
    }

    /// Writes what is waiting and ends the thread. Blocks; call it once, and `keep` no more.
    func finish() {
        thread.stop()
        storeNext()
        // A write that failed left its note waiting; a passing trouble is over by now.
        storeNext()
    }

    private func storeNext() {
        let next = state.withLock { state in
            defer { state.next = nil }
            return state.next
        }
        guard let next else { return }
        do throws(FileError) {
            try anchor.store(next.note)
            state.withLock { $0.storedSize = max($0.storedSize, next.size) }
        } catch {
            // The log is right without it; only a later rewind would go unnoticed. The next write may succeed.
            state.withLock { if $0.next == nil { $0.next = next } }
            logger.warning("the anchor is not kept, so a restored old log would not be noticed: \(error)")
        }
    }
}
