import Cryptography
import Platform
import Registry
import TestSupport
import Testing

@testable import VerdictStore

@Suite("Listing history")
struct ListingHistoryTests {
    private let temporary: TemporaryDirectory
    private let history: ListingHistory
    private let name: PackageName
    private let source: RegistryName
    private let start = Timestamp(secondsSinceEpoch: 1_767_225_600)

    init() throws {
        temporary = try TemporaryDirectory()
        history = try ListingHistory(path: temporary.path("history.db"))
        name = try PackageName(parsing: "demo", ecosystem: .npm)
        source = try RegistryName(parsing: "npmjs")
    }

    private func artifact(
        _ version: String, _ integrity: ClaimedIntegrity, published: Timestamp? = nil, filename: String? = nil,
        kind: ArtifactKind = .npmTarball
    ) throws -> ListedArtifact {
        let ecosystem: Ecosystem = kind == .npmTarball ? .npm : .pypi
        let filename = filename ?? "demo-\(version).tgz"
        return ListedArtifact(
            version: try PackageVersion(parsing: version, ecosystem: ecosystem), versionText: version,
            filename: filename, url: "https://example.test/\(filename)", kind: kind, integrity: integrity,
            publishedAt: published)
    }

    private func claims(_ text: String) -> ClaimedIntegrity {
        ClaimedIntegrity(sha512: SHA512Digest(hashing: Array(text.utf8)))
    }

    private func observe(_ artifacts: [ListedArtifact], after seconds: Int64) async throws -> [String: ListingFacts] {
        try await history.observe(artifacts, of: name, at: source, now: start.adding(.seconds(seconds)))
    }

    @Test("the first listing pins what it claims; the same claims again change nothing")
    func firstSight() async throws {
        let listed = [try artifact("1.0.0", claims("a")), try artifact("1.1.0", claims("b"))]
        let first = try await observe(listed, after: 0)
        #expect(first.count == 2)
        #expect(
            first["demo-1.0.0.tgz"]
                == ListingFacts(
                    firstSeenAt: start, isTampered: false, isTimeContradicted: false, sha512: nil))
        #expect(try await observe(listed, after: 1000) == first)
        #expect(try await history.facts(of: name, at: source) == first)
    }

    @Test("other claims under the same name and version are tampering until the first ones return")
    func changedClaims() async throws {
        _ = try await observe([artifact("1.0.0", claims("a"))], after: 0)
        #expect(try await observe([artifact("1.0.0", claims("b"))], after: 1)["demo-1.0.0.tgz"]?.isTampered == true)
        #expect(try await history.facts(of: name, at: source)["demo-1.0.0.tgz"]?.isTampered == true)
        #expect(try await observe([artifact("1.0.0", claims("b"))], after: 2)["demo-1.0.0.tgz"]?.isTampered == true)
        #expect(try await observe([artifact("1.0.0", claims("a"))], after: 3)["demo-1.0.0.tgz"]?.isTampered == false)
    }

    @Test("claims by more algorithms complete the pin, and then all of them hold")
    func completedClaims() async throws {
        let digests = ComputedDigests(of: [1])
        let full = ClaimedIntegrity(sha512: digests.sha512, sha1: digests.sha1)
        _ = try await observe([artifact("1.0.0", ClaimedIntegrity(sha1: digests.sha1))], after: 0)
        #expect(try await observe([artifact("1.0.0", full)], after: 1)["demo-1.0.0.tgz"]?.isTampered == false)
        let other = ClaimedIntegrity(sha512: SHA512Digest(hashing: [2]), sha1: digests.sha1)
        #expect(try await observe([artifact("1.0.0", other)], after: 2)["demo-1.0.0.tgz"]?.isTampered == true)
    }

    @Test("a new file name does not give an npm version new bytes")
    func renamedTarball() async throws {
        _ = try await observe([artifact("1.0.0", claims("a"))], after: 0)
        let renamed = try await observe([artifact("1.0.0", claims("b"), filename: "other.tgz")], after: 5)
        #expect(renamed["other.tgz"]?.isTampered == true)
        #expect(renamed["other.tgz"]?.firstSeenAt == start)
    }

    @Test("a new wheel of an old version is no tampering")
    func anotherWheel() async throws {
        let wheel = try artifact("1.0.0", claims("a"), filename: "demo-1.0.0-py3-none-any.whl", kind: .wheel)
        _ = try await observe([wheel], after: 0)
        let other = try artifact("1.0.0", claims("b"), filename: "demo-1.0.0-cp312-cp312-linux.whl", kind: .wheel)
        let facts = try await observe([wheel, other], after: 5)
        #expect(facts.values.allSatisfy { !$0.isTampered })
        #expect(facts[other.filename]?.firstSeenAt == start.adding(.seconds(5)))
    }

    @Test("a publish time that moves back is a contradiction for good")
    func timeMovesBack() async throws {
        let claimed = start.adding(.seconds(-100))
        _ = try await observe([artifact("1.0.0", claims("a"), published: claimed)], after: 0)
        let later = try await observe([artifact("1.0.0", claims("a"), published: start)], after: 1)
        #expect(later["demo-1.0.0.tgz"]?.isTimeContradicted == false)
        let earlier = try await observe([artifact("1.0.0", claims("a"), published: claimed)], after: 2)
        #expect(earlier["demo-1.0.0.tgz"]?.isTimeContradicted == true)
        let silent = try await observe([artifact("1.0.0", claims("a"))], after: 3)
        #expect(silent["demo-1.0.0.tgz"]?.isTimeContradicted == true)
    }

    @Test("a version that claims to be older than a listing without it contradicts that listing, beyond the lag")
    func backdated() async throws {
        let hour: Int64 = 3600
        let old = try artifact("1.0.0", claims("a"), published: start.adding(.seconds(-1000 * hour)))
        #expect(try await observe([old], after: 0)["demo-1.0.0.tgz"]?.isTimeContradicted == false)
        let lagging = try artifact("1.1.0", claims("b"), published: start.adding(.seconds(-5 * hour)))
        #expect(try await observe([old, lagging], after: 10)["demo-1.1.0.tgz"]?.isTimeContradicted == false)
        let backdated = try artifact("1.2.0", claims("c"), published: start.adding(.seconds(-100 * hour)))
        let facts = try await observe([old, lagging, backdated], after: 20)
        #expect(facts["demo-1.2.0.tgz"]?.isTimeContradicted == true)
        #expect(facts["demo-1.2.0.tgz"]?.firstSeenAt == start.adding(.seconds(20)))
    }

    @Test("what was fetched is remembered, and other claims afterwards are tampering")
    func fetched() async throws {
        let bytes: [UInt8] = [1, 2, 3]
        let digests = ComputedDigests(of: bytes)
        let listed = try artifact("1.0.0", ClaimedIntegrity(sha1: digests.sha1))
        _ = try await observe([listed], after: 0)
        let facts = try await history.recordBytes(
            digests, of: listed, name: name, at: source, now: start.adding(.seconds(1)))
        #expect(facts.sha512 == digests.sha512)
        #expect(!facts.isTampered)
        let other = ClaimedIntegrity(sha512: SHA512Digest(hashing: [9]))
        #expect(try await observe([artifact("1.0.0", other)], after: 2)["demo-1.0.0.tgz"]?.isTampered == true)
        #expect(try await history.facts(of: name, at: source)["demo-1.0.0.tgz"]?.sha512 == digests.sha512)
    }

    @Test("other bytes than were fetched before are tampering, although the listing claims nothing about them")
    func otherBytes() async throws {
        let listed = try artifact("1.0.0", ClaimedIntegrity())
        _ = try await history.recordBytes(ComputedDigests(of: [1]), of: listed, name: name, at: source, now: start)
        let facts = try await history.recordBytes(
            ComputedDigests(of: [2]), of: listed, name: name, at: source, now: start)
        #expect(facts.isTampered)
        #expect(facts.sha512 == SHA512Digest(hashing: [1]))
    }

    @Test("a transfer that did not fulfil its claims counts until the next listing or a good transfer")
    func mismatch() async throws {
        let digests = ComputedDigests(of: [1])
        let listed = try artifact("1.0.0", ClaimedIntegrity(sha512: digests.sha512))
        _ = try await observe([listed], after: 0)
        func isTampered() async throws -> Bool? {
            try await history.facts(of: name, at: source)["demo-1.0.0.tgz"]?.isTampered
        }
        try await history.recordMismatch(of: listed, name: name, at: source, now: start)
        #expect(try await isTampered() == true)
        _ = try await observe([listed], after: 10)
        #expect(try await isTampered() == false)
        try await history.recordMismatch(of: listed, name: name, at: source, now: start)
        _ = try await history.recordBytes(digests, of: listed, name: name, at: source, now: start)
        #expect(try await isTampered() == false)
    }

    @Test("an operator can let it forget, sources and packages are apart, and it survives a restart")
    func forgetting() async throws {
        _ = try await observe([artifact("1.0.0", claims("a"))], after: 0)
        let other = try RegistryName(parsing: "mirror")
        #expect(try await history.facts(of: name, at: other).isEmpty)
        #expect(try await history.facts(of: PackageName(parsing: "other", ecosystem: .npm), at: source).isEmpty)
        await history.close()
        let reopened = try ListingHistory(path: temporary.path("history.db"))
        #expect(try await reopened.facts(of: name, at: source).count == 1)
        #expect(try await reopened.forget(filename: "demo-1.0.0.tgz", of: name, at: source))
        #expect(try await !reopened.forget(filename: "demo-1.0.0.tgz", of: name, at: source))
        let facts = try await reopened.observe([artifact("1.0.0", claims("b"))], of: name, at: source, now: start)
        #expect(facts["demo-1.0.0.tgz"]?.isTampered == false)
        await reopened.close()
    }

    @Test("thousands of versions are recorded in one go")
    func large() async throws {
        let listed = try (0..<2000).map { try artifact("1.0.\($0)", claims("\($0)"), published: start) }
        #expect(try await observe(listed, after: 0).count == 2000)
        #expect(try await observe(listed, after: 1).count == 2000)
    }
}
