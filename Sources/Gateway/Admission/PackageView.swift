import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// One package at one source at one moment: what every decision about its artifacts is made from.
///
/// Listing routes, artifact routes, manifests, pages and checks all decide through this; there is no other call of
/// `decide` in the gateway.
struct PackageView: Sendable {
    /// The source, whose policy applies whatever address the client used.
    let source: RegistryDefinition
    let policy: ScreeningPolicy
    let listing: CachedListing
    let advisories: any AdvisorySnapshot
    let availability: AdvisoryAvailability
    let knowledge: KnowledgeIndex
    /// What trusted foreign logs say; nil while none is trusted.
    let foreign: ForeignView?
    let store: ArtifactStore
    let now: Timestamp
    /// False while the decision about an older version is made for the sake of a newer one.
    var considersFixes = true

    var name: PackageName { listing.name }

    /// Which bytes stand behind a listed artifact, as far as anybody can know before fetching them.
    ///
    /// What we fetched ourselves comes first; then the listing's own claim, which the bytes must fulfil before anybody
    /// gets them; then what the store knows by the weaker digests.
    func sha512(of artifact: ListedArtifact) -> SHA512Digest? {
        listing.record.record(of: artifact.filename).sha512 ?? artifact.integrity.sha512
            ?? store.digests(matching: artifact.integrity)?.sha512
    }

    /// The decision about one artifact.
    ///
    /// - Parameter progress: how far missing analyses have got; the artifact route knows, listings do not need to.
    func judge(_ artifact: ListedArtifact, progress: [AnalyzerID: AnalysisProgress] = [:]) -> Judgement {
        let sha512 = sha512(of: artifact)
        let known = sha512.map(knowledge.about) ?? .nothing
        let opinions = sha512.flatMap { foreign?.opinions(about: $0, of: name) } ?? []
        let record = listing.record.record(of: artifact.filename)
        var input = DecisionInput(
            registry: source.name, policy: policy, name: name, version: artifact.version,
            publishedAt: artifact.publishedAt, firstSeenAt: record.firstSeenAt,
            isTimeContradicted: record.isTimeContradicted, hasInstallScript: artifact.hasInstallScript,
            hasRepositoryURL: artifact.hasRepositoryURL, isTampered: record.isTampered,
            statements: opinions.isEmpty ? known.verdicts : known.verdicts + opinions.compactMap(\.standing),
            dispositions: known.dispositions, advisories: advisories.facts(about: name, artifact.version),
            advisoryAvailability: availability, progress: progress, now: now)
        var decision = decide(input)
        if decision.code == .heldCooldown, policy.cooldownLiftForFixes, considersFixes,
            isFixOfAllowedVersion(artifact, input)
        {
            input.fixesAdvisory = true
            decision = decide(input)
        }
        return Judgement(
            artifact: artifact, input: input, decision: decision, sha512: sha512, knowledgeRevision: known.revision,
            opinions: opinions)
    }

    /// The decision about every artifact, in the listing's order.
    func judgeAll() -> [Judgement] {
        listing.listing.artifacts.map { judge($0) }
    }

    /// Versions that a client can have instead of `artifact`, best first: stable before pre-release, then newest first.
    func alternatives(to artifact: ListedArtifact, limit: Int = 3) -> [String] {
        var found: [String] = []
        var seen: Set<PackageVersion> = [artifact.version]
        let candidates = listing.listing.artifacts.sorted { left, right in
            if left.version.isPrerelease != right.version.isPrerelease { return right.version.isPrerelease }
            return left.version > right.version
        }
        for candidate in candidates where found.count < limit && !seen.contains(candidate.version) {
            guard judge(candidate).isListed else { continue }
            seen.insert(candidate.version)
            found.append(candidate.versionText)
        }
        return found
    }

    /// Whether the artifact is the very version in which an advisory, which affects an older version that clients get,
    /// is fixed.
    ///
    /// Only versions that the advisory names count. "Anything newer than the fix" would lift the cooldown from every
    /// later version of a package that ever had an advisory.
    private func isFixOfAllowedVersion(_ artifact: ListedArtifact, _ input: DecisionInput) -> Bool {
        let own = Set(input.advisories.map(\.id))
        var judged: Set<PackageVersion> = []
        for older in listing.listing.artifacts where older.version < artifact.version {
            guard judged.insert(older.version).inserted else { continue }
            let isFixed = advisories.facts(about: name, older.version).contains { fact in
                !own.contains(fact.id) && fact.fixedVersions.contains { isSameVersion($0, artifact.version) }
            }
            // The older version's own decision is made without this exemption: a fix of a held version lifts nothing.
            if isFixed, withoutFixes.judge(older).isListed { return true }
        }
        return false
    }

    private var withoutFixes: PackageView {
        var view = self
        view.considersFixes = false
        return view
    }

    private func isSameVersion(_ text: String, _ version: PackageVersion) -> Bool {
        guard let parsed = try? PackageVersion(parsing: text, ecosystem: version.ecosystem) else { return false }
        return parsed == version
    }
}
