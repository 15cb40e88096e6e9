/// Where the parts of a packument stand in its bytes.
///
/// Versions are parallel to `Packument.artifacts`.
struct PackumentLayout: Sendable {
    /// One member of the document, in its order.
    struct Member: Sendable {
        enum Role: Sendable {
            case versions, time, distTags, policyRestrictions
            /// Copied into the full form only.
            case other
            /// Copied into both forms (`name`).
            case identity
        }

        let role: Role
        /// Name, colon and value.
        let range: Range<Int>
    }

    /// One version's manifest.
    struct Version: Sendable {
        /// The key with its quotes.
        let key: Range<Int>
        let manifest: Range<Int>
        let dist: Range<Int>
        /// The string with its quotes that becomes our address.
        let tarball: Range<Int>
        /// Members that the abbreviated form keeps, neighbours joined; into `abbreviatedRuns`.
        let abbreviated: Range<Int>
        let hasInstallScript: Bool
    }

    /// One member of `time`.
    struct Time: Sendable {
        let range: Range<Int>
        /// The version it is the time of; nil for `created` and the like.
        let version: Int?
    }

    let members: [Member]
    let versions: [Version]
    let abbreviatedRuns: [Range<Int>]
    let times: [Time]
    /// The string of `modified` with its quotes, for the abbreviated form.
    let modified: Range<Int>?

    init(scan: PackumentScan, kept: [ScannedVersion], droppedVersions: Set<String>) {
        var runs: [Range<Int>] = []
        versions = kept.map { version in
            let start = runs.count
            runs += version.abbreviatedRuns
            return Version(
                key: version.key, manifest: version.manifest, dist: version.dist, tarball: version.tarball,
                abbreviated: start..<runs.count, hasInstallScript: version.hasInstallScript)
        }
        abbreviatedRuns = runs
        let places = Dictionary(kept.enumerated().map { ($1.text, $0) }, uniquingKeysWith: { first, _ in first })
        times = scan.timeMembers.compactMap { member in
            droppedVersions.contains(member.name) && places[member.name] == nil
                ? nil : Time(range: member.range, version: places[member.name])
        }
        members = scan.members
        modified = scan.modified
    }
}
