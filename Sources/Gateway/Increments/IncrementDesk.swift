import Cryptography
import Registry
import Screening
import VerdictStore

/// Says what an artifact is compared with, from the history of listings and from what is known of its older versions.
struct IncrementDesk: Sendable {
    let history: ListingHistory
    let knowledge: KnowledgeIndex
    let artifacts: ArtifactStore
    let settings: Settings
    let recovery: BaseRecovery

    /// One source that the artifact of a job came from.
    private struct Lineage {
        let source: RegistryDefinition
        let own: KnownRelease
        let releases: [KnownRelease]
        let selection: BaseSelection
    }

    /// What a worker is told beside the artifact.
    ///
    /// - Throws: `DatabaseError` when the history cannot be read.
    func offer(for request: JobRequest) async throws(DatabaseError) -> IncrementOffer {
        let lineages = try await lineages(of: request)
        var offers: [IncrementOffer] = []
        // Once: a worker waits for the offer.
        if let lacking = lineages.first(where: { !missing(in: $0).isEmpty }) {
            await recovery.bring(missing(in: lacking), of: request.purl.name, from: lacking.source)
        }
        for lineage in lineages {
            let offer = offer(request.purl.name, in: lineage)
            if case .success = offer.base { return offer }
            offers.append(offer)
        }
        return offers.first
            ?? IncrementOffer(base: .failure(.unknownSource), own: nil, limits: .standard)
    }

    /// Why a verdict may not have this basis; nil when it may.
    ///
    /// Any base counts that could have been offered: which one is the newest may have changed since, and so may the process
    /// that offered it.
    /// - Throws: `DatabaseError` when the history cannot be read.
    func complaint(about basis: Basis, for request: JobRequest) async throws(DatabaseError) -> String? {
        guard case .diff(let base, let baseStatement, _, let depth) = basis else { return nil }
        for lineage in try await lineages(of: request) {
            guard let choice = lineage.selection.admissible.first(where: { $0.sha512 == base }),
                choice.base.basis(of: base) == basis
            else { continue }
            let limit = settings.current.policy(of: lineage.source.name).diff.maxSteps
            guard depth <= limit else {
                return "the basis is \(depth) differences away from a full review, and policy allows \(limit)"
            }
            return nil
        }
        return "the statement \(baseStatement.short) is nothing that \(request.purl.text) may stand on now"
    }

    /// The sources that the job's bytes came from under its name, in the order of the configuration.
    private func lineages(of request: JobRequest) async throws(DatabaseError) -> [Lineage] {
        guard let version = request.purl.version, let line = ReleaseLine(request.filename, of: request.purl.name) else {
            return []
        }
        var lineages: [Lineage] = []
        for source in settings.current.topology.registries(of: request.purl.name.ecosystem) {
            let releases = try await history.releases(of: request.purl.name, at: source.name)
            let own = releases.first { $0.filename == request.filename && $0.sha512 == request.key.sha512 }
            guard let own else { continue }
            let (knowledge, key) = (knowledge, request.key)
            let selection = BaseSelection(
                version: version, line: line, sha512: request.key.sha512,
                candidates: releases.compactMap { BaseSelection.Candidate($0, of: request.purl.name) }
            ) { digest in
                // What other models called clean says nothing of what those of now would.
                let isByOthers = knowledge.newest(by: key.analyzer, about: digest)?.ruleset != key.ruleset
                guard key.analyzer != .aiReview || !isByOthers else { return nil }
                return knowledge.verifiedBase(by: key.analyzer, about: digest)
            }
            lineages.append(Lineage(source: source, own: own, releases: releases, selection: selection))
        }
        return lineages
    }

    /// What the best base needs and the cache gave up: its own bytes, those of the full review behind it.
    private func missing(in lineage: Lineage) -> [KnownRelease] {
        guard let choice = lineage.selection.newest else { return [] }
        let lost = Set([choice.sha512, choice.base.anchor].filter { !artifacts.contains($0) })
        return lineage.releases.filter { release in release.sha512.map(lost.contains) ?? false }
    }

    private func offer(_ name: PackageName, in lineage: Lineage) -> IncrementOffer {
        func artifact(_ digest: SHA512Digest) -> IncrementOffer.Artifact? {
            guard artifacts.contains(digest), let digests = artifacts.digests(of: digest),
                let release = lineage.releases.first(where: { $0.sha512 == digest }),
                let version = try? PackageVersion(parsing: release.versionText, ecosystem: name.ecosystem)
            else { return nil }
            return IncrementOffer.Artifact(
                digests: digests, path: artifacts.path(of: digest), purl: PackageURL(name, version: version),
                release: release)
        }
        let base = lineage.selection.choose { artifact($0) != nil }.flatMap { choice in
            guard let base = artifact(choice.sha512), let anchor = artifact(choice.base.anchor) else {
                return Result<IncrementOffer.Base, BaseSelection.Refusal>.failure(.evicted)
            }
            return .success(IncrementOffer.Base(artifact: base, anchor: anchor, standing: choice.base))
        }
        return IncrementOffer(
            base: base, own: lineage.own, limits: settings.current.policy(of: lineage.source.name).diff)
    }
}

extension BaseSelection.Candidate {
    /// Nil for what no analyzer opens, or whose version cannot be read.
    init?(_ release: KnownRelease, of name: PackageName) {
        guard let line = ReleaseLine(release.filename, of: name),
            let version = try? PackageVersion(parsing: release.versionText, ecosystem: name.ecosystem)
        else { return nil }
        self.init(
            version: version, filename: release.filename, line: line, sha512: release.sha512,
            isWithdrawn: release.isWithdrawn, isTampered: release.isTampered)
    }
}
