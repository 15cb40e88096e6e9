import Registry

/// One record about one package, ready to be compiled.
struct PendingAdvisory {
    let id: String
    let aliases: [String]
    let isMalicious: Bool
    let modifiedSeconds: Int64?
    let summary: String
    let score: CVSSBaseScore?
    let versions: [PackageVersion]
    let ranges: [[PendingEvent]]
}

struct PendingEvent {
    let kind: RangeEventKind
    /// Nil is before every version.
    let version: PackageVersion?
}

/// Turns a record's words into versions, and says what could not be turned.
struct AffectedReader {
    let ecosystem: Ecosystem
    private(set) var unreadable: [String] = []

    init(_ ecosystem: Ecosystem) {
        self.ecosystem = ecosystem
    }

    /// Versions that the ecosystem cannot name cannot be asked for either; leaving them out changes no answer.
    func versions(_ texts: [String]) -> [PackageVersion] {
        texts.compactMap { try? PackageVersion(parsing: $0, ecosystem: ecosystem) }
    }

    /// The ranges about versions; one with a boundary that cannot be placed is left out and remembered.
    mutating func ranges(_ ranges: [OSVRange]) -> [[PendingEvent]] {
        var readable: [[PendingEvent]] = []
        for range in ranges where range.isAboutVersions && !range.events.isEmpty {
            var events: [PendingEvent] = []
            // A limit without bound lifts all others.
            let isUnlimited = range.events.contains { $0.kind == .limit && $0.version == "*" }
            var isReadable = true
            for event in range.events where !(event.kind == .limit && isUnlimited) {
                if event.kind == .introduced && event.version == "0" {
                    events.append(PendingEvent(kind: event.kind, version: nil))
                } else if let version = boundary(event.version) {
                    events.append(PendingEvent(kind: event.kind, version: version))
                } else {
                    unreadable.append(event.version)
                    isReadable = false
                }
            }
            if isReadable { readable.append(Self.sorted(events)) }
        }
        return readable
    }

    /// Reads a boundary; records about npm sometimes leave out the minor or patch number.
    private func boundary(_ text: String) -> PackageVersion? {
        if let version = try? PackageVersion(parsing: text, ecosystem: ecosystem) { return version }
        guard ecosystem == .npm, !text.isEmpty, text.utf8.allSatisfy({ $0 == 0x2E || (0x30...0x39).contains($0) })
        else {
            return nil
        }
        return [text + ".0", text + ".0.0"].lazy.compactMap { try? PackageVersion(parsing: $0, ecosystem: .npm) }.first
    }

    /// Limits first, then ascending; events at one version keep the order their author gave them.
    private static func sorted(_ events: [PendingEvent]) -> [PendingEvent] {
        events.enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            if (one.kind == .limit) != (other.kind == .limit) { return one.kind == .limit }
            switch (one.version, other.version) {
            case (nil, nil): return left.offset < right.offset
            case (nil, .some): return true
            case (.some, nil): return false
            case (let first?, let second?):
                return first == second ? left.offset < right.offset : first < second
            }
        }.map(\.element)
    }
}

/// Writes a package's blob; see `PackageBlob` for the layout.
struct PackageCompiler {
    private var places: [String: Int] = [:]
    private var versions: [PackageVersion] = []
    private let advisories: [PendingAdvisory]

    init(_ advisories: [PendingAdvisory]) {
        self.advisories = advisories
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
        let groups = AliasGroups.groups(advisories.map { [$0.id] + $0.aliases })
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
