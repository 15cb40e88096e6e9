import Platform

/// How far long work has got: a line rewritten on a terminal, a line every ten seconds elsewhere.
final class ProgressLine: Sendable {
    private let console: Console
    private let what: String
    private let lastShown: Lock<ContinuousClock.Instant>
    private let hasShown = Lock(false)

    private static let barWidth = 24

    init(console: Console, what: String) {
        self.console = console
        self.what = what
        lastShown = Lock(.now)
    }

    func show(_ done: UInt64, of all: UInt64) { show(done, of: all, what) }

    /// The same for work that changes what it counts.
    func show(_ done: UInt64, of all: UInt64, _ what: String) {
        guard isDue() else { return }
        let text = "\(done) of \(all) \(what)"
        console.isTerminal ? console.rewrite(text) : console.note(text)
    }

    /// The same with a bar on a terminal, where the whole is known.
    func show(part: Int64, of whole: Int64?, _ text: () -> String) {
        guard isDue() else { return }
        guard console.isTerminal else {
            console.note(text())
            return
        }
        console.rewrite(Self.bar(part, of: whole) + text())
    }

    func finish() {
        let wasShown = hasShown.withLock { shown in
            defer { shown = false }
            return shown
        }
        if console.isTerminal, wasShown { console.rewrite("") }
    }

    /// `[######                  ]  25 %  `; nothing where the whole is not known.
    static func bar(_ part: Int64, of whole: Int64?) -> String {
        guard let whole, whole > 0 else { return "" }
        let share = Double(min(max(part, 0), whole)) / Double(whole)
        let filled = Int(share * Double(barWidth))
        let percent = "\(Int(share * 100))"
        let bar = String(repeating: "#", count: filled) + String(repeating: " ", count: barWidth - filled)
        return "[\(bar)] \(String(repeating: " ", count: 3 - percent.count))\(percent) %  "
    }

    private func isDue() -> Bool {
        let pause: Duration = console.isTerminal ? .milliseconds(100) : .seconds(10)
        let isDue = lastShown.withLock { last in
            guard ContinuousClock.now - last >= pause else { return false }
            last = .now
            return true
        }
        if isDue { hasShown.withLock { $0 = true } }
        return isDue
    }
}
