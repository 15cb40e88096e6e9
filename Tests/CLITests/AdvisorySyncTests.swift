import Advisories
import Cryptography
import HTTP
import Platform
import Registry
import TestSupport
import Testing

@testable import CLI

@Suite("Installing what sources have")
struct AdvisorySyncTests {
    private let one = SyncFixture.bundle(["1.0.0"])
    private let two = SyncFixture.bundle(["1.0.0", "2.0.0"])

    @Test("a bundle that cannot be used keeps no other from being installed, nor the old one from counting")
    func isolation() async throws {
        let server = BundleServer(two)
        let fixture = try SyncFixture(server)
        _ = await fixture.run()
        let python = try fixture.folder.write(SyncFixture.bundle(["3"], ecosystem: "PyPI"), to: "pypi.zip")
        server.replace(Array(two.dropLast(9)), tag: "\"cut\"")
        var outcome = await fixture.run([.npm: SyncFixture.place, .pypi: python])
        #expect(outcome.failures.map(\.source.ecosystem) == [.npm])
        #expect(outcome.report?.perEcosystem.keys.map(\.self) == [.pypi])
        #expect(try fixture.knows("2.0.0") && fixture.directory.current()?.recordCounts[.pypi] == 1)
        #expect(fixture.state?.failure != nil && fixture.directory.sources[.pypi]?.failure == nil)
        // Far fewer records than before are refused too, until somebody says that they are right.
        server.replace(SyncFixture.bundle([]), tag: "\"empty\"")
        outcome = await fixture.run()
        #expect(try outcome.failures.count == 1 && fixture.knows("2.0.0"))
        #expect(fixture.state?.failuresInARow == 2 && fixture.incoming.isEmpty)
        server.replace(one, tag: "\"one\"")
        #expect(await fixture.run().failures.isEmpty)
        #expect(fixture.state?.failuresInARow == 0 && fixture.state?.failuresEver == 2)
    }

    @Test("a file is read again only when it is another one")
    func file() async throws {
        let fixture = try SyncFixture(BundleServer(one))
        let path = try fixture.folder.write(one, to: "bundle.zip")
        #expect(await fixture.run([.npm: path]).report?.perEcosystem[.npm]?.isUnchanged == false)
        let looked = await fixture.run([.npm: path])
        #expect(looked.report == nil && looked.unchanged.count == 1)
        // Written again with the same bytes: read, and found equal.
        try fixture.folder.write(one, to: "bundle.zip")
        #expect(await fixture.run([.npm: path]).report?.perEcosystem[.npm]?.isUnchanged == true)
        try fixture.folder.write(two, to: "bundle.zip")
        #expect(await fixture.run([.npm: path]).report?.recordsKept == 2)
        try fixture.folder.write(Array("no zip".utf8), to: "bundle.zip")
        let wrong = await fixture.run([.npm: path])
        #expect(wrong.failures.first?.failure.reason.contains("is no bundle") == true)
        let missing = await fixture.run([.npm: fixture.folder.path("nowhere.zip")])
        #expect(missing.failures.first?.failure.reason.contains("cannot be read") == true)
        #expect(try fixture.knows("2.0.0") && fixture.incoming.isEmpty)
    }

    @Test("what earlier imports left is swept, but for bytes that can be gone on from")
    func sweeping() async throws {
        let fixture = try SyncFixture(BundleServer(one))
        try Files.createDirectory(fixture.folder.path("incoming"))
        for name in ["pypi.part", "pypi.json", "npm.zip", "npm.part"] {
            try fixture.folder.write([1], to: "incoming/\(name)")
        }
        try fixture.folder.write([1], to: ".jurat-temporary-00")
        let future = Timestamp(secondsSinceEpoch: SystemWallClock().now().secondsSinceEpoch)
        fixture.clock.set(future)
        fixture.server.order(.fail(.tlsFailed(host: "h", reason: "expired")))
        _ = await fixture.run()
        #expect(fixture.incoming.isEmpty)
        #expect(!Files.exists(fixture.folder.path(".jurat-temporary-00")))
    }

    @Test("a file without its ecosystem is told by its records; what they leave open is asked for")
    func detection() throws {
        let folder = try TemporaryDirectory()
        let npm = try folder.write(one, to: "a=b.zip")
        let python = try folder.write(SyncFixture.bundle(["1", "2"], ecosystem: "PyPI"), to: "python.zip")
        let both = try folder.write(SyncFixture.bundle(["1.0.0"], also: "PyPI"), to: "both.zip")
        let other = try folder.write(SyncFixture.bundle(["1"], ecosystem: "Go"), to: "go.zip")
        let text = try folder.write(Array("text".utf8), to: "text.zip")
        #expect(try AdvisoriesCommands.source(npm) == BundleSource(.npm, npm))
        #expect(try AdvisoriesCommands.source(python) == BundleSource(.pypi, python))
        #expect(try AdvisoriesCommands.source("PyPI=\(npm)") == BundleSource(.pypi, npm))
        for operand in [both, other, text, folder.path("none.zip"), "https://osv.example/all.zip?secret=1"] {
            do {
                _ = try AdvisoriesCommands.source(operand)
                Issue.record("\(operand) was taken")
            } catch {
                #expect(error.code == .usage && error.message.contains("npm=") && !error.message.contains("secret=1"))
            }
        }
    }

    @Test("one who wants to import while another does waits, and says for whom")
    func turns() async throws {
        let folder = try TemporaryDirectory()
        let directory = AdvisoryDirectory(directory: folder.path)
        let turn = ImportTurn(
            directory: directory, path: folder.path, clock: ManualWallClock(), pausing: CountedPause())
        let said = Sayings()
        let observer = SyncObserver(
            console: Console(isTerminal: false, hasColour: false, result: { _ in }, note: { said.add($0) }))
        var first = try await turn.take(as: "jurat advisories sync", observer) as FileLock?
        do {
            _ = try await turn.take(as: "jurat advisories import", observer)
            Issue.record("two import at once")
        } catch {
            #expect(error.message.contains("process \(ChildProcess.thisProcess) (jurat advisories sync)"))
        }
        #expect(said.all.count == 1)
        withExtendedLifetime(first) {}
        first = nil
        _ = try await turn.take(as: "jurat advisories import", observer)
    }
}

@Suite("When sources are looked at")
struct RefreshScheduleTests {
    private let now = Timestamp(secondsSinceEpoch: 1_800_000_000)
    private let source = BundleSource(.npm, "https://osv.example/all.zip")

    private func next(_ change: (inout AdvisorySourceState) -> Void, loaded: Set<Ecosystem> = [.npm]) -> Duration? {
        var state = AdvisorySourceState()
        state.placeDigest = source.digest
        change(&state)
        let schedule = RefreshSchedule(sources: [source], refresh: .seconds(3600))
        return schedule.next(after: [.npm: state], loaded: loaded, now: now, chance: 0)?.distance(to: now)
            .negated
    }

    @Test("a source that was never looked at, is another one, or has no records is due at once")
    func atOnce() {
        #expect(next { _ in } == .zero)
        #expect(next({ $0.succeeded(at: now, bundle: nil) }, loaded: []) == .zero)
        #expect(
            next { state in
                state.succeeded(at: now, bundle: nil)
                state.placeDigest = nil
            } == .zero)
        let schedule = RefreshSchedule(sources: [source], refresh: .seconds(3600))
        #expect(schedule.next(after: [:], loaded: [.npm], now: now, chance: 0.5) == now)
        #expect(
            RefreshSchedule(sources: [], refresh: .seconds(1)).next(after: [:], loaded: [], now: now, chance: 0) == nil)
    }

    @Test("a good look is repeated after the configured time, a bad one sooner, later and later")
    func pace() {
        #expect(next { $0.succeeded(at: now, bundle: nil) } == .seconds(3600))
        var expected: [Int64] = [60, 120, 240, 480, 960, 1920, 3600, 3600]
        var state = AdvisorySourceState()
        state.placeDigest = source.digest
        while !expected.isEmpty {
            state.failed(at: now, reason: "down")
            let copy = state
            #expect(next { $0 = copy } == .seconds(expected.removeFirst()))
        }
    }

    @Test("the server's wish for a pause is kept, within a day")
    func wishes() {
        #expect(next { $0.failed(at: now, reason: "x", notBefore: now.adding(.seconds(900))) } == .seconds(900))
        #expect(next { $0.failed(at: now, reason: "x", notBefore: now.adding(.seconds(5))) } == .seconds(60))
        #expect(next { $0.failed(at: now, reason: "x", notBefore: now.adding(.seconds(900_000))) } == .seconds(60))
    }

    @Test("a look in the future was stamped by a wrong clock: the source is due")
    func clockJump() {
        #expect(next { $0.succeeded(at: now.adding(.seconds(86_400)), bundle: nil) } == .zero)
    }

    @Test("chance delays by at most a tenth, and a quarter after failures")
    func chance() throws {
        var state = AdvisorySourceState()
        state.placeDigest = source.digest
        state.succeeded(at: now, bundle: nil)
        let schedule = RefreshSchedule(sources: [source], refresh: .seconds(3600))
        let late = try #require(schedule.next(after: [.npm: state], loaded: [.npm], now: now, chance: 0.999))
        #expect((3900...3960).contains(now.distance(to: late).components.seconds))
    }
}

extension Duration {
    fileprivate var negated: Duration { .zero - self }
}
