import JSON
import Platform
import TestSupport
import Testing

@testable import CLI

/// The commands on a deployment without a server, in this process.
@Suite("jurat key")
struct KeyCommandTests {
    private let temporary: TemporaryDirectory
    private let output = Output()

    private final class Output: Sendable {
        private let texts = Lock<(result: String, notes: String)>((result: "", notes: ""))

        var all: (result: String, notes: String) { texts.withLock { $0 } }
        func result(_ text: String) { texts.withLock { $0.result += text } }
        func note(_ text: String) { texts.withLock { $0.notes += text } }
        func clear() { texts.withLock { $0 = (result: "", notes: "") } }
    }

    init() throws {
        temporary = try TemporaryDirectory()
        let configuration = """
            data: ./data
            registries:
              npmjs: { ecosystem: npm, type: upstream, url: "https://registry.example.com/", public: true }
            """
        try Files.writeDurably(Array(configuration.utf8), to: temporary.path("jurat.yaml"))
    }

    /// Runs a command; a failure is its message.
    private func run(_ words: String...) async -> Result<String, CommandFailure> {
        output.clear()
        let output = output
        let surroundings = Surroundings(
            environment: ProcessEnvironment(variables: ["USER": "ana"]),
            console: Console(
                isTerminal: false, hasColour: false, result: { output.result($0) }, note: { output.note($0) }),
            clock: ManualWallClock(Timestamp(secondsSinceEpoch: 1_767_225_600)), executablePath: "/jurat")
        let outcome = ArgumentParser(commands: CommandTable.all).parse(
            words + ["--config", temporary.path("jurat.yaml")], surroundings: surroundings)
        guard case .run(let invocation) = outcome else {
            return .failure(CommandFailure(.usage, "not understood: \(words)"))
        }
        do throws(CommandFailure) {
            _ = try await invocation.command.run(invocation)
            return .success(output.all.result)
        } catch {
            return .failure(error)
        }
    }

    private func states(_ role: String) async throws -> [String] {
        let listed = try await run("key", "list", "-o", "json").get()
        let rows = try #require(try JSONText.parse(Array(listed.utf8)).arrayValue)
        return rows.filter { $0["role"]?.stringValue == role }.compactMap { $0["state"]?.stringValue }
    }

    private func failure(_ outcome: Result<String, CommandFailure>) throws -> CommandFailure {
        guard case .failure(let failure) = outcome else {
            Issue.record("expected a failure")
            throw CommandFailure(.failure, "none")
        }
        return failure
    }

    @Test("a rotation adds a good key, a retirement ends the old one, and the record is printed signed")
    func rotation() async throws {
        _ = try await run("init").get()
        let printed = try await run("key", "rotate", "verdict", "--reason", "yearly").get()
        #expect(printed.hasPrefix(#"{"payload":""#) && printed.hasSuffix("]}\n"))
        #expect(try await states("verdict") == ["good", "good"])
        #expect(Files.exists(temporary.path("data/keys/next-verdict.key")))
        let again = try failure(await run("key", "rotate", "verdict", "--reason", "again"))
        #expect(again.message.contains("under way"))
        _ = try await run("key", "retire", "verdict", "--reason", "done").get()
        #expect(try await states("verdict") == ["retired", "good"])
        #expect(!Files.exists(temporary.path("data/keys/next-verdict.key")))
    }

    @Test("the last good key of a role that the service needs is not ended", arguments: ["root", "log", "verdict"])
    func last(name: String) async throws {
        _ = try await run("init").get()
        let retired = try failure(await run("key", "retire", name, "--reason", "x"))
        #expect(
            retired.message.contains("add another one first") || retired.message.contains("jurat key rotate \(name)"))
        let revoked = try failure(await run("key", "revoke", name, "--from-index", "4", "--reason", "x"))
        #expect(revoked.code == .usage || revoked.code == .verificationFailed)
        #expect(try await states(name) == ["good"])
    }

    @Test("a dry run writes no file and no entry", arguments: [["rotate", "log"], ["generate", "operator-bea"]])
    func dryRun(words: [String]) async throws {
        _ = try await run("init").get()
        let before = try await run("key", "list", "-o", "json").get()
        let record = try await run("key", words[0], words[1], "--reason", "x", "--dry-run").get()
        #expect(record.contains(#""predicateType":"urn:jurat:attestation:key-event:v1""#))
        #expect(try await run("key", "list", "-o", "json").get() == before)
    }

    @Test("a key whose event never came is taken up by the next try")
    func interrupted() async throws {
        _ = try await run("init").get()
        _ = try await run("key", "generate", "operator-bea", "--file-only").get()
        #expect(try await states("operator") == ["good", "not in the log"])
        _ = try await run("key", "generate", "operator-bea", "--reason", "joined").get()
        #expect(try await states("operator") == ["good", "good"])
    }

    @Test("an operator can go, though nobody else is left")
    func lastOperator() async throws {
        _ = try await run("init").get()
        _ = try await run("key", "retire", "operator-ana", "--reason", "left").get()
        #expect(try await states("operator") == ["retired"])
        let twice = try failure(await run("key", "retire", "operator-ana", "--reason", "left"))
        #expect(twice.message.contains("ended already"))
    }

    @Test("a passphrase file that others may read stops init before a key is made")
    func exposedPassphrase() async throws {
        let path = temporary.path("passphrase")
        try Files.writeDurably(Array("long enough to be one".utf8), to: path, mode: 0o644)
        let refused = try failure(await run("init", "--passphrase-file", path))
        #expect(refused.message.contains("chmod 600") && !refused.message.contains("long enough"))
        #expect(!Files.exists(temporary.path("data/keys/root.key")))
    }
}
