import Cryptography
import Platform
import Registry
import TestSupport
import Testing

@testable import VerdictStore

@Suite("Artifact cache after damage")
struct ArtifactRecoveryTests {
    private let temporary: TemporaryDirectory
    private let artifacts: [[UInt8]]
    private var cache: String { temporary.path("cache") }
    private var index: String { cache + "/artifacts/index.db" }

    init() async throws {
        temporary = try TemporaryDirectory()
        var random = SeededRandom(seed: 11)
        artifacts = (0..<20).map { random.bytes(1000 + $0) }
        let store = try ArtifactStore(cacheDirectory: cache, maxBytes: .max)
        for bytes in artifacts {
            let ingest = try store.beginIngest()
            try await ingest.write(bytes)
            _ = try await ingest.finish(claimed: ClaimedIntegrity(sha512: SHA512Digest(hashing: bytes)))
        }
        await store.close()
    }

    private func expectWhole(_ store: ArtifactStore) throws {
        for bytes in artifacts {
            let digests = ComputedDigests(of: bytes)
            #expect(store.contains(digests.sha512))
            #expect(store.digests(matching: ClaimedIntegrity(sha256: digests.sha256)) == digests)
        }
    }

    @Test("a damaged index is kept aside and made again from the files", arguments: ["header", "middle", "truncated"])
    func damagedIndex(how: String) async throws {
        var bytes = try Files.readAll(index)
        switch how {
        case "header": bytes.replaceSubrange(0..<64, with: Array(repeating: 0x55, count: 64))
        case "middle": bytes.replaceSubrange(4096..<min(bytes.count, 8192), with: Array(repeating: 0xAA, count: 4096))
        default: bytes.removeLast(bytes.count / 2)
        }
        try Files.writeDurably(bytes, to: index)
        let lines = Doubts()
        let store = try ArtifactStore(
            cacheDirectory: cache, maxBytes: .max, logger: Logger(minimum: .warning) { lines.add($0) })
        #expect(try await store.sweepOrphans() == 0)
        try expectWhole(store)
        await store.close()
        #expect(try Files.readAll(index + ".damaged") == bytes)
        #expect(lines.all.contains { $0.contains("is kept as") })
        let again = try ArtifactStore(cacheDirectory: cache, maxBytes: .max)
        try expectWhole(again)
        await again.close()
    }

    @Test("an index that was deleted is made again; a file that is not what its name says does not get in")
    func deletedIndex() async throws {
        try Files.remove(index)
        let digest = SHA512Digest(hashing: artifacts[3])
        var damaged = artifacts[3]
        damaged[7] ^= 1
        let path = "\(ArtifactFiles.directory(of: digest, below: cache + "/artifacts"))/\(digest.hex)"
        try Files.writeDurably(damaged, to: path)
        let store = try ArtifactStore(cacheDirectory: cache, maxBytes: .max)
        #expect(!store.contains(digest))
        #expect(try await store.sweepOrphans() == 1)
        #expect(!Files.exists(path))
        #expect(store.usage().artifacts == artifacts.count - 1)
        await store.close()
    }

    @Test("a damaged file is removed on request and can come in again")
    func discarded() async throws {
        let store = try ArtifactStore(cacheDirectory: cache, maxBytes: .max)
        let digest = SHA512Digest(hashing: artifacts[0])
        try store.discardDamaged(digest)
        try store.discardDamaged(digest)
        #expect(!store.contains(digest))
        #expect(try store.open(digest) == nil)
        let ingest = try store.beginIngest()
        try await ingest.write(artifacts[0])
        _ = try await ingest.finish(claimed: ClaimedIntegrity(sha512: digest))
        #expect(store.contains(digest))
        await store.close()
    }
}
