import Cryptography
import Lockfiles
import Registry
import VerdictStore

/// Compares what a lockfile claims about a version's bytes with what is known of them here.
struct LockedFiles {
    /// Artifacts of the version that the lockfile allows; all of them when it says nothing that can be compared.
    let allowed: [ListedArtifact]
    /// How the first claim differs that no artifact fulfils.
    let difference: String?

    /// - Parameter artifacts: the version's, not empty.
    init(_ files: [LockedEntry.File], of artifacts: [ListedArtifact], in view: PackageView) {
        let known = artifacts.map { (artifact: $0, claims: Self.claims(of: $0, in: view)) }
        var allowed: [ListedArtifact] = []
        var difference: String?
        for file in files {
            if let name = file.name, let other = view.listing.artifact(named: name),
                other.version != artifacts[0].version
            {
                difference = difference ?? "its file \(name) is \(view.name)@\(other.versionText)"
                continue
            }
            let comparable = known.filter { Self.shareAlgorithm(file.integrity, $0.claims) }
            let same = comparable.filter { Self.agree(file.integrity, $0.claims) }
            allowed += same.map(\.artifact)
            guard same.isEmpty,
                let other = comparable.first(where: { $0.artifact.filename == file.name }) ?? comparable.first
            else { continue }
            difference =
                difference
                ?? "the lockfile has \(file.integrity.strongestText), \(view.source.name) has "
                + (comparable.count == 1 || other.artifact.filename == file.name
                    ? other.claims.map(\.strongestText).first ?? "another" : "no file with it")
        }
        self.allowed = allowed.isEmpty ? artifacts : artifacts.filter { allowed.contains($0) }
        self.difference = difference
    }

    /// What the listing claims, and what our records and store say of the same artifact.
    private static func claims(of artifact: ListedArtifact, in view: PackageView) -> [ClaimedIntegrity] {
        var claims = [artifact.integrity]
        if let sha512 = view.sha512(of: artifact) {
            claims.append(ClaimedIntegrity(sha512: sha512))
            if let computed = view.store.digests(of: sha512) {
                claims.append(ClaimedIntegrity(sha256: computed.sha256, sha1: computed.sha1, md5: computed.md5))
            }
        }
        return claims
    }

    private static func shareAlgorithm(_ claim: ClaimedIntegrity, _ known: [ClaimedIntegrity]) -> Bool {
        known.contains { other in
            (claim.sha512 != nil && other.sha512 != nil) || (claim.sha256 != nil && other.sha256 != nil)
                || (claim.sha1 != nil && other.sha1 != nil) || (claim.md5 != nil && other.md5 != nil)
        }
    }

    private static func agree(_ claim: ClaimedIntegrity, _ known: [ClaimedIntegrity]) -> Bool {
        known.allSatisfy { claim.merged(with: $0) != nil }
    }
}
