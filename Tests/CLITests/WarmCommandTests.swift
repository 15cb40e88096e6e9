import JSON
import Platform
import TestSupport
import Testing

@testable import CLI

@Suite("jurat warm")
struct WarmCommandTests {
    private let surroundings = Surroundings(
        environment: ProcessEnvironment(variables: [:]),
        console: Console(isTerminal: false, hasColour: false, result: { _ in }, note: { _ in }),
        clock: ManualWallClock(Timestamp(secondsSinceEpoch: 7200)), executablePath: "/jurat")

    private func invocation(_ words: [String]) throws -> Invocation {
        let outcome = ArgumentParser(commands: CommandTable.all).parse(words, surroundings: surroundings)
        guard case .run(let invocation) = outcome else { throw CommandFailure(.usage, "\(words)") }
        return invocation
    }

    @Test(
        "what cannot be meant is a mistake of usage, told before a server is asked",
        arguments: [
            ["add", "pkg:npm/"], ["add", "pkg:npm/demo@>=x"], ["add", "pkg:npm/demo", "--versions", "0"],
            ["add", "pkg:npm/demo", "--versions", "51"], ["add", "pkg:npm/demo", "--name", "web"],
            ["add", "-", "--name", "a", "b"], ["remove", "pkg:gem/x"], ["run", "demo"], ["run", "--once"],
            ["run", "pkg:npm/demo", "--versions", "3"], ["run", "--registry", "npmjs"], ["list", "-o", "xml"],
        ])
    func mistakes(words: [String]) async throws {
        let invocation = try invocation(["warm"] + words)
        let failure = await #expect(throws: CommandFailure.self) { try await invocation.command.run(invocation) }
        #expect(failure?.code == .usage, "\(String(describing: failure))")
    }

    @Test("what is said on the command line reaches the server")
    func bodies() throws {
        let once = try WarmRunCommand.body(
            try invocation(["warm", "run", "pkg:npm/demo@>=1.0.0", "--once", "--versions", "3", "--registry", "npmjs"]))
        #expect(
            JSONValue.object(once) == [
                "registry": "npmjs", "versions": 3, "once": true, "purls": ["pkg:npm/demo@>=1.0.0"],
            ])
        #expect(JSONValue.object(try WarmRunCommand.body(try invocation(["warm", "run"]))) == [:])
    }

    private let package: JSONValue = [
        "purl": "pkg:npm/demo", "registry": "npmjs",
        "watched": [
            ["by": "purl", "name": .null, "wish": "newest", "versions": 3, "since": "2026-01-01T00:00:00Z"],
            ["by": "lockfile", "name": "web/lock", "wish": "1.0.0 and newer", "versions": .null, "since": "x"],
        ],
        "known": 9, "wanted": 3, "analyzed": 2, "pending": 0, "held": 2, "cooldown": 1, "blocked": 0,
        "versions": [
            ["version": "1.0.0", "standing": "ready", "code": .null, "until": .null],
            ["version": "1.1.0", "standing": "held", "code": "HELD_REVIEW", "until": .null],
            ["version": "1.2.0", "standing": "cooldown", "code": "HELD_COOLDOWN", "until": "1970-01-04T00:00:00Z"],
        ],
        "ordered": false, "lookedAt": "1970-01-01T00:00:00Z", "nextAt": "1970-01-01T06:00:00Z", "problem": .null,
    ]

    @Test("a row says what is watched, why, and how its versions stand; what was never looked at has dashes")
    func rows() {
        let never: JSONValue = ["purl": "pkg:npm/new", "watched": [["wish": "newest"]], "lookedAt": .null]
        let listing = WarmTable.listing([package, never], now: Timestamp(secondsSinceEpoch: 7200))
        let text = listing.rendered(as: .wide, isTerminal: false).split(separator: "\n").map(String.init)
        #expect(
            text[1]
                == "pkg:npm/demo\tnewest, 3 versions; web/lock (1.0.0 and newer)\t3\t2\t0\t2 (1 young)\t0\t2h\t\tnpmjs"
                + "\t9\t1.0.0 ready, 1.1.0 held, 1.2.0 cooldown\t1970-01-01T06:00:00Z")
        #expect(text[2].hasPrefix("pkg:npm/new\tnewest\t–\t–\t–\t–\t–\t–"))
    }

    @Test("a run says what is refused and why, and its code tells it")
    func summaries() {
        let over: JSONValue = ["left": 0, "resting": []]
        let lines = WarmRunCommand.summary([package], over)
        #expect(
            lines == [
                "1 packages: 2 of 3 versions analysed, 2 held", "  pkg:npm/demo@1.1.0 HELD_REVIEW",
                "  pkg:npm/demo@1.2.0 HELD_COOLDOWN until 1970-01-04T00:00:00Z",
            ])
        #expect(WarmRunCommand.exitCode([package], over) == .refused)
        let fine: JSONValue = ["held": 0, "blocked": 0, "problem": .null]
        #expect(WarmRunCommand.exitCode([fine], over) == .success)
        #expect(WarmRunCommand.exitCode([["problem": "none"]], over) == .failure)
        #expect(WarmRunCommand.exitCode([["blocked": 1, "problem": "none"]], over) == .refused)
        let resting: JSONValue = [
            "left": 2, "resting": [["packages": 2, "until": "1970-01-01T00:10:00Z", "reason": "it answered 429"]],
        ]
        #expect(WarmRunCommand.exitCode([fine], resting) == .failure)
        #expect(
            WarmRunCommand.summary([], resting).last
                == "2 packages wait until 1970-01-01T00:10:00Z: it answered 429; the server goes on then")
    }
}
