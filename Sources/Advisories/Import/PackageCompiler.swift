import Registry

/// Writes a package's blob; see `PackageBlob` for the layout.
struct PackageCompiler {
    private var places: [String: Int] = [:]
    private var versions: [PackageVersion] = []
    private let advisories: [PendingAdvisory]

    init(_ advisories: [PendingAdvisory]) {
        self.advisories = advisories
        guard advisories.contains(where: \.mentionsVersions) else { return }
        var unique: [String: PackageVersion] = [:]
        for advisory in advisories {
            for version in advisory.versions where unique[version.canonical] == nil {
                unique[version.canonical] = version
            }
            for version in advisory.ranges.joined().compactMap(\.version) where unique[version.canonical] == nil {
                unique[version.canonical] = version
            }
        }
        versions = unique.values.sorted()
        for (place, version) in versions.enumerated() { places[version.canonical] = place }
    }

    func append(to output: inout [UInt8]) {
        output.append(littleEndian: UInt32(versions.count))
        var end: UInt32 = 0
        for version in versions {
            end += UInt32(version.text.utf8.count)
            output.append(littleEndian: end)
        }
        for version in versions { output.append(contentsOf: version.text.utf8) }
        output.append(varint: advisories.count)
        let groups = advisories.count == 1 ? [0] : AliasGroups.groups(advisories.map { [$0.id] + $0.aliases })
        for (advisory, group) in zip(advisories, groups) {
            let encoded = encode(advisory, group)
            output.append(varint: encoded.count)
            output += encoded
        }
    }

    private func encode(_ advisory: PendingAdvisory, _ group: Int) -> [UInt8] {
        var output: [UInt8] = []
        let flags: UInt8 =
            (advisory.isMalicious ? 1 : 0) | (advisory.score != nil ? 2 : 0) | (advisory.modifiedSeconds != nil ? 4 : 0)
        output.append(flags)
        output.append(varint: group)
        appendRuns(advisory.versions, to: &output)
        output.append(varint: advisory.ranges.count)
        for events in advisory.ranges {
            output.append(varint: events.count)
            for event in events {
                output.append(event.kind.rawValue)
                output.append(varint: event.version.map { place($0) + 1 } ?? 0)
            }
        }
        if let score = advisory.score { output.append(UInt8(score.tenths)) }
        if let modified = advisory.modifiedSeconds { output.append(littleEndian: modified) }
        output.append(text: advisory.id)
        output.append(varint: advisory.aliases.count)
        for alias in advisory.aliases { output.append(text: alias) }
        output.append(text: advisory.summary)
        output.append(text: advisory.score?.vector ?? "")
        return output
    }

    private func appendRuns(_ named: [PackageVersion], to output: inout [UInt8]) {
        var runs: [Range<Int>] = []
        for place in Set(named.map(place)).sorted() {
            if let last = runs.last, last.upperBound == place {
                runs[runs.count - 1] = last.lowerBound..<(place + 1)
            } else {
                runs.append(place..<(place + 1))
            }
        }
        output.append(varint: runs.count)
        var at = 0
        for run in runs {
            output.append(varint: run.lowerBound - at)
            output.append(varint: run.count - 1)
            at = run.upperBound
        }
    }

    private func place(_ version: PackageVersion) -> Int {
        guard let place = places[version.canonical] else { preconditionFailure("a version that was not collected") }
        return place
    }
}

extension PendingAdvisory {
    fileprivate var mentionsVersions: Bool {
        !versions.isEmpty || ranges.contains { $0.contains { $0.version != nil } }
    }
}
