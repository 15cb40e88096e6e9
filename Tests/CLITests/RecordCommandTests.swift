import Platform
import TestSupport
import Testing

@testable import CLI

@Suite("Commands that print one record")
struct RecordCommandTests {
    private let surroundings = Surroundings(
        environment: ProcessEnvironment(variables: [:]),
        console: Console(isTerminal: false, hasColour: false, result: { _ in }, note: { _ in }),
        clock: ManualWallClock(Timestamp(secondsSinceEpoch: 0)), executablePath: "/jurat")

    private func code(_ words: [String]) async throws -> ExitCode? {
        let outcome = ArgumentParser(commands: CommandTable.all).parse(words, surroundings: surroundings)
        guard case .run(let invocation) = outcome else {
            Issue.record("\(words) was not understood")
            return nil
        }
        do {
            return try await invocation.command.run(invocation)
        } catch {
            return error.code
        }
    }

    @Test(
        "have no CSV form, and say so before they do anything",
        arguments: [
            ["status"], ["why", "pkg:npm/a@1.0.0"], ["holds", "show", "7q3k2f"], ["log", "head"], ["log", "verify"],
            ["verdict", "show", "61f2"],
        ])
    func csv(words: [String]) async throws {
        #expect(try await code(words + ["-o", "csv"]) == .usage)
    }

    @Test(
        "a purl that is none is a mistake of usage",
        arguments: [
            ["why", "pkg:npm/"], ["why", "pkg:gem/a@1"], ["holds", "show", "pkg:npm/a@"],
            ["holds", "deny", "pkg:npm", "--reason", "x"],
        ])
    func badPackageURL(words: [String]) async throws {
        #expect(try await code(words) == .usage)
    }

    @Test("no two commands are written alike, and each has an example of itself")
    func distinctCommands() {
        let names = CommandTable.all.map(\.name)
        #expect(Set(names).count == names.count)
        for command in CommandTable.all { #expect(command.example.hasPrefix("jurat \(command.name)")) }
    }

    @Test("the same mistakes of a configuration are said once, another one again, and after a good one anew")
    func reloadAttempts() {
        let attempt = ReloadAttempt(of: [1])
        #expect(!attempt.isNew([1]) && attempt.isNew([2]))
        attempt.began([2])
        #expect(attempt.ended(problem: "a") && !attempt.isNew([2]))
        #expect(!attempt.ended(problem: "a"))
        #expect(attempt.ended(problem: "b"))
        #expect(attempt.ended(problem: nil))
        #expect(attempt.ended(problem: "b"))
    }
}
