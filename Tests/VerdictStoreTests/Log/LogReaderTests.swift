import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

/// A log of 600 entries, made once for the tests that only read.
private final class LongLog: Sendable {
    static let entries: UInt64 = 600
    private let made = Lock<LogFixture?>(nil)

    func fixture() async throws -> LogFixture {
        if let fixture = made.withLock({ $0 }) { return fixture }
        let fixture = try LogFixture()
        let log = try await fixture.open()
        let names = (LogFixture.genesisEntries..<Self.entries).map { "package-\($0)" }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in names { group.addTask { _ = try await log.append(fixture.verdictEnvelope(name)) } }
            try await group.waitForAll()
        }
        await log.close()
        made.withLock { $0 = fixture }
        return fixture
    }
}

@Suite("Log reader: resources and proofs", .serialized)
struct LogResourceTests {
    private static let long = LongLog()

    private func leaves(_ reader: LogReader) throws -> [[UInt8]] {
        try reader.entries(from: 0, count: 1000).map(\.leaf)
    }

    @Test("the root at every size is that of the tree over the leaves")
    func roots() async throws {
        let fixture = try await Self.long.fixture()
        let reader = try LogReader(fixture.directory)
        var frontier = MerkleFrontier()
        for (index, leaf) in try leaves(reader).enumerated() {
            frontier.append(leafHash: MerkleTree.leafHash(leaf))
            guard index % 37 == 0 || (254...257).contains(index) || index > 596 else { continue }
            #expect(try reader.root(ofTreeOf: UInt64(index) + 1) == frontier.root)
        }
        #expect(try reader.head().root == frontier.root)
        #expect(try reader.root(ofTreeOf: 0) == MerkleTree.emptyRoot)
        #expect(try reader.root(ofTreeOf: LongLog.entries + 1) == nil)
    }

    @Test("every tile and bundle of the log is served, full ones and partial ones, and no other")
    func resources() async throws {
        let fixture = try await Self.long.fixture()
        let reader = try LogReader(fixture.directory)
        let leaves = try leaves(reader)
        let size = TreeSize(LongLog.entries)
        let paths = TilePath.tiles(to: size) + TilePath.entryBundles(to: size)
        #expect(paths.map(\.text).contains("tile/1/000.p/2"))
        for path in paths {
            let bytes = try #require(try reader.resource(path), "\(path)")
            switch path.content {
            case .entries:
                let start = Int(path.index) * 256
                #expect(try EntryBundle.decode(bytes, path: path) == Array(leaves[start..<start + path.width]))
            case .hashes(let level):
                let tile = try HashTile(path: path, parsing: bytes)
                let first = Int(path.index) << (8 * (level + 1))
                let span = 1 << (8 * level)
                for (offset, hash) in tile.hashes.enumerated() {
                    let below = leaves[first + offset * span..<first + (offset + 1) * span]
                    #expect(hash == MerkleTree.root(ofLeafHashes: below.map(MerkleTree.leafHash)))
                }
            }
        }
        for text in ["tile/0/003", "tile/0/002", "tile/0/002.p/89", "tile/1/000.p/3", "tile/2/000.p/1", "tile/9/000"] {
            let path = try #require(TilePath(parsing: text))
            #expect(try reader.resource(path) == nil, "\(text)")
        }
        let farAway = TilePath(.entries, index: 1 << 60)
        #expect(try reader.resource(farAway) == nil)
    }

    @Test("an earlier, narrower partial tile is still served")
    func narrowerPartials() async throws {
        let fixture = try await Self.long.fixture()
        let reader = try LogReader(fixture.directory)
        let wide = try #require(try reader.resource(TilePath(.hashes(level: 0), index: 0)))
        let narrow = try #require(try reader.resource(TilePath(.hashes(level: 0), index: 0, width: 10)))
        #expect(narrow == Array(wide.prefix(320)))
    }

    @Test("inclusion proofs verify for entries all over the log, in the newest tree and in older ones")
    func inclusion() async throws {
        let fixture = try await Self.long.fixture()
        let reader = try LogReader(fixture.directory)
        let leaves = try leaves(reader)
        for (index, size): (UInt64, UInt64) in [(0, 600), (599, 600), (255, 256), (256, 257), (3, 4), (300, 511)] {
            let proof = try #require(try reader.inclusionProof(of: index, inTreeOf: size))
            let root = try #require(try reader.root(ofTreeOf: size))
            try proof.verify(leafHash: MerkleTree.leafHash(leaves[Int(index)]), root: root)
        }
        #expect(try reader.inclusionProof(of: 600, inTreeOf: 600) == nil)
        #expect(try reader.inclusionProof(of: 0, inTreeOf: 601) == nil)
    }

    @Test("consistency proofs verify between any two sizes")
    func consistency() async throws {
        let fixture = try await Self.long.fixture()
        let reader = try LogReader(fixture.directory)
        for (older, newer): (UInt64, UInt64) in [(0, 600), (1, 600), (256, 600), (599, 600), (600, 600), (4, 300)] {
            let proof = try #require(try reader.consistencyProof(from: older, to: newer))
            try proof.verify(
                olderRoot: #require(try reader.root(ofTreeOf: older)),
                newerRoot: #require(try reader.root(ofTreeOf: newer)))
        }
        #expect(try reader.consistencyProof(from: 5, to: 4) == nil)
        #expect(try reader.consistencyProof(from: 5, to: 601) == nil)
    }

    @Test("verify counts, measures and tells its progress")
    func verification() async throws {
        let fixture = try await Self.long.fixture()
        let reports = Lock<[UInt64]>([])
        let verification = try LogReader(fixture.directory).verify { checked, all in
            #expect(all == LongLog.entries)
            reports.withLock { $0.append(checked) }
        }
        #expect(verification.entries == LongLog.entries)
        #expect(verification.seconds > 0)
        #expect(verification.dispositions == 0)
        #expect(reports.withLock { $0 } == [16, 272, 528, 600])
    }
}

@Suite("Log reader: looking up")
struct LogQueryTests {
    @Test("statements are found by what they are about, newest first")
    func filters() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        let clean = try await log.append(fixture.verdictEnvelope("left-pad"))
        let bad = try await log.append(fixture.verdictEnvelope("left-pad", .malicious, analyzer: .diff))
        let other = try await log.append(fixture.verdictEnvelope("other", .suspicious))
        let ruling = try await log.append(fixture.dispositionEnvelope("left-pad", .deny, sequence: 1))
        await log.close()
        let reader = try LogReader(fixture.directory)
        func find(_ filter: StatementFilter, limit: Int = 10) throws -> [LoggedStatement] {
            try reader.statements(matching: filter, limit: limit).map(\.logged)
        }
        let leftPad = LogFixture.sha512("left-pad")
        #expect(try find(StatementFilter(sha512: leftPad)) == [ruling, bad, clean])
        #expect(try find(StatementFilter(sha512: leftPad), limit: 1) == [ruling])
        #expect(try find(StatementFilter(predicateType: .verdict, sha512: leftPad)) == [bad, clean])
        #expect(try find(StatementFilter(sha512: leftPad, analyzer: .diff)) == [bad])
        #expect(try find(StatementFilter(verdict: .suspicious)) == [other])
        #expect(try find(StatementFilter(purl: PackageURL(parsing: "pkg:npm/left-pad"))) == [ruling, bad, clean])
        #expect(try find(StatementFilter(purl: PackageURL(parsing: "pkg:npm/left-pad@1.0.0"))) == [ruling, bad, clean])
        #expect(try find(StatementFilter(purl: PackageURL(parsing: "pkg:npm/left-pad@2.0.0"))) == [])
        #expect(try find(StatementFilter(sinceIndex: other.logIndex)) == [ruling, other])
        #expect(try find(StatementFilter(predicateType: .keyEvent)).count == Int(LogFixture.genesisEntries))
        #expect(try find(StatementFilter(sinceIndex: .max)) == [])
    }

    @Test("a statement is found by the beginning of its identifier, of any length")
    func prefixes() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        let logged = try await log.append(fixture.verdictEnvelope("left-pad"))
        await log.close()
        let reader = try LogReader(fixture.directory)
        for length in [8, 9, 33, 63, 64] {
            let prefix = String(logged.statementID.hex.prefix(length))
            #expect(try reader.statement(withPrefix: prefix).logged == logged)
        }
        for prefix in ["", "zz", "ABCD", logged.statementID.hex + "0", String(repeating: "f", count: 64)] {
            let error = #expect(throws: LogError.self) { try reader.statement(withPrefix: prefix) }
            guard case .noSuchStatement? = error else {
                Issue.record("expected nothing for \"\(prefix)\", got \(String(describing: error))")
                return
            }
        }
    }

    @Test("a beginning that several statements share is ambiguous")
    func ambiguous() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        // Seventeen statements: two of them share their first digit.
        for number in 0..<17 { _ = try await log.append(fixture.verdictEnvelope("package-\(number)")) }
        await log.close()
        let reader = try LogReader(fixture.directory)
        let digits = try reader.entries(from: 0, count: 100).map { $0.logged.statementID.hex.prefix(1) }
        let shared = try #require(digits.first { digit in digits.filter { $0 == digit }.count > 1 })
        let error = #expect(throws: LogError.self) { try reader.statement(withPrefix: String(shared)) }
        guard case .ambiguousStatement? = error else {
            Issue.record("expected ambiguity, got \(String(describing: error))")
            return
        }
    }

    @Test("one statement by two signers is one statement with two places")
    func twoSigners() async throws {
        let fixture = try LogFixture()
        let second = Ed25519SigningKey.generate()
        let log = try await fixture.open()
        _ = try await log.append(fixture.keyEventEnvelope(.add, second.publicKey, .verdict))
        let statement = try LogFixture.verdictStatement("left-pad")
        let first = try await log.append(Envelope.signing(statement, with: fixture.verdict))
        let other = try await log.append(Envelope.signing(statement, with: second))
        await log.close()
        #expect(first.statementID == other.statementID)
        #expect(other.logIndex == first.logIndex + 1)
        let reader = try LogReader(fixture.directory)
        #expect(try reader.statement(withPrefix: first.statementID.hex).logged == first)
        #expect(try fixture.verify().entries == LogFixture.genesisEntries + 3)
    }

    @Test("a reader works while the log is written, and sees whole commits only")
    func readWhileWriting() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        let reader = try LogReader(fixture.directory)
        let envelopes = try (0..<60).map { try fixture.verdictEnvelope("package-\($0)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for envelope in envelopes { group.addTask { _ = try await log.append(envelope) } }
            for _ in 0..<10 {
                group.addTask {
                    let verification = try reader.verify()
                    #expect(verification.entries >= LogFixture.genesisEntries)
                }
            }
            try await group.waitForAll()
        }
        #expect(try reader.head().size == log.size.value)
        await log.close()
    }
}
