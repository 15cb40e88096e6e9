import Cryptography
import Platform
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

@Suite("Export of the log as static files")
struct LogExportTests {
    private func append(_ count: Int, to fixture: LogFixture, named prefix: String) async throws {
        let log = try await fixture.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                group.addTask { _ = try await log.append(fixture.verdictEnvelope("\(prefix)-\(number)")) }
            }
            try await group.waitForAll()
        }
        await log.close()
    }

    /// Reads the directory as a client of a static web server does.
    private func checkDirectory(_ path: String, of fixture: LogFixture) throws -> UInt64 {
        let key = try NoteVerifier(name: LogFixture.origin, publicKey: fixture.log.publicKey)
        let checkpoint = try CheckpointVerifier(logKeys: [key]).verify(Files.readAll("\(path)/checkpoint")).checkpoint
        var hashes: [SHA256Digest] = []
        for bundle in TilePath.entryBundles(to: checkpoint.size) {
            hashes += try EntryBundle.decode(Files.readAll("\(path)/\(bundle)"), path: bundle).map(MerkleTree.leafHash)
        }
        #expect(MerkleTree.root(ofLeafHashes: hashes) == checkpoint.root)
        for tile in TilePath.tiles(to: checkpoint.size) {
            _ = try HashTile(path: tile, parsing: Files.readAll("\(path)/\(tile)"))
        }
        return checkpoint.size.value
    }

    @Test("the directory is complete under its checkpoint, and the next run writes only what is new")
    func incremental() async throws {
        let fixture = try LogFixture()
        try await append(300, to: fixture, named: "a")
        let target = fixture.temporary.path("export")
        let reader = try LogReader(fixture.directory)
        let rehearsal = try reader.export(to: target, isRehearsal: true)
        #expect(!Files.exists(target))
        let first = try reader.export(to: target)
        #expect(first == rehearsal && first.entryBundles == 2 && first.tiles == 3 && first.olderSize == 0)
        #expect(try checkDirectory(target, of: fixture) == 304)
        #expect(try reader.export(to: target).bytes == 0)
        try await append(250, to: fixture, named: "b")
        let second = try reader.export(to: target)
        #expect(second.olderSize == 304 && second.entryBundles == 2 && second.size == 554)
        #expect(try checkDirectory(target, of: fixture) == 554)
    }

    @Test("a run that stopped before the checkpoint leaves the old state whole, and the next one completes it")
    func interrupted() async throws {
        let fixture = try LogFixture()
        try await append(10, to: fixture, named: "a")
        let target = fixture.temporary.path("export")
        let reader = try LogReader(fixture.directory)
        _ = try reader.export(to: target)
        let old = try Files.readAll("\(target)/checkpoint")
        try await append(500, to: fixture, named: "b")
        _ = try reader.export(to: target)
        // As if everything but the checkpoint had been written, and one file only in part.
        try Files.writeDurably(old, to: "\(target)/checkpoint")
        try Files.writeDurably([1, 2, 3], to: "\(target)/tile/entries/001")
        #expect(try checkDirectory(target, of: fixture) == 14)
        _ = try reader.export(to: target)
        #expect(try checkDirectory(target, of: fixture) == 514)
    }

    @Test("a directory of another log, another history or a longer one is not continued")
    func otherDirectories() async throws {
        let fixture = try LogFixture()
        try await append(5, to: fixture, named: "a")
        let fork = try fixture.copied()
        try await append(5, to: fixture, named: "b")
        try await append(6, to: fork, named: "c")
        let target = fixture.temporary.path("export")
        _ = try LogReader(fixture.directory).export(to: target)
        let before = try Files.readAll("\(target)/checkpoint")
        let others = [fork, try LogFixture()]
        for other in others {
            #expect(throws: LogError.self) { try LogReader(other.directory).export(to: target) }
        }
        #expect(try Files.readAll("\(target)/checkpoint") == before)
        try Files.writeDurably([0x41], to: "\(target)/checkpoint")
        #expect(throws: LogError.self) { try LogReader(fixture.directory).export(to: target) }
    }

    @Test("damaged entries and tiles are not exported")
    func damage() async throws {
        for statement: StaticString in [
            "UPDATE entries SET leaf = CAST(replace(CAST(leaf AS TEXT), 'keyid', 'keyie') AS BLOB) WHERE logIndex = 50",
            "UPDATE tiles SET hashes = zeroblob(8192)",
        ] {
            let fixture = try LogFixture()
            try await append(300, to: fixture, named: "a")
            let reader = try LogReader(fixture.directory)
            let foreign = try fixture.foreignConnection()
            for trigger: StaticString in ["DROP TRIGGER entriesKeep", "DROP TRIGGER tilesKeep"] {
                try foreign.run(trigger)
            }
            try foreign.run(statement)
            let target = fixture.temporary.path("export")
            #expect(throws: LogError.self, "\(statement)") { try reader.export(to: target) }
            #expect(!Files.exists("\(target)/checkpoint"))
        }
    }
}
