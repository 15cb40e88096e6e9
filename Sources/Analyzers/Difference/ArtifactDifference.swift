public import Platform

/// Everything that one artifact has otherwise than another of the same package.
///
/// A pure function of the bytes of both and what they are called: see `ArtifactTree`, `TreeDifference` and
/// `ManifestDifference`, which it is made of.
public struct ArtifactDifference: Sendable, Equatable {
    public let base: ArtifactTree
    public let new: ArtifactTree
    public let tree: TreeDifference
    public let manifests: ManifestDifference

    public init(base: ArtifactTree, new: ArtifactTree, limits: DifferenceLimits = .standard) {
        self.base = base
        self.new = new
        tree = TreeDifference(from: base, to: new, limits: limits)
        manifests = ManifestDifference(from: base, to: new, limits: limits)
    }

    /// Reads both artifacts and compares them. Blocking; call it where the static analysis runs.
    public init(
        base: OpenFile, context baseContext: ArtifactContext, new: OpenFile, context: ArtifactContext,
        reading limits: AnalysisLimits = .standard, limits kept: DifferenceLimits = .standard
    ) {
        let before = ArtifactTree(reading: base, context: baseContext, limits: limits, keeping: kept)
        let after = ArtifactTree(reading: new, context: context, limits: limits, keeping: kept, sharing: before)
        self.init(base: before, new: after, limits: kept)
    }

    /// Whether both were read to the end, member by member; otherwise there may be more differences.
    public var isComplete: Bool { base.isComplete && new.isComplete }
    /// Whether something was too large to be told line by line or member by member.
    public var isCut: Bool { tree.isCut || manifests.isCut }
    public var isEmpty: Bool { tree.isEmpty && manifests.changes.isEmpty && isComplete }
}
