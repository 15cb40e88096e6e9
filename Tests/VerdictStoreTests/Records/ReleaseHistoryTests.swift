import Cryptography
import Platform
import Registry
import TestSupport
import Testing

@testable import VerdictStore

@Suite("History of releases")
struct ReleaseHistoryTests {
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
        _ version: String, _ release: ReleaseFacts, filename: String? = nil, published: Timestamp? = nil,
        isYanked: Bool = false
    ) throws -> ListedArtifact {
        ListedArtifact(
            version: try PackageVersion(parsing: version, ecosystem: .npm), versionText: version,
            filename: filename ?? "demo-\(version).tgz", url: "https://example.test/demo-\(version).tgz",
            kind: .npmTarball, integrity: ClaimedIntegrity(), publishedAt: published ?? start, isYanked: isYanked,
            release: release)
    }

    private func observe(_ artifacts: ListedArtifact..., after seconds: Int64 = 0) async throws {
        _ = try await history.observe(artifacts, of: name, at: source, now: start.adding(.seconds(seconds)))
    }

    private func release(_ filename: String = "demo-1.0.0.tgz") async throws -> KnownRelease {
        try #require(try await history.releases(of: name, at: source).first { $0.filename == filename })
    }

    private let first = ReleaseFacts(
        publisher: "ana", maintainers: ["ana", "bo"], hasProvenance: true, repository: "https://x.example/demo",
        dependencies: ["left"])

    @Test("what a listing says of a release at first sight is kept")
    func firstSight() async throws {
        try await observe(artifact("1.0.0", first), artifact("1.1.0", ReleaseFacts()))
        let known = try await release()
        #expect(known.facts == first.published(at: start))
        #expect(known.versionText == "1.0.0" && known.firstSeenAt == start && known.sha512 == nil)
        #expect(!known.isRewritten && !known.isWithdrawn && !known.isTampered)
        #expect(try await history.releases(of: name, at: source).map(\.versionText) == ["1.0.0", "1.1.0"])
        #expect(try await history.releases(of: name, at: RegistryName(parsing: "other")).isEmpty)
    }

    @Test("spellings that look alike are kept as they were written")
    func spellings() async throws {
        let publishers = ["an\u{E9}", "ane\u{301}"]
        try await observe(
            artifact("1.0.0", ReleaseFacts(publisher: publishers[0])),
            artifact("1.1.0", ReleaseFacts(publisher: publishers[1])),
            artifact("1.2.0", ReleaseFacts(publisher: publishers[0], maintainers: [publishers[1]])),
            artifact("1.3.0", ReleaseFacts(publisher: publishers[0], maintainers: [publishers[0]])))
        let facts = try await history.releases(of: name, at: source).compactMap(\.facts)
        #expect(facts.map { Array(($0.publisher ?? "").utf8).count } == [4, 5, 4, 4])
        #expect(facts.map { $0.maintainers.map { Array($0.utf8).count } } == [[], [], [5], [4]])
    }

    @Test(
        "each fact that a later listing changes is remembered by its name, for ever, and the first one stays",
        arguments: ReleaseRewriting.Member.allCases)
    func rewriting(_ member: ReleaseRewriting.Member) async throws {
        let time = member == .publishedAt ? start.adding(.seconds(60)) : start
        let other = ReleaseFacts(
            publisher: member == .publisher ? "eve" : "ana",
            maintainers: member == .maintainers ? ["eve"] : ["ana", "bo"],
            hasProvenance: member != .provenance,
            repository: member == .repository ? "https://x.example/other" : "https://x.example/demo",
            dependencies: member == .dependencies ? [] : ["left"])
        try await observe(artifact("1.0.0", first))
        try await observe(artifact("1.0.0", other, published: time), after: 10)
        let rewritten = try await release()
        #expect(rewritten.facts == first.published(at: start))
        #expect(
            rewritten.rewriting
                == ReleaseRewriting(
                    members: [member], claimed: other.published(at: time), noticedAt: start.adding(.seconds(10))))
        try await observe(artifact("1.0.0", first), after: 20)
        #expect(try await release() == rewritten, "the old story again does not undo it")
    }

    @Test("further contradictions add up and the newest claims are shown")
    func severalRewritings() async throws {
        try await observe(artifact("1.0.0", first))
        try await observe(artifact("1.0.0", ReleaseFacts(publisher: "eve", dependencies: ["left"])), after: 10)
        let last = ReleaseFacts(dependencies: ["left", "right"])
        try await observe(artifact("1.0.0", last), after: 20)
        let rewriting = try #require(try await release().rewriting)
        #expect(rewriting.members == [.publisher, .dependencies])
        #expect(rewriting.claimed == last.published(at: start))
        #expect(rewriting.noticedAt == start.adding(.seconds(10)))
    }

    @Test("what was left open is completed; what is left open later is no contradiction")
    func completion() async throws {
        let sparse = ReleaseFacts(dependencies: ["left"])
        try await observe(artifact("1.0.0", sparse))
        try await observe(artifact("1.0.0", first), after: 10)
        #expect(try await release().facts == first.published(at: start))
        try await observe(artifact("1.0.0", sparse), after: 20)
        #expect(try await release().facts == first.published(at: start))
        #expect(try await !release().isRewritten)
        try await observe(artifact("1.0.0", ReleaseFacts(publisher: "eve", dependencies: ["left"])), after: 30)
        #expect(try await release().rewriting?.members == [.publisher], "what completed it counts like what was first")
    }

    @Test("a contradiction is told once, when it is noticed")
    func noticed() async throws {
        func rewritten(_ release: ReleaseFacts, after seconds: Int64) async throws -> [NoticedRewriting] {
            try await history.record(
                [artifact("1.0.0", release)], of: name, at: source, now: start.adding(.seconds(seconds))
            ).rewritten
        }
        #expect(try await rewritten(first, after: 0) == [])
        let other = ReleaseFacts(publisher: "eve", dependencies: ["left"])
        let told = NoticedRewriting(filename: "demo-1.0.0.tgz", versionText: "1.0.0", members: [.publisher])
        #expect(try await rewritten(other, after: 10) == [told])
        #expect(try await rewritten(other, after: 20) == [])
        #expect(try await rewritten(first, after: 30) == [])
        let more = ReleaseFacts(publisher: "mallory", dependencies: [])
        #expect(try await rewritten(more, after: 40).map(\.members) == [[.dependencies]], "only what is new")
    }

    @Test("texts that Swift takes for equal and that have other bytes are a contradiction")
    func canonicalEquivalence() async throws {
        try await observe(artifact("1.0.0", ReleaseFacts(publisher: "\u{E9}")))
        try await observe(artifact("1.0.0", ReleaseFacts(publisher: "e\u{301}")), after: 10)
        #expect(try await release().rewriting?.members == [.publisher])
    }

    @Test("a new file name does not give an npm version a new story")
    func renaming() async throws {
        try await observe(artifact("1.0.0", first))
        try await observe(artifact("1.0.0", ReleaseFacts(publisher: "eve"), filename: "other.tgz"), after: 10)
        #expect(try await release("other.tgz").facts == first.published(at: start))
        #expect(try await release("other.tgz").rewriting?.members == [.publisher, .dependencies])
        #expect(try await release().isWithdrawn)
    }

    @Test("what the last listing lacks or marks as yanked is withdrawn until it is listed again")
    func withdrawal() async throws {
        try await observe(artifact("1.0.0", first), artifact("1.1.0", first))
        try await observe(artifact("1.1.0", first, isYanked: true), after: 10)
        #expect(try await history.releases(of: name, at: source).map(\.isWithdrawn) == [true, true])
        try await observe(artifact("1.0.0", first), artifact("1.1.0", first), after: 20)
        #expect(try await history.releases(of: name, at: source).map(\.isWithdrawn) == [false, false])
    }

    @Test("an artifact that was known before such facts were kept has none and counts as withdrawn until it is listed")
    func olderDatabase() async throws {
        try await observe(artifact("1.0.0", first))
        await history.close()
        let connection = try Connection(temporary.path("history.db"), access: .readWrite)
        try connection.run("DROP TABLE releases")
        let reopened = try ListingHistory(path: temporary.path("history.db"))
        let known = try #require(try await reopened.releases(of: name, at: source).first)
        #expect(known.facts == nil && known.isWithdrawn)
        _ = try await reopened.observe([artifact("1.0.0", first)], of: name, at: source, now: start)
        #expect(try await reopened.releases(of: name, at: source).first?.facts == first.published(at: start))
        await reopened.close()
    }

    @Test("what is forgotten has no story, and its bytes are listed with the rest")
    func forgetting() async throws {
        try await observe(artifact("1.0.0", first))
        let bytes = ComputedDigests(of: [1])
        _ = try await history.recordBytes(bytes, of: artifact("1.0.0", first), name: name, at: source, now: start)
        #expect(try await release().sha512 == bytes.sha512)
        #expect(try await history.forget(filename: "demo-1.0.0.tgz", of: name, at: source))
        try await observe(artifact("1.0.0", ReleaseFacts(publisher: "eve")), after: 10)
        #expect(try await release().facts?.publisher == "eve")
        #expect(try await !release().isRewritten)
    }
}
