import Platform
import Screening
import TestSupport
import Testing

@testable import VerdictStore

/// Bytes of the database file that change behind everybody's back: rot, or somebody with an editor.
@Suite("Page edits of the log's database")
struct PageEditTests {
    /// Everything that the database says, row by row, and once more in the order of each index.
    private static func contents(_ path: String) throws -> [[SQLValue]] {
        let connection = try Connection(path, access: .readOnly)
        var rows: [[SQLValue]] = []
        rows += try connection.rows("SELECT logIndex, leaf, leafHash FROM entries ORDER BY logIndex") {
            (row) throws(DatabaseError) in
            [.integer(try row.integer(0)), .blob(try row.blob(1)), .blob(try row.blob(2))]
        }
        for query: StaticString in [
            "SELECT logIndex, statement, signer, predicate, sha512, purl, package, analyzer, verdict FROM statements ORDER BY logIndex",
            "SELECT logIndex, statement, signer, predicate, sha512, purl, package, analyzer, verdict FROM statements ORDER BY statement",
            """
            SELECT logIndex, statement, signer, predicate, sha512, purl, package, analyzer, verdict FROM statements
            WHERE sha512 IS NOT NULL ORDER BY sha512, logIndex
            """,
            """
            SELECT logIndex, statement, signer, predicate, sha512, purl, package, analyzer, verdict FROM statements
            WHERE package IS NOT NULL ORDER BY package, logIndex
            """,
        ] {
            rows += try connection.rows(query) { (row) throws(DatabaseError) in
                [
                    .integer(try row.integer(0)), .blob(try row.blob(1)), .blob(try row.blob(2)),
                    .text(try row.text(3)), .optional(try row.optionalBlob(4)), .optional(try row.optionalText(5)),
                    .optional(try row.optionalText(6)), .optional(try row.optionalText(7)),
                    .optional(try row.optionalText(8)),
                ]
            }
        }
        rows += try connection.rows("SELECT size, frontier, note FROM checkpoints ORDER BY size") {
            (row) throws(DatabaseError) in
            [.integer(try row.integer(0)), .blob(try row.blob(1)), .text(try row.text(2))]
        }
        rows += try connection.rows("SELECT level, tileIndex, hashes FROM tiles ORDER BY level, tileIndex") {
            (row) throws(DatabaseError) in
            [.integer(try row.integer(0)), .integer(try row.integer(1)), .blob(try row.blob(2))]
        }
        rows += try connection.rows("SELECT id, version, origin FROM log") { (row) throws(DatabaseError) in
            [.integer(try row.integer(0)), .integer(try row.integer(1)), .text(try row.text(2))]
        }
        return rows
    }

    private static func isSound(_ directory: DataDirectory) -> Bool {
        DeploymentCheck(data: directory, cacheDirectory: nil, now: Timestamp(secondsSinceEpoch: 0)).check(.log).isSound
    }

    @Test("whatever byte changes, the content is what it was, or checking says that it is not")
    func everyPage() async throws {
        var random = SeededRandom()
        let fixture = try LogFixture()
        let log = try await fixture.open()
        for number in 0..<10 {
            _ = try await log.append(
                fixture.verdictEnvelope("package-\(number)", number % 5 == 0 ? .malicious : .clean))
        }
        _ = try await log.append(fixture.dispositionEnvelope("package-0", .deny, sequence: 1))
        await log.close()
        let path = fixture.directory.verdictsPath
        let original = try Files.readAll(path)
        let content = try Self.contents(path)
        #expect(Self.isSound(fixture.directory))

        let pageBytes = 4096
        var detected = 0
        for page in 0..<original.count / pageBytes {
            // The header of each page decides what is found at all; the rest is hit anywhere.
            let offsets =
                [0, 3, 5, 8].map { $0 + (page == 0 ? 100 : 0) }
                + (0..<4).map { _ in
                    Int.random(in: 0..<pageBytes, using: &random)
                }
            for offset in offsets {
                var bytes = original
                bytes[page * pageBytes + offset] ^= UInt8.random(in: 1...255, using: &random)
                try Files.writeDurably(bytes, to: path)
                for left in [path + "-wal", path + "-shm"] where Files.exists(left) { try Files.remove(left) }
                guard Self.isSound(fixture.directory) else {
                    detected += 1
                    continue
                }
                #expect(try Self.contents(path) == content, "page \(page), offset \(offset), seed \(random.seed)")
            }
        }
        #expect(detected > original.count / pageBytes)
    }
}
