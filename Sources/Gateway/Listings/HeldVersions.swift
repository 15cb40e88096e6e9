import Platform
import Registry
import Screening

/// The newest stable version of a package that is held, as long as what it was decided from stays the same.
///
/// Only the few newest stable versions are looked at: when all of them are served, nobody misses an older one.
struct HeldVersions: Sendable {
    private static let maxConsidered = 3

    let newest: HeldVersion?
    let stamp: DecisionStamp
    /// When time alone changes it.
    private let changesAt: Timestamp?

    init(among view: PackageView, _ stamp: DecisionStamp) {
        self.stamp = stamp
        let candidates = Self.newestStable(view.listing.listing.artifacts).map { view.judge($0) }
        changesAt = candidates.compactMap(\.nextChange).min()
        let held = candidates.first { !$0.isListed && $0.decision.outcome == .hold }
        newest = held.map { judgement in
            let refusal = Refusal(
                decision: judgement.decision, of: judgement.input, integrity: nil, alternatives: [], whyURL: "",
                requestID: "")
            return HeldVersion(version: judgement.artifact.version, cause: refusal.causeSentence)
        }
    }

    func isCurrent(at now: Timestamp) -> Bool { changesAt.map { now < $0 } ?? true }

    /// Newest first, one artifact of each version.
    private static func newestStable(_ artifacts: [ListedArtifact]) -> [ListedArtifact] {
        var newest: [ListedArtifact] = []
        for artifact in artifacts where !artifact.version.isPrerelease {
            guard let place = newest.firstIndex(where: { $0.version <= artifact.version }) else {
                if newest.count < maxConsidered { newest.append(artifact) }
                continue
            }
            guard newest[place].version < artifact.version else { continue }
            newest.insert(artifact, at: place)
            if newest.count > maxConsidered { newest.removeLast() }
        }
        return newest
    }
}
