import Platform

/// How far long work has got: a line rewritten on a terminal, a line every ten seconds elsewhere.
final class ProgressLine: Sendable {
    private let console: Console
    private let what: String
    private let lastShown: Lock<ContinuousClock.Instant>
    private let hasShown = Lock(false)

    init(console: Console, what: String) {
        self.console = console
        self.what = what
        lastShown = Lock(.now)
    }

    func show(_ done: UInt64, of all: UInt64) { show(done, of: all, what) }

    /// The same for work that changes what it counts.
    func show(_ done: UInt64, of all: UInt64, _ what: String) {
        let pause: Duration = console.isTerminal ? .milliseconds(100) : .seconds(10)
        let isDue = lastShown.withLock { last in
            guard ContinuousClock.now - last >= pause else { return false }
            last = .now
            return true
        }
        guard isDue else { return }
        hasShown.withLock { $0 = true }
        let text = "\(done) of \(all) \(what)"
        console.isTerminal ? console.rewrite(text) : console.note(text)
    }

    func finish() {
        if console.isTerminal, hasShown.withLock({ $0 }) { console.rewrite("") }
    }
}
