import Registry

/// Which versions of a watched package are wanted, in which order, and which of their files.
///
/// Pure. The order is the ecosystem's, older first: each version then finds the one before it verified, and is reviewed by
/// what changed since.
/// Spec: docs/warming.md; rfcs/0028.
struct WarmPlan: Sendable, Equatable {
    struct Step: Sendable, Equatable {
        let version: PackageVersion
        /// In the order in which they are fetched; empty when nobody is known to want any of the version's files.
        let files: [ListedArtifact]
    }

    /// What somebody wants of a package.
    struct Wanted: Sendable, Hashable {
        let wish: VersionWish
        /// How many versions, at least one.
        let versions: Int
    }

    /// Ascending by version; each version once.
    let steps: [Step]
    /// How many versions the source lists that could be served at all.
    let knownVersions: Int

    /// - Parameters:
    ///   - latest: the version that the source itself recommends, if it does.
    ///   - choice: which of a version's files are taken.
    init(of artifacts: [ListedArtifact], wanted: [Wanted], latest: PackageVersion?, choice: WarmFiles) {
        let servable = artifacts.filter(\.kind.isServable)
        let byVersion = Dictionary(grouping: servable, by: \.version)
        let versions = byVersion.keys.sorted()
        knownVersions = versions.count
        // What its publisher took back is installed by nobody but who names it.
        let offered = versions.filter { version in byVersion[version]?.contains { !$0.isYanked } ?? false }
        var chosen: Set<PackageVersion> = []
        for one in wanted {
            chosen.formUnion(Self.versions(for: one, listed: versions, offered: offered, latest: latest))
        }
        steps = versions.filter(chosen.contains).map { version in
            Step(version: version, files: choice.files(of: byVersion[version] ?? []))
        }
    }

    private static func versions(
        for wanted: Wanted, listed: [PackageVersion], offered: [PackageVersion], latest: PackageVersion?
    ) -> [PackageVersion] {
        switch wanted.wish {
        case .newest:
            let newest = newest(wanted.versions, of: offered, withPrereleases: false)
            return newest + offered.filter { $0 == latest }
        case .exactly(let version): return listed.filter { $0 == version }
        case .from(let version):
            let later = offered.filter { $0 > version }
            return listed.filter { $0 == version }
                + newest(wanted.versions, of: later, withPrereleases: version.isPrerelease, orNothing: true)
        case .within(let range):
            return newest(
                wanted.versions, of: offered.filter(range.contains), withPrereleases: range.namesPrerelease)
        }
    }

    /// The newest of some ascending versions: of the stable ones, unless pre-releases are asked for or there is nothing else.
    private static func newest(
        _ count: Int, of versions: [PackageVersion], withPrereleases: Bool, orNothing: Bool = false
    ) -> [PackageVersion] {
        let stable = versions.filter { !$0.isPrerelease }
        let usable = withPrereleases || (stable.isEmpty && !orNothing) ? versions : stable
        return Array(usable.suffix(count))
    }
}
