import Cryptography
import JSON
import Registry
import Screening
import VerdictStore

/// What a worker is told beside the artifact whose difference it is to judge.
struct IncrementOffer: Sendable {
    /// An older artifact of the package in the cache.
    struct Artifact: Sendable {
        let digests: ComputedDigests
        let path: String
        let purl: PackageURL
        let release: KnownRelease
    }

    /// What the artifact is compared with.
    struct Base: Sendable {
        let artifact: Artifact
        /// The artifact of the full review that the chain begins with; the base itself when that is one.
        let anchor: Artifact
        let standing: VerifiedBase
    }

    let base: Result<Base, BaseSelection.Refusal>
    /// What our records say of the artifact itself; nil when they say nothing.
    let own: KnownRelease?
    let limits: DifferenceLimits

    /// The members that it adds to the description of a job.
    var members: [JSONObject.Member] {
        var members: [JSONObject.Member] = []
        var facts: JSONObject = [:]
        facts.append("own", own?.facts?.record ?? [:])
        switch base {
        case .success(let base):
            let standing = base.standing
            var record = Self.record(of: base.artifact)
            record.append("sha256", .string(base.artifact.digests.sha256.hex))
            record.append("statement", .string(standing.statement.hex))
            record.append("anchorStatement", .string(standing.anchorStatement.hex))
            record.append("depth", .integer(Int64(standing.depth)))
            members.append(("base", .object(record)))
            if standing.depth > 0 { members.append(("anchor", .object(Self.record(of: base.anchor)))) }
            facts.append("base", base.artifact.release.facts?.record ?? [:])
            facts.append("baseRewritten", Self.rewritten(base.artifact.release))
        case .failure(let refusal): members.append(("noBase", .string(refusal.rawValue)))
        }
        facts.append("isRewritten", .bool(own?.isRewritten ?? false))
        facts.append("rewritten", Self.rewritten(own))
        members.append(("facts", .object(facts)))
        members.append(
            (
                "thresholds",
                [
                    "maxChangedBytes": .integer(limits.maxChangedBytes),
                    "maxChangedFiles": .integer(Int64(limits.maxChangedFiles)),
                    "maxSteps": .integer(Int64(limits.maxSteps)),
                ]
            ))
        return members
    }

    private static func record(of artifact: Artifact) -> JSONObject {
        [
            "sha512": .string(artifact.digests.sha512.hex), "path": .string(artifact.path),
            "purl": .string(artifact.purl.text), "filename": .string(artifact.release.filename),
        ]
    }

    private static func rewritten(_ release: KnownRelease?) -> JSONValue {
        .array((release?.rewriting?.members ?? []).map { .string($0.rawValue) })
    }
}
