import JSON
import Platform
import Registry
import TestSupport
import Testing
import VerdictStore

@Suite("The watch list")
struct WatchBookTests {
    private let directory: TemporaryDirectory
    private let start = Timestamp(secondsSinceEpoch: 1_000)

    init() throws { directory = try TemporaryDirectory() }

    private func open() throws -> WatchBook { try WatchBook(path: directory.path("watch.db")) }

    private func key(_ name: String, _ ecosystem: Ecosystem = .npm, at registry: String? = nil) throws -> WatchKey {
        WatchKey(
            try PackageName(parsing: name, ecosystem: ecosystem),
            at: try registry.map { (text) throws(RegistryNameError) in try RegistryName(parsing: text) })
    }

    private func reason(_ origin: WatchReason.Origin, _ wish: VersionWish = .newest, _ versions: Int? = nil)
        -> WatchReason
    {
        WatchReason(origin, wish, versions: versions, since: start)
    }

    private func from(_ text: String) throws -> VersionWish {
        .from(try PackageVersion(parsing: text, ecosystem: .npm))
    }

    @Test("what was added is there after a restart, with every reason, and is ordered")
    func durable() async throws {
        let (left, other) = (try key("left"), try key("left", at: "mirror"))
        let book = try open()
        let change = try await book.add([left: [reason(.named, .newest, 3)], other: [reason(.named)]])
        #expect(change.added == 2 && change.changed == 0)
        _ = try await book.replace(lockfile: "web.json", by: [left: [reason(.lockfile("web.json"), try from("1.2.3"))]])
        await book.close()
        let again = try open()
        let packages = try await again.packages()
        #expect(packages.map(\.key) == [left, other])
        #expect(packages[0].reasons.map(\.origin) == [.named, .lockfile("web.json")])
        #expect(packages[0].reasons.map(\.versions) == [3, nil])
        #expect(packages[0].reasons.map(\.wish) == [.newest, try from("1.2.3")])
        #expect(packages.allSatisfy { $0.isOrdered && $0.look == nil })
        await again.close()
    }

    @Test("a lockfile that is added again takes the place of what it was before, and of nothing else")
    func lockfiles() async throws {
        let (a, b, c) = (try key("a"), try key("b"), try key("c"))
        let book = try open()
        _ = try await book.add([b: [reason(.named)]])
        func lock(_ name: String, _ packages: [WatchKey: String]) async throws -> WatchChange {
            let wanted = try packages.mapValues { [reason(.lockfile(name), try from($0))] }
            return try await book.replace(lockfile: name, by: wanted)
        }
        #expect(try await lock("web", [a: "1.0.0", b: "1.0.0"]).added == 1)
        #expect(try await lock("api", [a: "1.0.0"]).changed == 1)
        let change = try await lock("web", [b: "2.0.0", c: "1.0.0"])
        #expect(change.added == 1 && change.removed == 0 && change.changed == 2 && change.unchanged == 0)
        let packages = try await book.packages()
        #expect(packages.map(\.key) == [a, b, c])
        #expect(packages[0].reasons.map(\.origin) == [.lockfile("api")])
        #expect(packages[1].reasons.map(\.wish) == [.newest, try from("2.0.0")])
        #expect(try await lock("web", [b: "2.0.0", c: "1.0.0"]).unchanged == 3)
        let end = try await book.remove { _, reason in reason.origin == .lockfile("web") }
        #expect(end.removed == 1 && end.changed == 1)
        await book.close()
    }

    @Test("a dry run says the same and changes nothing")
    func dry() async throws {
        let book = try open()
        let left = try key("left")
        let said = try await book.add([left: [reason(.named)]], isDry: true)
        #expect(said.added == 1)
        #expect(try await book.packages().isEmpty)
        #expect(try await book.add([left: [reason(.named)]]) == said)
        #expect(try await book.remove(isDry: true) { _, _ in true }.removed == 1)
        #expect(try await book.packages().count == 1)
        await book.close()
    }

    @Test("more packages than can be watched are refused, and nothing of them is kept")
    func tooMany() async throws {
        let book = try open()
        var wanted: [WatchKey: [WatchReason]] = [:]
        for number in 0...WatchBook.maxPackages { wanted[try key("p\(number)")] = [reason(.named)] }
        await #expect(throws: WatchRefusal.self) { try await book.add(wanted) }
        #expect(try await book.packages().isEmpty)
        await book.close()
    }

    @Test("an order for everything is joined by the next one, and goes on with what is left")
    func orders() async throws {
        let book = try open()
        let (a, b) = (try key("a"), try key("b"))
        _ = try await book.add([a: [reason(.named)], b: [reason(.named)]])
        let first = try await book.order(nil)
        let look = WatchLook(at: start, found: ["known": 2], problem: "odd")
        try await book.keep(look, of: a, answering: first)
        #expect(try await book.order(nil) == first)
        let packages = try await book.packages()
        #expect(packages.map(\.isOrdered) == [false, true])
        #expect(packages[0].look == look)
        try await book.keep(look, of: b, answering: first)
        let second = try await book.order(nil)
        #expect(second > first)
        #expect(try await book.packages().allSatisfy(\.isOrdered))
        let third = try await book.order([a])
        #expect(try await book.packages().map(\.asked) == [third, second])
        // What answers an older order leaves the newer one open.
        try await book.keep(look, of: a, answering: second)
        #expect(try await book.packages()[0].isOrdered)
        await book.close()
    }

    @Test("what is wanted otherwise is looked at again, and what is wanted as before is not")
    func changesAreOrdered() async throws {
        let book = try open()
        let a = try key("a")
        _ = try await book.add([a: [reason(.named)]])
        let asked = try await book.packages()[0].asked
        try await book.keep(WatchLook(at: start, found: .null, problem: nil), of: a, answering: asked)
        _ = try await book.add([a: [reason(.named)]])
        #expect(try await !book.packages()[0].isOrdered)
        #expect(try await book.add([a: [reason(.named, .newest, 7)]]).changed == 1)
        #expect(try await book.packages()[0].isOrdered)
        await book.close()
    }
}
