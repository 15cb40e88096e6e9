import Registry

/// A packument as the gateway's core sees it.
struct NPMListing: Listing {
    let packument: Packument

    /// `application/json`: everything.
    static let full = Representation(name: "full", contentType: "application/json")
    /// What installers ask for; `time` is kept, which the public registry leaves out.
    static let abbreviated = Representation(
        name: "abbreviated", contentType: "application/vnd.npm.install-v1+json")

    var artifacts: [ListedArtifact] { packument.artifacts }
    var dropped: [DroppedEntry] { packument.dropped }

    func rendered(_ representation: Representation, _ plan: ListingPlan) -> [UInt8]? {
        let form: PackumentPlan.Form
        switch representation {
        case Self.full: form = .full
        case Self.abbreviated: form = .abbreviated
        default: return nil
        }
        return packument.rendered(
            PackumentPlan(
                form: form, refused: refusedVersions(plan), tarballBase: plan.registryBase,
                restrictionMessage: plan.restrictionMessage))
    }

    /// A version in any spelling, or the version that a tag points to for clients; a tag whose version is refused leads
    /// to that version, so that its refusal is shown and not a 404.
    func artifact(selectedBy selector: VersionSelector, refused: Set<String>) -> ListedArtifact? {
        switch selector {
        case .version(let version): return packument.artifact(version: version)
        case .tag(let tag):
            let refusedVersions = Dictionary(
                artifacts.filter { refused.contains($0.filename) }.map { ($0.versionText, "") },
                uniquingKeysWith: { first, _ in first })
            let shown = packument.distTags(refusing: refusedVersions).first { $0.tag == tag }
            let declared = packument.distTags.first { $0.tag == tag }
            return (shown ?? declared).flatMap { packument.artifact(versionText: $0.versionText) }
        }
    }

    func manifest(of artifact: ListedArtifact, registryBase: String) -> [UInt8]? {
        packument.manifest(of: artifact.versionText, tarballBase: registryBase)
    }

    private func refusedVersions(_ plan: ListingPlan) -> [String: String] {
        Dictionary(
            plan.refused.values.map { ($0.versionText, $0.sentence) }, uniquingKeysWith: { first, _ in first })
    }
}
