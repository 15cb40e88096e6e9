import Cryptography
import JSON
import Platform
import Registry
import TestSupport
import Testing
import VerdictStore

@testable import CLI

@Suite("jurat who without a server")
struct WhoCommandTests {
    /// Records three accesses: two to `demo@1.1.0`, the later one by a build machine, and one to `demo@1.0.0`.
    private func withAccesses(_ body: (RulingFixture) async throws -> Void) async throws {
        try await RulingFixture.with { (fixture) async throws in
            let log = try AccessLog(path: fixture.data.accessPath)
            let now = fixture.clock.now()
            for (version, days, isCI) in [("1.1.0", 20, false), ("1.0.0", 10, false), ("1.1.0", 2, true)] {
                try await log.record(
                    AccessRecord(
                        at: now.adding(.seconds(-86_400 * days)), requestID: "r\(days)", principal: nil,
                        client: "npm/10.9.2", address: "192.0.2.\(days)", isCI: isCI,
                        registry: try RegistryName(parsing: "npmjs"),
                        purl: try PackageURL(parsing: "pkg:npm/demo@\(version)"), filename: "demo-\(version).tgz",
                        sha512: SHA512Digest(hashing: Array(version.utf8))))
            }
            await log.close()
            try await body(fixture)
        }
    }

    private func requests(_ fixture: RulingFixture, _ words: String...) async throws -> [String] {
        let ran = try await fixture.run(["who"] + words + ["-o", "json"])
        #expect(ran.code == .success)
        let rows = try ran.json().arrayValue ?? []
        #expect(rows.allSatisfy { $0["refused"] == .null && $0["advisories"]?.arrayValue == [] })
        return rows.compactMap { $0["requestId"]?.stringValue }
    }

    @Test("the records answer for packages, versions and bytes, narrowed by time and number")
    func answers() async throws {
        try await withAccesses { (fixture) async throws in
            #expect(try await requests(fixture, "pkg:npm/demo") == ["r2", "r10", "r20"])
            #expect(try await requests(fixture, "pkg:npm/demo@1.1.0") == ["r2", "r20"])
            let digest = SHA512Digest(hashing: Array("1.0.0".utf8))
            #expect(try await requests(fixture, digest.hex) == ["r10"])
            #expect(try await requests(fixture, "sha512-\(digest.base64)") == ["r10"])
            #expect(try await requests(fixture, "pkg:npm/demo", "--since", "2w") == ["r2", "r10"])
            #expect(try await requests(fixture, "pkg:npm/demo", "--until", "5d") == ["r10", "r20"])
            #expect(try await requests(fixture, "pkg:npm/demo", "--limit", "1") == ["r2"])
            let table = try await fixture.run(["who", "pkg:npm/demo", "--limit", "1"])
            #expect(table.results.contains("192.0.2.2\tci\tpkg:npm/demo@1.1.0"))
            #expect(table.notes.contains("the newest 1 of 3 accesses by 3 clients"))
            #expect(table.notes.contains("no server runs here"))
        }
    }

    @Test("nobody is said with the time from which there are records, and ends with 5")
    func nobody() async throws {
        try await withAccesses { (fixture) async throws in
            let nobody = try await fixture.run(["who", "pkg:npm/other"])
            #expect(nobody.code == .notFound)
            let begin = fixture.clock.now().adding(.seconds(-86_400 * 20)).rfc3339
            #expect(nobody.notes.contains("nobody on record since \(begin) fetched pkg:npm/other"))
            #expect(nobody.notes.contains("400 days"))
            #expect(try await fixture.run(["who", "MAL-2026-1"]).code == .notFound, "no advisories are loaded")
        }
        try await RulingFixture.with { (fixture) async throws in
            #expect(try await fixture.run(["who", "pkg:npm/demo"]).code == .notFound)
        }
    }

    @Test(
        "what cannot be asked is a mistake of usage",
        arguments: [
            ["demo"], ["pkg:npm/"], ["sha256-abc"], ["pkg:npm/a", "--since", "tomorrow"],
            ["pkg:npm/a", "--since", "2999-01-01"], ["pkg:npm/a", "--limit", "0"],
            ["pkg:npm/a", "--since", "1d", "--until", "2d"],
        ])
    func usage(words: [String]) async throws {
        try await RulingFixture.with { (fixture) async throws in
            #expect(try await fixture.run(["who"] + words).code == .usage)
        }
    }

    @Test("a moment of the past is a span, a day or a time")
    func moments() throws {
        let now = Timestamp(secondsSinceEpoch: 1_795_219_200)
        func parse(_ text: String) throws -> Timestamp { try PastMoment.parse(text, option: "since", now: now) }
        #expect(try parse("7d") == now.adding(.seconds(-7 * 86_400)))
        #expect(try parse("2026-11-01") == Timestamp(parsing: "2026-11-01T00:00:00Z"))
        #expect(try parse("2026-11-01T08:00:00Z") == Timestamp(parsing: "2026-11-01T08:00:00Z"))
        for text in ["", "7", "d", "2026-11", "2026-13-01", "9999999999999999999w"] {
            #expect(throws: CommandFailure.self) { try parse(text) }
        }
    }
}
