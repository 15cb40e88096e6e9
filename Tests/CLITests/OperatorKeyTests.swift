import Cryptography
import JSON
import Platform
import TestSupport
import Testing
import VerdictStore

@testable import CLI

@Suite("Where operators' keys come from, and what changes in a list of holds")
struct OperatorKeyTests {
    private func places(
        _ directory: TemporaryDirectory, _ words: [String] = [], environment: [String: String]
    ) throws -> KeyPlaces {
        let surroundings = Surroundings(
            environment: ProcessEnvironment(variables: environment),
            console: Console(isTerminal: false, hasColour: false, result: { _ in }, note: { _ in }),
            clock: ManualWallClock(), executablePath: "/jurat")
        let outcome = ArgumentParser(commands: CommandTable.all).parse(
            ["holds", "deny", "x"] + words, surroundings: surroundings)
        guard case .run(let invocation) = outcome else { throw CommandFailure(.usage, "\(words)") }
        return KeyPlaces(invocation, data: DataDirectory(path: directory.path("data")))
    }

    private func store(_ users: [String], in path: String) throws {
        for user in users { try KeyStore(directory: path).store(.generate(), as: .operator(user: user)) }
    }

    @Test("the operator's own folder comes before the data folder, and --keys stands alone")
    func order() throws {
        let directory = try TemporaryDirectory()
        let own = ["HOME": directory.path("home")]
        #expect(
            try places(directory, environment: own).directories
                == [directory.path("home/.config/jurat/keys"), directory.path("data/keys")])
        #expect(
            try places(directory, environment: ["XDG_CONFIG_HOME": "/x", "HOME": "/h"]).directories.first
                == "/x/jurat/keys")
        #expect(
            try places(directory, environment: ["XDG_CONFIG_HOME": "relative", "HOME": "/h"]).directories.first
                == "/h/.config/jurat/keys")
        #expect(try places(directory, ["--keys", "/k"], environment: own).directories == ["/k"])
    }

    @Test("the first folder with the key has it, a name picks among several, and none is said with its places")
    func choice() throws {
        let directory = try TemporaryDirectory()
        let found = try places(directory, environment: ["HOME": directory.path("home")])
        let (own, server) = (found.directories[0], found.directories[1])
        #expect(throws: CommandFailure.self) { try OperatorKey.load(named: nil, from: found) }
        try store(["ana", "bo"], in: server)
        let several = #expect(throws: CommandFailure.self) { try OperatorKey.load(named: nil, from: found) }
        #expect(several?.message.contains("ana, bo") == true)
        try store(["ana"], in: own)
        let mine = try OperatorKey.load(named: nil, from: found)
        #expect(mine.name == "ana")
        #expect(try mine.identity.keyID == KeyStore(directory: own).load(.operator(user: "ana")).publicKey.keyID)
        #expect(try OperatorKey.load(named: "bo", from: found).name == "bo")
        let none = #expect(throws: CommandFailure.self) { try OperatorKey.load(named: "eve", from: found) }
        #expect(none?.code == .notFound)
        #expect(none?.message.contains(own) == true && none?.message.contains(server) == true)
    }

    private func hold(_ id: String, code: String = "HELD_REVIEW", waiting: Int64 = 1) -> JSONValue {
        [
            "id": .string(id), "code": .string(code), "why": "X", "until": .null,
            "purl": .string("pkg:npm/\(id)@1.0.0"),
            "waiting": .integer(waiting),
        ]
    }

    @Test("between two looks, holds come, change and go; who waits is no change")
    func changes() {
        let old = [hold("a"), hold("b"), hold("c")]
        let new = [hold("d"), hold("c", waiting: 9), hold("b", code: "BLOCKED_MALICIOUS")]
        let changes = HoldChange.between(old, new)
        #expect(changes.map(\.kind) == [.released, .held, .changed])
        #expect(changes.map { $0.hold["id"]?.stringValue } == ["a", "d", "b"])
        #expect(HoldChange.between(new, new).isEmpty)
        let moment = Timestamp(secondsSinceEpoch: 0)
        #expect(changes[0].line(at: moment) == "1970-01-01T00:00:00Z released a pkg:npm/a@1.0.0")
        #expect(changes[1].line(at: moment) == "1970-01-01T00:00:00Z held d pkg:npm/d@1.0.0 HELD_REVIEW X")
    }
}
