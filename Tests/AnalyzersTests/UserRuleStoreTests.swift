import Cryptography
import Platform
import TestSupport
import Testing

@testable import Analyzers

@Suite("Accepted sets of rules")
struct UserRuleStoreTests {
    private func sources(_ name: String) -> [UserRuleSource] {
        [UserRuleSource(name: "é \(name).yar", text: Array("rule \(name) { condition: true }".utf8))]
    }

    @Test("an accepted set is the one in use, and reads back as it was")
    func accepted() throws {
        let directory = try TemporaryDirectory()
        let store = UserRuleStore(directory: directory.path("rules"))
        #expect(try store.current() == nil && store.kept().isEmpty)
        try store.accept(sources("a"))
        let digest = try #require(try store.current())
        #expect(try store.load(digest) == UserRules(compiling: sources("a")))
        try store.accept(nil)
        #expect(try store.current() == nil && store.kept() == [digest])
        try store.accept(nil)
    }

    @Test("sets that jobs may still ask for stay, older ones go")
    func old() throws {
        let directory = try TemporaryDirectory()
        let store = UserRuleStore(directory: directory.path("rules"))
        for name in ["a", "b", "c", "d", "e", "f"] { try store.accept(sources(name)) }
        #expect(try store.kept().count == 4)
        #expect(try store.kept().contains(UserRules.digest(of: sources("f"))))
        #expect(try !store.kept().contains(UserRules.digest(of: sources("a"))))
    }

    @Test("what names the set in use is never taken for none when it is damaged")
    func damagedName() throws {
        let directory = try TemporaryDirectory()
        let store = UserRuleStore(directory: directory.path("rules"))
        try store.accept(sources("a"))
        try Files.writeDurably(Array("no digest".utf8), to: "\(store.directory)/current")
        #expect(throws: UserRuleError.self) { try store.current() }
        try store.accept(sources("b"))
        #expect(try store.current() == UserRules.digest(of: sources("b")))
    }

    @Test("a set that was changed on disk is refused")
    func changed() throws {
        let directory = try TemporaryDirectory()
        let store = UserRuleStore(directory: directory.path("rules"))
        try store.accept(sources("a"))
        let digest = try #require(try store.current())
        let path = "\(store.directory)/\(digest.hex).rules"
        let bytes = try Files.readAll(path)
        try Files.writeDurably(bytes.map { $0 == UInt8(ascii: "a") ? UInt8(ascii: "b") : $0 }, to: path)
        #expect(throws: UserRuleError.self) { try store.load(digest) }
        try Files.remove(path)
        #expect(throws: UserRuleError.self) { try store.load(digest) }
    }
}
