import Advisories
import JSON
import Platform
import Registry
import TestSupport
import Testing

@Suite("The directory holds the snapshot in force")
struct DirectoryTests {
    private let now = Snapshot.now
    private let name: PackageName

    init() throws {
        name = try PackageName(parsing: "p", ecosystem: .npm)
    }

    private func one(_ id: String = "A-1") -> AdvisoryBundle {
        bundle(.npm, [record(id, "p", versions: ["1.0.0"])])
    }

    @Test("before the first import nothing is loaded, afterwards it is")
    func life() throws {
        let folder = try TemporaryDirectory()
        let directory = AdvisoryDirectory(directory: folder.path("advisories"))
        #expect(try directory.current() == nil)
        guard case .neverLoaded = try directory.state(now: now, maxAge: .seconds(60)) else {
            Issue.record("loaded without an import")
            return
        }
        let report = try directory.install([one()], now: now)
        let index = try #require(try directory.current())
        #expect(index.snapshotID == report.snapshotID && index.hasAdvisories(for: name))
        #expect(try AdvisoryDirectory(directory: folder.path("advisories")).current()?.snapshotID == index.snapshotID)
    }

    @Test("a snapshot grows stale and a confirmation makes it current again, also after a restart")
    func ageing() throws {
        let folder = try TemporaryDirectory()
        let directory = AdvisoryDirectory(directory: folder.path)
        _ = try directory.install([one()], now: now)
        let later = now.adding(.seconds(3600))
        guard case .current = try directory.state(now: later, maxAge: .seconds(3600)) else {
            Issue.record("stale too early")
            return
        }
        guard case .stale(_, let age) = try directory.state(now: later, maxAge: .seconds(3599)) else {
            Issue.record("not stale")
            return
        }
        #expect(age == .seconds(3600))
        try directory.confirm([.npm], now: later)
        for reader in [directory, AdvisoryDirectory(directory: folder.path)] {
            guard case .current = try reader.state(now: later, maxAge: .seconds(10)) else {
                Issue.record("not confirmed")
                return
            }
        }
        // The other ecosystem's age counts too.
        _ = try directory.install([bundle(.pypi, [record("P-1", "p", "PyPI", versions: ["1"])])], now: later)
        try directory.confirm([.pypi], now: later.adding(.seconds(100)))
        guard case .stale(_, let oldest) = try directory.state(now: later.adding(.seconds(100)), maxAge: .seconds(50))
        else {
            Issue.record("the older ecosystem does not count")
            return
        }
        #expect(oldest == .seconds(100))
    }

    @Test("the bundle imported before is only confirmed")
    func unchanged() throws {
        let folder = try TemporaryDirectory()
        let directory = AdvisoryDirectory(directory: folder.path)
        _ = try directory.install([one()], now: now)
        let before = try Files.readAll(directory.indexPath)
        let report = try directory.install([one()], now: now.adding(.seconds(500)))
        #expect(report.perEcosystem[.npm]?.isUnchanged == true && report.recordsKept == 1)
        #expect(try Files.readAll(directory.indexPath) == before)
        guard case .current = try directory.state(now: now.adding(.seconds(500)), maxAge: .seconds(1)) else {
            Issue.record("not confirmed")
            return
        }
    }

    @Test("a reader takes over what another one installed, and keeps what it has until then")
    func reload() throws {
        let folder = try TemporaryDirectory()
        let writer = AdvisoryDirectory(directory: folder.path)
        let reader = AdvisoryDirectory(directory: folder.path)
        _ = try writer.install([one()], now: now)
        let old = try #require(try reader.current())
        #expect(try reader.reloadIfChanged() == false)
        _ = try writer.install([one("A-2")], now: now)
        #expect(try reader.current()?.snapshotID == old.snapshotID)
        #expect(try reader.reloadIfChanged())
        let version = try PackageVersion(parsing: "1.0.0", ecosystem: .npm)
        #expect(try reader.current()?.matches(name, version).map(\.id) == ["A-2"])
        #expect(old.matches(name, version).map(\.id) == ["A-1"])
    }

    @Test("a damaged index is an error, never an empty answer, whichever byte is wrong")
    func damage() throws {
        let folder = try TemporaryDirectory()
        let directory = AdvisoryDirectory(directory: folder.path)
        _ = try directory.install([one()], now: now)
        let bytes = try Files.readAll(directory.indexPath)
        for position in bytes.indices {
            var damaged = bytes
            damaged[position] ^= 0x20
            try Files.writeDurably(damaged, to: folder.path("damaged"))
            #expect(throws: AdvisoryError.self, "byte \(position)") {
                try AdvisoryIndex.open(path: folder.path("damaged"))
            }
        }
        for count in stride(from: 0, to: bytes.count, by: 7) {
            try Files.writeDurably(Array(bytes[..<count]), to: folder.path("damaged"))
            #expect(throws: AdvisoryError.self, "cut to \(count)") {
                try AdvisoryIndex.open(path: folder.path("damaged"))
            }
        }
    }

    @Test("a damaged index is replaced only when shrinking is allowed")
    func replacement() throws {
        let folder = try TemporaryDirectory()
        try Files.writeDurably(Array("garbage".utf8), to: folder.path("index"))
        let directory = AdvisoryDirectory(directory: folder.path)
        #expect(throws: AdvisoryError.self) { try directory.current() }
        #expect(throws: AdvisoryError.self) { try directory.state(now: now, maxAge: .seconds(1)) }
        #expect(throws: AdvisoryError.self) { try directory.install([one()], now: now) }
        _ = try directory.install([one()], now: now, allowShrink: true)
        #expect(try directory.current()?.recordCounts == [.npm: 1])
    }

    @Test("a failed import leaves the snapshot in force")
    func failure() throws {
        let folder = try TemporaryDirectory()
        let directory = AdvisoryDirectory(directory: folder.path)
        _ = try directory.install([one()], now: now)
        #expect(throws: AdvisoryError.self) {
            try directory.install([AdvisoryBundle(.npm, bytes: [1, 2, 3])], now: now)
        }
        #expect(try directory.current()?.hasAdvisories(for: name) == true)
        #expect(try Files.list(folder.path) == ["bundles", "index"])
    }
}
