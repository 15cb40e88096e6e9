import Platform
import TestSupport
import Testing

@testable import CLI

@Suite("Command line")
struct ArgumentParserTests {
    private let surroundings = Surroundings(
        environment: ProcessEnvironment(variables: [:]),
        console: Console(isTerminal: false, hasColour: false, result: { _ in }, note: { _ in }),
        clock: ManualWallClock(Timestamp(secondsSinceEpoch: 0)), executablePath: "/jurat")

    private func parse(_ words: String...) -> ArgumentParser.Outcome {
        ArgumentParser(commands: CommandTable.all).parse(words, surroundings: surroundings)
    }

    private func complaint(_ outcome: ArgumentParser.Outcome) -> String? {
        if case .complaint(let text) = outcome { text } else { nil }
    }

    private func help(_ outcome: ArgumentParser.Outcome) -> String? {
        if case .help(let text) = outcome { text } else { nil }
    }

    @Test("options come before, after and with an equals sign; two dashes end them")
    func optionForms() throws {
        guard case .run(let invocation) = parse("holds", "allow", "--reason=diff read", "7q3k2f", "--until", "7d")
        else {
            Issue.record("the command line was not understood")
            return
        }
        #expect(invocation.operands == ["7q3k2f"])
        #expect(invocation.value("reason") == "diff read" && invocation.value("until") == "7d")
        guard case .run(let literal) = parse("why", "--", "--legacy-peer-deps") else {
            Issue.record("two dashes were not understood")
            return
        }
        #expect(literal.operands == ["--legacy-peer-deps"])
    }

    @Test("a reason that no statement has room for is a usage error that says how long it may be")
    func reasonLength() throws {
        for (length, isTaken) in [(1024, true), (1025, false)] {
            let reason = String(repeating: "x", count: length)
            guard case .run(let invocation) = parse("holds", "deny", "7q3k2f", "--reason", reason) else {
                Issue.record("the command line was not understood")
                return
            }
            guard isTaken else {
                let failure = #expect(throws: CommandFailure.self) { try ReasonOption.read(invocation) }
                #expect(failure?.code == .usage && failure?.message.contains("at most 1024") == true)
                continue
            }
            #expect(try ReasonOption.read(invocation) == reason)
        }
    }

    @Test(
        "a mistake is answered with what was likely meant",
        arguments: [
            (["hodls", "list"], "did you mean jurat holds"), (["holds", "lits"], "did you mean jurat holds list"),
            (["holds", "allow", "x", "--raeson", "y"], "did you mean --reason"), (["holds"], "needs one of"),
            (["holds", "allow"], "needs REF"), (["holds", "show", "a", "b"], "does not take b"),
            (["why", "x", "--output"], "needs a value"), (["why", "x", "-o", "json", "-o", "csv"], "is given twice"),
            (["advisories", "sync", "--allow-shrink=1"], "takes no value"), (["zzz"], "has no command zzz"),
        ])
    func mistakes(words: [String], expected: String) {
        let outcome = ArgumentParser(commands: CommandTable.all).parse(words, surroundings: surroundings)
        #expect(complaint(outcome)?.contains(expected) == true, "\(String(describing: complaint(outcome)))")
    }

    @Test("every command has its own help with an example, and hidden ones are not advertised")
    func helpPages() {
        let overview = help(parse("--help")) ?? ""
        for command in CommandTable.all {
            let page = help(
                ArgumentParser(commands: CommandTable.all).parse(command.path + ["--help"], surroundings: surroundings))
            #expect(page?.contains("Example: jurat \(command.name)") == true, "\(command.name)")
            #expect(overview.contains("  \(command.name) ") == !command.isHidden, "\(command.name)")
        }
        #expect(help(parse("holds", "--help"))?.contains("holds deny") == true)
    }
}
