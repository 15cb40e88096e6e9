import Cryptography
import JSON
import Platform
import Registry
import Screening
import TestSupport

@testable import VerdictStore

/// Everything that a deployment has on disk after some use, closed in good order.
struct DeploymentFixture {
    let log: LogFixture
    let artifacts: [[UInt8]]

    var data: DataDirectory { log.directory }
    var cache: String { log.temporary.path("cache") }
    var keys: KeyStore { KeyStore(directory: data.keysDirectory) }

    init() async throws {
        log = try LogFixture()
        var random = SeededRandom(seed: 5)
        artifacts = (0..<5).map { _ in random.bytes(3000) }
        try keys.store(log.log, as: .log)
        try keys.store(log.verdict, as: .verdict)
        let verdicts = try await log.open()
        for name in ["left-pad", "right-pad", "middle-pad"] {
            _ = try await verdicts.append(log.verdictEnvelope(name, name == "left-pad" ? .malicious : .clean))
        }
        _ = try await verdicts.append(log.dispositionEnvelope("left-pad", .deny, sequence: 1))
        await verdicts.close()
        let store = try ArtifactStore(cacheDirectory: cache, maxBytes: .max)
        for bytes in artifacts {
            let ingest = try store.beginIngest()
            try await ingest.write(bytes)
            _ = try await ingest.finish(claimed: ClaimedIntegrity(sha512: SHA512Digest(hashing: bytes)))
        }
        await store.close()
        await (try ListingHistory(path: data.historyPath)).close()
        await (try AccessLog(path: data.accessPath)).close()
        try await (try RefusalRegister(path: data.refusalsPath)).close()
        try await Self.fillReviews(data)
        await (try SQLiteJobQueue(path: data.jobsPath)).close()
        try ForeignSchema.create(Connection(data.foreignPath, access: .create))
        let audit = try AuditLog(path: data.auditPath)
        try await audit.record(AuditEvent(.start, at: Timestamp(secondsSinceEpoch: 0), members: [:]))
        try await audit.close()
        try Files.writeDurably([1, 2, 3], to: data.hostedDirectory + "/package.tgz")
    }

    /// A day on which one model was asked one question.
    static func fillReviews(_ data: DataDirectory) async throws {
        let book = try ReviewBook(path: data.reviewsPath)
        let ceilings = ReviewBook.Ceilings(perArtifact: 100, perDay: 1000)
        _ = try await book.reserve(70, for: SHA512Digest(hashing: [1]), on: 5, within: ceilings)
        try await book.keep([1, 2, 3], for: SHA256Digest(hashing: [1]))
        await book.close()
    }

    func path(of artifact: Int) -> String {
        let digest = SHA512Digest(hashing: artifacts[artifact])
        return "\(ArtifactFiles.directory(of: digest, below: cache + "/artifacts"))/\(digest.hex)"
    }

    func checker(isQuick: Bool = false, now: Timestamp = SystemWallClock().now()) -> DeploymentCheck {
        DeploymentCheck(data: data, cacheDirectory: cache, now: now, isQuick: isQuick)
    }

    func change(_ path: String, _ body: (inout [UInt8]) -> Void) throws {
        var bytes = try Files.readAll(path)
        let mode = try Files.permissions(path)
        body(&bytes)
        try Files.writeDurably(bytes, to: path, mode: mode)
    }
}
