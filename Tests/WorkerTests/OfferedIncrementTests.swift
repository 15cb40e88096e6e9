import Cryptography
import JSON
import Registry
import Screening
import Testing

@testable import Worker

@Suite("Jobs about differences, as a worker reads them")
struct OfferedIncrementTests {
    private static let digest = SHA512Digest(hashing: [1])
    private static let ids = [[1], [2]].map { StatementID(digest: SHA256Digest(hashing: $0)) }

    private func artifact(_ version: String) -> JSONObject {
        [
            "sha512": .string(Self.digest.hex), "path": "/cache/x", "purl": .string("pkg:npm/demo@\(version)"),
            "filename": .string("demo-\(version).tgz"),
        ]
    }

    private func base(depth: Int64) -> JSONObject {
        var base = artifact("1.1.0")
        base.append("sha256", .string(SHA256Digest(hashing: [1]).hex))
        base.append("statement", .string(Self.ids[depth == 0 ? 1 : 0].hex))
        base.append("anchorStatement", .string(Self.ids[1].hex))
        base.append("depth", .integer(depth))
        return base
    }

    private func job(_ members: JSONObject) -> JSONObject {
        var job: JSONObject = [
            "facts": ["own": ["publisher": "ana"], "isRewritten": true, "rewritten": ["publisher"]],
            "thresholds": ["maxChangedBytes": 5, "maxChangedFiles": 6, "maxSteps": 7],
        ]
        for member in members.members { job.set(member.name, member.value) }
        return job
    }

    private func read(_ job: JSONObject) -> OfferedIncrement? { OfferedIncrement(reading: .object(job)) }

    @Test("a job without base says why, and by which measure its facts are taken")
    func withoutBase() throws {
        let offered = try #require(read(job(["noBase": "noOlderVersion"])))
        #expect(offered.base == nil && offered.noBase == "noOlderVersion")
        #expect(offered.facts.own == ReleaseFacts(publisher: "ana") && offered.facts.base == nil)
        #expect(offered.facts.rewritten == ["publisher"])
        #expect(offered.limits == DifferenceLimits(maxChangedBytes: 5, maxChangedFiles: 6, maxSteps: 7))
    }

    @Test("a base gives the basis that a verdict stands on, one step on")
    func withBase() throws {
        let chained = try #require(read(job(["base": .object(base(depth: 2)), "anchor": .object(artifact("1.0.0"))])))
        let base = try #require(chained.base)
        #expect(
            base.basis
                == .diff(base: Self.digest, baseStatement: Self.ids[0], anchorStatement: Self.ids[1], depth: 3))
        #expect(base.anchor?.filename == "demo-1.0.0.tgz" && base.artifact.path == "/cache/x")
        let first = try #require(read(job(["base": .object(self.base(depth: 0))]))?.base)
        #expect(first.anchor == nil && first.depth == 0)
    }

    @Test("what is not whole or contradicts itself is no job")
    func broken() {
        var cases: [JSONObject] = [
            job([:]), job(["base": .object(base(depth: 2))]),
            job(["base": .object(base(depth: 0)), "anchor": .object(artifact("1.0.0"))]),
            job(["base": .object(artifact("1.0.0"))]), job(["noBase": "x", "thresholds": .null]),
            job(["noBase": "x", "facts": ["own": 1]]), job(["base": .object(base(depth: -1))]),
        ]
        var swapped = base(depth: 1)
        swapped.set("statement", .string(Self.ids[1].hex))
        cases.append(job(["base": .object(swapped), "anchor": .object(artifact("1.0.0"))]))
        for (number, broken) in cases.enumerated() { #expect(read(broken) == nil, "case \(number)") }
    }
}
