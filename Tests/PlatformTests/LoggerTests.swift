import Platform
import Testing

@Suite("Logger, environment and randomness")
struct LoggerTests {
    private final class Lines: Sendable {
        private let lines = Lock<[String]>([])

        func append(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    @Test("messages below the level are dropped without being built")
    func levels() {
        let lines = Lines()
        let logger = Logger(minimum: .warning) { lines.append($0) }
        func costly() -> String {
            Issue.record("a message was built that nobody reads")
            return ""
        }
        logger.debug(costly())
        logger.info(costly())
        logger.warning("disk is 90 % full")
        logger.labelled("gateway").error("cannot listen")
        #expect(lines.all == ["warning: disk is 90 % full", "error gateway: cannot listen"])
    }

    @Test("a hostile name can neither forge a line nor drive a terminal nor reorder text")
    func injection() {
        let lines = Lines()
        let logger = Logger(minimum: .debug) { lines.append($0) }
        logger.info("package \"evil\nerror: forged\u{1b}[2J\u{202e}txt\u{9b}\"")
        #expect(lines.all == ["info: package \"evil\\u{a}error: forged\\u{1b}[2J\\u{202e}txt\\u{9b}\""])
        #expect(Logger.printable("naïve ✓ 日本") == "naïve ✓ 日本")
    }

    @Test("levels are found by the names that configuration uses")
    func names() {
        #expect(LogLevel.allCases.map(\.name) == ["debug", "info", "warning", "error"])
        #expect(LogLevel.allCases.allSatisfy { LogLevel(name: $0.name) == $0 })
        #expect(LogLevel(name: "Info") == nil)
        #expect(LogLevel.debug < .info && LogLevel.info < .warning && LogLevel.warning < .error)
    }

    @Test("the environment is what it was made of")
    func environment() {
        let environment = ProcessEnvironment(variables: ["B": "2", "A": ""])
        #expect(environment["A"] == "")
        #expect(environment["C"] == nil)
        #expect(environment.names == ["A", "B"])
        #expect(ProcessEnvironment.system()["PATH"] != nil)
    }

    @Test("random bytes have the length asked for and differ")
    func random() {
        var random = SystemRandom()
        #expect(random.bytes(0) == [])
        #expect(random.bytes(1000).count == 1000)
        #expect(random.bytes(32) != random.bytes(32))
        #expect(random.next() != random.next())
    }
}
