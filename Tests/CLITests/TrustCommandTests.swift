import Configuration
import Cryptography
import JSON
import Platform
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import CLI

@Suite("jurat trust")
final class TrustCommandTests: Sendable {
    private let directory: TemporaryDirectory
    private let printed = Lock<[String]>([])
    private let key: String
    private let root: String

    init() throws {
        directory = try TemporaryDirectory()
        let signing = try Ed25519SigningKey(seed: [UInt8](repeating: 7, count: 32))
        key = try NoteVerifier(name: "a.example/log", publicKey: signing.publicKey).vkey
        root = signing.publicKey.keyID.hex
        try write(
            """
            # ours
            registries:
              npmjs: { ecosystem: npm, type: upstream, url: "https://registry.npmjs.org/", public: true } # the one

            """)
    }

    private var path: String { directory.path("jurat.yaml") }

    private func write(_ text: String) throws { try Files.writeDurably(Array(text.utf8), to: path, mode: 0o640) }

    private func text() throws -> String { String(decoding: try Files.readAll(path), as: UTF8.self) }

    private func trust() throws -> [TrustSetting] {
        try ConfigurationFile(path: path, environment: ProcessEnvironment(variables: [:])).load().trust
    }

    /// Runs a command line; the exit code, or the failure's.
    @discardableResult
    private func run(_ words: String...) async -> (code: ExitCode, message: String) {
        await run(words: words)
    }

    private func run(words: [String]) async -> (code: ExitCode, message: String) {
        let console = Console(
            isTerminal: false, hasColour: false, result: { [self] text in printed.withLock { $0.append(text) } },
            note: { _ in })
        let surroundings = Surroundings(
            environment: ProcessEnvironment(variables: [:]), console: console, clock: ManualWallClock(),
            executablePath: "jurat")
        let parser = ArgumentParser(commands: CommandTable.all)
        switch parser.parse(words + ["--config", path], surroundings: surroundings) {
        case .help(let text): return (.success, text)
        case .complaint(let text): return (.usage, text)
        case .run(let invocation):
            do throws(CommandFailure) { return (try await invocation.command.run(invocation), "") } catch {
                return (error.code, error.message)
            }
        }
    }

    @Test("adding, weighing, following and removing change the file in place and nothing else in it")
    func lifecycle() async throws {
        let before = try text()
        let dry = await run("trust", "add", "a.example/log", "--key", key, "--root", root, "--dry-run")
        #expect(dry.code == .success)
        #expect(try text() == before)
        #expect(printed.withLock { $0.joined() }.contains("+  - origin: \"a.example/log\""))

        #expect(await run("trust", "add", "a.example/log", "--key", key, "--root", root).code == .success)
        #expect(try text().hasPrefix(before))
        #expect(try trust().map(\.origin) == ["a.example/log"])
        #expect(try Files.permissions(path) == 0o640)

        #expect(await run("trust", "weigh", "a.example/log", "malicious=block").code == .success)
        #expect(try trust()[0].weights.malicious == .block)
        let unfollowed = await run("trust", "weigh", "a.example/log", "clean=satisfy")
        #expect(unfollowed.code == .usage && unfollowed.message.contains("follow"))
        #expect(await run("trust", "follow", "a.example/log").code == .usage)
        #expect(await run("trust", "follow", "a.example/log", "--url", "https://a.example/-/log").code == .success)
        #expect(try trust()[0].isFollowed)
        #expect(await run("trust", "weigh", "a.example/log", "clean=satisfy").code == .success)
        #expect(try trust()[0].weights == (try ForeignWeights(malicious: .block, clean: .satisfy)))

        #expect(await run("trust", "remove", "a.example/log").code == .success)
        #expect(try text() == before + "trust: []\n")
    }

    @Test("what would not be right is refused before anything is written")
    func refused() async throws {
        let before = try text()
        let cases: [([String], ExitCode, String)] = [
            (["add"], .usage, "--from"), (["add", "a.example/log"], .usage, "--key"),
            (["add", "a.example/log", "--key", key], .usage, "--root"),
            (["add", "b.example/log", "--key", key, "--root", root], .usage, "nothing was written"),
            (["add", "a.example/log", "--key", key, "--root", "abc"], .usage, "nothing was written"),
            (
                ["add", "a.example/log", "--key", key, "--root", root, "--weight", "malicious=ignore"], .usage,
                "cannot weigh"
            ),
            (["add", "a.example/log", "--key", key, "--root", root, "--weight", "evil=block"], .usage, "no weight"),
            (["add", "a.example/log", "--key", key, "--root", root, "--follow"], .usage, "url"),
            (["add", "a.example/log", "--key", key, "--root", root, "--accept", root], .usage, "--from"),
            (["remove", "a.example/log"], .notFound, "not trusted"),
            (["weigh", "a.example/log", "malicious=block"], .notFound, "not trusted"),
            (["follow", "a.example/log"], .notFound, "not trusted"),
            (["add", "--from", directory.path("missing")], .failure, "missing"),
            (["add", "--from", path], .verificationFailed, "line 1"),
        ]
        for (words, code, part) in cases {
            let result = await run(words: ["trust"] + words)
            #expect(result.code == code && result.message.contains(part), "\(words): \(result)")
            #expect(try text() == before)
        }
        #expect(await run("trust", "add", "a.example/log", "--key", key, "--root", root).code == .success)
        let twice = await run("trust", "add", "a.example/log", "--key", key, "--root", root)
        #expect(twice.code == .usage && twice.message.contains("already trusted"))
        let near = await run("trust", "remove", "a.example/lug")
        #expect(near.code == .notFound && near.message.contains("did you mean a.example/log?"))
    }

    @Test("a layout that cannot be edited is left alone, with the lines to paste")
    func unusualLayout() async throws {
        let brackets =
            "{ registries: { npmjs: { ecosystem: npm, type: upstream, url: \"https://r.example/\", public: true } } }\n"
        try write(brackets)
        let result = await run("trust", "add", "a.example/log", "--key", key, "--root", root)
        #expect(result.code == .failure && result.message.contains("- origin: \"a.example/log\""))
        #expect(try text() == brackets)
    }

    @Test("a list without a server shows the configuration")
    func list() async throws {
        _ = await run("trust", "add", "a.example/log", "--key", key, "--root", root)
        #expect(await run("trust", "list", "-o", "json").code == .success)
        let shown = try JSONText.parse(Array((printed.withLock { $0.last } ?? "").utf8))
        #expect(shown.arrayValue?.first?["origin"] == "a.example/log")
    }
}
