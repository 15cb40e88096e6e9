import Cryptography
import Platform
import Registry
import TestSupport
import Testing

@testable import VerdictStore

@Suite("Artifact store")
struct ArtifactStoreTests {
    private let temporary: TemporaryDirectory
    private var cache: String { temporary.path("cache") }

    init() throws {
        temporary = try TemporaryDirectory()
    }

    private func store(maxBytes: Int64 = .max) throws -> ArtifactStore {
        try ArtifactStore(cacheDirectory: cache, maxBytes: maxBytes)
    }

    private func add(_ bytes: [UInt8], to store: ArtifactStore) async throws -> StoredArtifact {
        let ingest = try store.beginIngest()
        try await ingest.write(bytes)
        return try await ingest.finish(claimed: ClaimedIntegrity(sha512: SHA512Digest(hashing: bytes)))
    }

    /// Every file below the cache that holds bytes of artifacts, whole or not.
    private func files() throws -> [String] {
        func walk(_ directory: String) throws -> [String] {
            try Files.list(directory).flatMap { name -> [String] in
                let path = "\(directory)/\(name)"
                return try Files.kind(path) == .directory ? walk(path) : [path]
            }
        }
        return try walk(cache).filter { !$0.contains("index.db") }
    }

    @Test(
        "bytes that arrive in any pieces are stored under their SHA-512 and read back",
        arguments: [1, 7, 4096, 100_000])
    func roundTrip(pieceBytes: Int) async throws {
        var random = SeededRandom(seed: 1)
        let bytes = random.bytes(20_000)
        let store = try store()
        let ingest = try store.beginIngest()
        for start in stride(from: 0, to: bytes.count, by: max(pieceBytes, 97)) {
            try await ingest.write(Array(bytes[start..<min(start + max(pieceBytes, 97), bytes.count)]))
        }
        let digests = ComputedDigests(of: bytes)
        let claimed = ClaimedIntegrity(
            sha512: digests.sha512, sha256: digests.sha256, sha1: digests.sha1, md5: digests.md5)
        let stored = try await ingest.finish(claimed: claimed)
        #expect(stored.digests == digests)
        let hex = digests.sha512.hex
        #expect(stored.path == "\(cache)/artifacts/sha512/\(hex.prefix(2))/\(hex.dropFirst(2).prefix(2))/\(hex)")
        #expect(store.contains(digests.sha512))
        let file = try #require(try store.open(digests.sha512))
        #expect(try file.read(at: 0, count: bytes.count + 1) == bytes)
        #expect(try Files.readAll(stored.path) == bytes)
        await store.close()
    }

    @Test("every claim must hold, and a mismatch leaves nothing", arguments: DigestAlgorithm.allCases)
    func mismatch(algorithm: DigestAlgorithm) async throws {
        let store = try store()
        let bytes = Array("the bytes".utf8)
        let (right, wrong) = (ComputedDigests(of: bytes), ComputedDigests(of: [0]))
        let claimed = ClaimedIntegrity(
            sha512: algorithm == .sha512 ? wrong.sha512 : right.sha512,
            sha256: algorithm == .sha256 ? wrong.sha256 : right.sha256,
            sha1: algorithm == .sha1 ? wrong.sha1 : right.sha1, md5: algorithm == .md5 ? wrong.md5 : right.md5)
        let ingest = try store.beginIngest()
        try await ingest.write(bytes)
        let error = await #expect(throws: ArtifactError.self) { try await ingest.finish(claimed: claimed) }
        guard case .integrityMismatch(let mismatch)? = error else {
            Issue.record("expected a mismatch, got \(String(describing: error))")
            return
        }
        #expect(mismatch.algorithm == algorithm)
        #expect(!store.contains(right.sha512))
        #expect(store.digests(of: right.sha512) == nil)
        #expect(try store.open(right.sha512) == nil)
        #expect(try files() == [])
        await store.close()
    }

    @Test("more bytes than the limit end the ingest and leave nothing")
    func tooLarge() async throws {
        let store = try store()
        let ingest = try store.beginIngest(maxBytes: 10)
        try await ingest.write(Array(repeating: 1, count: 10))
        let error = await #expect(throws: ArtifactError.self) { try await ingest.write([1]) }
        guard case .tooLarge(maxBytes: 10)? = error else {
            Issue.record("expected too large, got \(String(describing: error))")
            return
        }
        #expect(try files() == [])
        await #expect(throws: ArtifactError.self) { try await ingest.finish(claimed: ClaimedIntegrity()) }
        await store.close()
    }

    @Test("an ingest that is dropped or given up leaves nothing")
    func dropped() async throws {
        let store = try store()
        do {
            let ingest = try store.beginIngest()
            try await ingest.write([1, 2, 3])
            #expect(try files().count == 1)
        }
        let given = try store.beginIngest()
        try await given.write([1])
        given.abandon()
        #expect(try files() == [])
        await #expect(throws: ArtifactError.self) { try await given.write([2]) }
        await store.close()
    }

    @Test("SHA-256 and SHA-1 lead to the SHA-512, also after a restart and after the bytes are gone")
    func aliases() async throws {
        let bytes = Array("aliased".utf8)
        let digests = ComputedDigests(of: bytes)
        let first = try store()
        _ = try await add(bytes, to: first)
        await first.close()

        let second = try store(maxBytes: 0)
        #expect(second.contains(digests.sha512))
        #expect(try await second.prune() == Int64(bytes.count))
        #expect(!second.contains(digests.sha512))
        #expect(try files() == [])
        for claimed in [
            ClaimedIntegrity(sha256: digests.sha256), ClaimedIntegrity(sha1: digests.sha1),
            ClaimedIntegrity(sha512: digests.sha512, sha256: digests.sha256, md5: digests.md5),
        ] {
            #expect(second.digests(matching: claimed) == digests)
        }
        await second.close()
    }

    @Test("an alias answers only when every claim agrees, and MD5 alone finds nothing")
    func aliasesAgree() async throws {
        let store = try store()
        let digests = try await add(Array("one".utf8), to: store).digests
        let other = try await add(Array("two".utf8), to: store).digests
        #expect(store.digests(matching: ClaimedIntegrity()) == nil)
        #expect(store.digests(matching: ClaimedIntegrity(md5: digests.md5)) == nil)
        #expect(store.digests(matching: ClaimedIntegrity(sha256: digests.sha256, sha1: other.sha1)) == nil)
        #expect(store.digests(matching: ClaimedIntegrity(sha512: digests.sha512, md5: other.md5)) == nil)
        await store.close()
    }

    @Test("what a crash leaves is swept at the next start, and nothing else")
    func sweeping() async throws {
        let first = try store()
        let kept = try await add(Array("kept".utf8), to: first)
        await first.close()
        let unknown = SHA512Digest(hashing: Array("placed, not registered".utf8)).hex
        let directory = "\(cache)/artifacts/sha512/\(unknown.prefix(2))/\(unknown.dropFirst(2).prefix(2))"
        try Files.createDirectory(directory)
        try Files.writeDurably(Array("placed, not registered".utf8), to: "\(directory)/\(unknown)")
        try Files.writeDurably([1], to: "\(directory)/garbage")
        try Files.writeDurably([1], to: "\(cache)/artifacts/sha512/stray")
        try Files.writeDurably([1], to: "\(cache)/artifacts/incoming/\(TemporaryFile.namePrefix)0123")

        let second = try store()
        #expect(try await second.sweepOrphans() == 4)
        #expect(try files() == [kept.path])
        #expect(second.contains(kept.digests.sha512))
        #expect(second.usage().artifacts == 1)
        await second.close()
    }

    @Test("pruning removes what was not used for longest and never what is protected")
    func pruning() async throws {
        let store = try store(maxBytes: 250)
        var digests: [SHA512Digest] = []
        for number in 0..<5 {
            digests.append(try await add(Array(repeating: UInt8(number), count: 100), to: store).digests.sha512)
        }
        #expect(store.usage().bytes == 500)
        let held = try #require(try store.open(digests[0]))
        #expect(try await store.prune(protecting: [digests[1]]) == 300)
        #expect(digests.map(store.contains) == [true, true, false, false, false])
        #expect(try await store.prune() == 0)
        _ = try store.open(digests[0])
        _ = try await add(Array(repeating: 9, count: 100), to: store)
        #expect(try await store.prune() == 100)
        #expect(digests.map(store.contains) == [true, false, false, false, false])
        #expect(try held.read(at: 0, count: 3) == [0, 0, 0])
        await store.close()
    }

    @Test("a file that vanished or lost its end is not here, rather than wrong")
    func damagedFiles() async throws {
        let store = try store()
        let gone = try await add(Array("gone".utf8), to: store)
        let short = try await add(Array("short".utf8), to: store)
        try Files.remove(gone.path)
        try Files.writeDurably([1], to: short.path)
        #expect(try store.open(gone.digests.sha512) == nil)
        #expect(try store.open(short.digests.sha512) == nil)
        #expect(!store.contains(gone.digests.sha512))
        #expect(!store.contains(short.digests.sha512))
        #expect(try files() == [])
        #expect(try await add(Array("short".utf8), to: store) == short)
        #expect(store.contains(short.digests.sha512))
        await store.close()
    }

    @Test("checking the contents names exactly the damaged files")
    func verifying() async throws {
        let store = try store()
        _ = try await add(Array("good".utf8), to: store)
        let bad = try await add(Array("evil".utf8), to: store)
        try Files.writeDurably(Array("EVIL".utf8), to: bad.path)
        #expect(try await store.verifyContents() == [bad.path])
        await store.close()
    }

    @Test("the same bytes taken in many times at once are one artifact")
    func concurrentIngests() async throws {
        let store = try store()
        let bytes = Array("popular".utf8)
        let stored = try await withThrowingTaskGroup(of: StoredArtifact.self) { group in
            for _ in 0..<20 { group.addTask { try await add(bytes, to: store) } }
            return try await group.reduce(into: Set<StoredArtifact>()) { $0.insert($1) }
        }
        #expect(stored.count == 1)
        #expect(store.usage() == ArtifactStore.Usage(artifacts: 1, bytes: Int64(bytes.count), maxBytes: .max))
        #expect(try files().count == 1)
        await store.close()
    }
}
