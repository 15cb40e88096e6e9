import Cryptography
import Registry
import Screening
import VerdictStore

/// Turns judgements that refuse into the texts clients show.
struct RefusalWriter: Sendable {
    /// Our public address without a slash at its end, as this client reaches it.
    let publicBase: String
    let requestID: String

    /// The refusal behind a judgement (or the one that a rule in report mode would have made).
    func refusal(
        _ judgement: Judgement, key: ArtifactKey, alternatives: [String]
    ) -> Refusal {
        Refusal(
            decision: judgement.decision, of: judgement.input, integrity: judgement.integrityText,
            alternatives: alternatives, whyURL: whyURL(key, judgement.artifact.version), requestID: requestID)
    }

    /// Where people read why.
    func whyURL(_ key: ArtifactKey, _ version: PackageVersion) -> String {
        "\(publicBase)/-/why/\(RefusalReference(of: key, version: version))"
    }

    /// What a listing shows of its refusals.
    struct ListingRefusals: Sendable {
        /// By file name.
        var refused: [String: ListedRefusal] = [:]
        /// One message about all of them, which npm prints; nil when there are none.
        var message: String?
    }

    /// What a listing of `view` shows as refused.
    func listingRefusals(of view: PackageView, _ judgements: [Judgement]) -> ListingRefusals {
        let refusing = judgements.filter { !$0.isListed }
        guard !refusing.isEmpty else { return ListingRefusals() }
        let allowed = allowedVersions(judgements)
        var refused: [String: ListedRefusal] = [:]
        var refusals: [Refusal] = []
        for judgement in refusing {
            let key = ArtifactKey(source: view.source.name, name: view.name, filename: judgement.artifact.filename)
            let refusal = refusal(
                judgement, key: key, alternatives: allowed.filter { $0 != judgement.artifact.versionText })
            refused[judgement.artifact.filename] = ListedRefusal(
                versionText: judgement.artifact.versionText, sentence: refusal.npmRestrictionText,
                yankedReason: refusal.yankedReason, isMalicious: judgement.isKnownMalicious)
            refusals.append(refusal)
        }
        let link = "\(publicBase)/-/why?purl=\(PackageURL(view.name).text)"
        return ListingRefusals(
            refused: refused, message: Refusal.restrictionMessage(refusals, allowed: allowed, link: link))
    }

    /// Versions a client can have, best first, at most three.
    private func allowedVersions(_ judgements: [Judgement]) -> [String] {
        let listed = judgements.filter(\.isListed).map(\.artifact).sorted { left, right in
            if left.version.isPrerelease != right.version.isPrerelease { return right.version.isPrerelease }
            return left.version > right.version
        }
        var texts: [String] = []
        for artifact in listed where texts.count < 3 && !texts.contains(artifact.versionText) {
            texts.append(artifact.versionText)
        }
        return texts
    }
}

extension Judgement {
    /// Whether a malicious verdict or advisory is why it is refused.
    var isKnownMalicious: Bool {
        guard !decision.isServed else { return false }
        return decision.code == .blockedMalicious || input.advisories.contains(where: \.isMalicious)
            || input.statements.contains { $0.verdict == .malicious && decision.standsOn.contains($0.statement) }
    }
}
