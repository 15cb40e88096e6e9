public import Registry

/// One package of a snapshot, found once and asked about many of its versions.
public struct KnownPackage: Sendable {
    public let name: PackageName
    private let index: AdvisoryIndex
    private let section: IndexSection
    private let place: Int

    init(name: PackageName, index: AdvisoryIndex, section: IndexSection, place: Int) {
        self.name = name
        self.index = index
        self.section = section
        self.place = place
    }

    /// The problems known of one version, ascending by id; the same as `AdvisoryIndex.matches`.
    public func matches(_ version: PackageVersion) -> [AdvisoryMatch] {
        precondition(name.ecosystem == version.ecosystem, "a version of another ecosystem")
        return index.image.withBytes { bytes in
            unsafe section.package(at: place, in: bytes).matches(version)
        }
    }

    /// All records about the package, ascending by id.
    public var advisories: [PackageAdvisory] {
        index.image.withBytes { bytes in
            let package = unsafe section.package(at: place, in: bytes)
            var result: [PackageAdvisory] = []
            package.forEachAdvisory { result.append(package.details(of: $0, name)) }
            return result
        }
    }
}

extension PackageBlob {
    /// The records about the version, aliases joined.
    func matches(_ version: PackageVersion) -> [AdvisoryMatch] {
        let position = position(of: version)
        var found: [AdvisoryBlob.Match] = []
        forEachAdvisory { advisory in
            if let match = advisory.match(position) { found.append(match) }
        }
        return found.isEmpty ? [] : AliasGroups.merge(found, versionText)
    }

    /// One of the package's records in full.
    func details(of advisory: AdvisoryBlob, _ name: PackageName) -> PackageAdvisory {
        let (labels, named, events) = advisory.details()
        let ranges = events.map { events in
            events.map { event in
                PackageAdvisory.RangeEvent(
                    kind: event.kind, version: event.boundary == 0 ? "0" : versionText(event.boundary - 1))
            }
        }
        return PackageAdvisory(
            package: name, id: labels.id, aliases: labels.aliases, isMalicious: labels.isMalicious,
            cvssTenths: labels.cvssTenths, cvssVector: labels.cvssVector, summary: labels.summary,
            modifiedSeconds: labels.modifiedSeconds, ranges: ranges, versions: named.joined().map(versionText))
    }
}
