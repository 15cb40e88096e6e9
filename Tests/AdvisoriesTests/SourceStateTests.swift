import Advisories
import Cryptography
import JSON
import Platform
import Registry
import TestSupport
import Testing

@Suite("What is remembered of the sources of bundles")
struct SourceStateTests {
    private let now = Snapshot.now

    private func loaded(_ folder: TemporaryDirectory) throws -> AdvisoryDirectory {
        let directory = AdvisoryDirectory(directory: folder.path)
        _ = try directory.install([bundle(.npm, [record("A-1", "p", versions: ["1.0.0"])])], now: now)
        return directory
    }

    @Test("a look is remembered with its place, its validators and its reason, also by another process")
    func memory() throws {
        let folder = try TemporaryDirectory()
        let directory = try loaded(folder)
        var known = AdvisorySourceState.KnownBundle(digest: SHA256Digest(hashing: [1]))
        known.entityTag = "\"a\\\"\""
        known.lastModified = "Sat, 21 Nov 2026 10:00:00 GMT"
        known.fingerprint = Files.Fingerprint(device: .max, inode: 7, sizeBytes: 5, modifiedNanoseconds: -1)
        try directory.remember(.npm) { state in
            state.place = "https://osv.example/npm/all.zip"
            state.placeDigest = SHA256Digest(hashing: [2])
            state.succeeded(at: now, bundle: known)
        }
        try directory.remember(.pypi) { $0.failed(at: now, reason: "down", notBefore: now.adding(.seconds(9))) }
        try directory.remember(.pypi) { $0.failed(at: now, reason: "still down") }
        let other = AdvisoryDirectory(directory: folder.path)
        try other.reloadIfChanged()
        #expect(other.sources == directory.sources && other.sourcesProblem == nil)
        #expect(other.sources[.npm]?.bundle == known && other.sources[.npm]?.confirmedAt == now)
        let failed = try #require(other.sources[.pypi])
        #expect(failed.failuresInARow == 2 && failed.failuresEver == 2 && failed.failure == "still down")
        #expect(failed.notBefore == nil && failed.confirmedAt == nil && failed.attemptedAt == now)
        try directory.remember(.pypi) { $0.succeeded(at: now, bundle: nil) }
        #expect(directory.sources[.pypi]?.failuresInARow == 0 && directory.sources[.pypi]?.failuresEver == 2)
        #expect(directory.sources[.pypi]?.failure == nil)
    }

    @Test("a confirmation from the future does not make records fresh for ever")
    func clockJump() throws {
        let folder = try TemporaryDirectory()
        let directory = try loaded(folder)
        let ahead = now.adding(.seconds(400 * 86_400))
        try directory.confirm([.npm], now: ahead)
        let age = Duration.seconds(3600)
        // The clock is right again: the import's own time counts as long as it is young enough.
        #expect(directory.freshness(of: .npm, now: now.adding(age), maxAge: age) == .current(age: age))
        let later = now.adding(age + .seconds(1))
        #expect(directory.freshness(of: .npm, now: later, maxAge: age) == .stale(age: age + .seconds(1)))
        guard case .stale = try directory.state(now: later, maxAge: age) else {
            Issue.record("fresh by a moment that has not come")
            return
        }
        // Before everything that is remembered, nobody can say how old the records are.
        let before = now.adding(.seconds(-301))
        #expect(directory.freshness(of: .npm, now: before, maxAge: age) == .confirmedInFuture(by: .seconds(301)))
        guard case .stale(_, let negative) = try directory.state(now: before, maxAge: age) else {
            Issue.record("fresh although it comes from the future")
            return
        }
        #expect(negative == .seconds(-301))
        // The next confirmation by the right clock replaces the wrong one.
        try directory.confirm([.npm], now: later)
        #expect(directory.sources[.npm]?.confirmedAt == later)
        #expect(directory.freshness(of: .npm, now: later, maxAge: age) == .current(age: .zero))
    }

    @Test("a clock that is a little ahead is forgiven, and takes nothing back")
    func tolerance() throws {
        let folder = try TemporaryDirectory()
        let directory = try loaded(folder)
        #expect(
            directory.freshness(of: .npm, now: now.adding(.seconds(-300)), maxAge: .seconds(1)) == .current(age: .zero))
        try directory.confirm([.npm], now: now.adding(.seconds(200)))
        try directory.confirm([.npm], now: now)
        #expect(directory.sources[.npm]?.confirmedAt == now.adding(.seconds(200)))
        #expect(directory.freshness(of: .pypi, now: now, maxAge: .seconds(1)) == .neverLoaded)
    }

    @Test("the times that an earlier version kept count until the first look")
    func earlierVersion() throws {
        let folder = try TemporaryDirectory()
        _ = try loaded(folder)
        let confirmed = now.adding(.seconds(5000))
        try Files.writeDurably(Array(#"{"npm":"\#(confirmed.rfc3339)"}"#.utf8), to: folder.path("checked.json"))
        let directory = AdvisoryDirectory(directory: folder.path)
        _ = try directory.current()
        #expect(directory.freshness(of: .npm, now: confirmed, maxAge: .seconds(1)) == .current(age: .zero))
        try directory.remember(.npm) { $0.failed(at: confirmed, reason: "down") }
        #expect(directory.sources[.npm]?.confirmedAt == confirmed)
        #expect(try Files.list(folder.path) == ["bundles", "index", "sources.json"])
    }

    @Test("a damaged memory makes nothing fresh, stops nobody, and is replaced")
    func damage() throws {
        let folder = try TemporaryDirectory()
        let writer = try loaded(folder)
        try writer.confirm([.npm], now: now.adding(.seconds(1000)))
        let whole = try Files.readAll(folder.path("sources.json"))
        for count in stride(from: 0, to: whole.count - 1, by: 5) {
            try Files.writeDurably(Array(whole[..<count]), to: folder.path("sources.json"))
            let reader = AdvisoryDirectory(directory: folder.path)
            #expect(try reader.current() != nil, "cut to \(count)")
            #expect(reader.sourcesProblem?.contains("sources.json") == true, "cut to \(count)")
            let late = now.adding(.seconds(1000))
            #expect(reader.freshness(of: .npm, now: late, maxAge: .seconds(999)) == .stale(age: .seconds(1000)))
        }
        try writer.confirm([.npm], now: now.adding(.seconds(2000)))
        #expect(writer.sourcesProblem == nil && writer.sources[.npm]?.confirmedAt == now.adding(.seconds(2000)))
    }

    @Test("a reader notices what another process wrote without reading it")
    func noticing() throws {
        let folder = try TemporaryDirectory()
        let reader = try loaded(folder)
        let writer = AdvisoryDirectory(directory: folder.path)
        try reader.reloadIfChanged()
        #expect(!reader.hasChangedOnDisk())
        try writer.confirm([.npm], now: now)
        #expect(reader.hasChangedOnDisk())
        try reader.reloadIfChanged()
        #expect(!reader.hasChangedOnDisk())
        _ = try writer.install([bundle(.npm, [record("A-2", "p", versions: ["1.0.0"])])], now: now)
        #expect(reader.hasChangedOnDisk())
        #expect(try reader.reloadIfChanged() && !reader.hasChangedOnDisk())
    }

    @Test("damage behind an index's beginning is noticed when the file changes, and stays said until it is mended")
    func damageBehindTheHeader() throws {
        let folder = try TemporaryDirectory()
        let reader = try loaded(folder)
        let whole = try Files.readAll(reader.indexPath)
        let old = try #require(try reader.current())
        try Files.writeDurably(Array(whole.dropLast()), to: reader.indexPath)
        for _ in 0..<2 { #expect(throws: AdvisoryError.self) { try reader.reloadIfChanged() } }
        #expect(try reader.current() === old)
        try Files.writeDurably(whole, to: reader.indexPath)
        #expect(try reader.reloadIfChanged() == false)
    }

    @Test("what is confirmed of a bundle that cannot be used makes the records in use no fresher")
    func otherBundle() throws {
        let folder = try TemporaryDirectory()
        let reader = try loaded(folder)
        let writer = AdvisoryDirectory(directory: folder.path)
        func confirm(_ digest: SHA256Digest?, after seconds: Int64) throws {
            let known = AdvisorySourceState.KnownBundle(digest: try #require(digest))
            try writer.remember(.npm) { $0.succeeded(at: now.adding(.seconds(seconds)), bundle: known) }
        }
        try confirm(try reader.current()?.sourceDigests[.npm], after: 1000)
        try reader.reloadIfChanged()
        let later = now.adding(.seconds(5000))
        #expect(reader.freshness(of: .npm, now: later, maxAge: .seconds(4000)) == .current(age: .seconds(4000)))
        // What a later version of the program installs, say, while this one runs on.
        _ = try writer.install([bundle(.npm, [record("A-2", "p", versions: ["1.0.0"])])], now: later)
        let second = try writer.current()?.sourceDigests[.npm]
        try Files.writeDurably(Array(try Files.readAll(writer.indexPath).dropLast()), to: writer.indexPath)
        try confirm(second, after: 5000)
        #expect(throws: AdvisoryError.self) { try reader.reloadIfChanged() }
        #expect(reader.sources[.npm]?.confirmedAt == later)
        #expect(reader.freshness(of: .npm, now: later, maxAge: .seconds(3999)) == .stale(age: .seconds(4000)))
    }

    @Test("a snapshot that is gone is not one that never was, and comes back with the next import")
    func lostIndex() throws {
        let folder = try TemporaryDirectory()
        let first = try loaded(folder)
        try first.confirm([.npm], now: now)
        try Files.remove(first.indexPath)
        for _ in 0..<2 {
            #expect(throws: AdvisoryError.self) { try AdvisoryDirectory(directory: folder.path).current() }
        }
        let again = try loaded(folder)
        #expect(try again.current()?.recordCounts == [.npm: 1])
        // Looks that failed load nothing.
        let other = try TemporaryDirectory()
        let directory = AdvisoryDirectory(directory: other.path)
        try directory.remember(.npm) { $0.failed(at: now, reason: "down") }
        #expect(try directory.current() == nil)
    }

    @Test("one process imports at a time")
    func lock() throws {
        let folder = try TemporaryDirectory()
        let (one, other) = (AdvisoryDirectory(directory: folder.path), AdvisoryDirectory(directory: folder.path))
        var held = try one.lockForImport()
        #expect(held != nil)
        #expect(try other.lockForImport() == nil)
        withExtendedLifetime(held) {}
        held = nil
        #expect(try other.lockForImport() != nil)
    }
}
