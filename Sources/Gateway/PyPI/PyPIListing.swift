import Registry

/// A project page as the gateway's core sees it.
struct PyPIListing: Listing {
    let page: ProjectPage

    static let json = Representation(name: "json", contentType: "application/vnd.pypi.simple.v1+json")
    /// The same page as `html`, under its precise media type.
    static let versionedHTML = Representation(
        name: "versioned-html", contentType: "application/vnd.pypi.simple.v1+html")
    static let html = Representation(name: "html", contentType: "text/html; charset=utf-8")

    var artifacts: [ListedArtifact] { page.artifacts }
    var dropped: [DroppedEntry] { page.dropped }

    func rendered(_ representation: Representation, _ plan: ListingPlan) -> [UInt8]? {
        let plan = Self.pagePlan(plan, project: page.name, artifacts: artifacts)
        switch representation {
        case Self.json: return page.renderedJSON(plan)
        case Self.html, Self.versionedHTML: return page.renderedHTML(plan)
        default: return nil
        }
    }

    func artifact(selectedBy selector: VersionSelector, refused: Set<String>) -> ListedArtifact? { nil }

    func manifest(of artifact: ListedArtifact, registryBase: String) -> [UInt8]? { nil }

    /// Files are addressed below the source's own registry, whatever address the page was asked for at.
    static func pagePlan(_ plan: ListingPlan, project: PackageName, artifacts: [ListedArtifact]) -> ProjectPagePlan {
        let refusals = artifacts.compactMap { plan.refused[$0.filename] }
        let isWhollyMalicious =
            !artifacts.isEmpty && refusals.count == artifacts.count
            && refusals.allSatisfy(\.isMalicious)
        return ProjectPagePlan(
            fileBase: "\(plan.sourceBase)/files/\(project.canonical)",
            refused: plan.refused.mapValues { .init(reason: $0.yankedReason, isMalicious: $0.isMalicious) },
            quarantineReason: isWhollyMalicious ? refusals.first?.yankedReason : nil)
    }
}
