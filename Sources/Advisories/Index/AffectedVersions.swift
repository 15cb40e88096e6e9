public import Registry

/// The versions of one package that some records are about, as stretches of the ecosystem's order.
///
/// The same versions that `AdvisoryIndex.matches` finds, for answers that say all of them at once.
/// Spec: OSV "Evaluation".
public struct AffectedVersions: Sendable {
    /// One stretch; nil is no bound. A single version is a stretch whose bounds are it.
    private struct Stretch {
        var lower: Bound?
        var upper: Bound?
    }

    private struct Bound {
        let version: PackageVersion
        let isInclusive: Bool
    }

    /// Ascending, none touching the next.
    private let stretches: [Stretch]

    /// The union of what `records`, all about one package, affect.
    public init(_ records: [PackageAdvisory]) {
        let order = VersionOrder(records)
        var isAffected = [Bool](repeating: false, count: 2 * order.versions.count + 1)
        for record in records {
            for version in record.versions { isAffected[order.position(of: version)] = true }
            for events in record.ranges {
                order.forEachAffected(by: events) { isAffected[$0] = true }
            }
        }
        var stretches: [Stretch] = []
        for (position, isHere) in isAffected.enumerated() where isHere {
            let (lower, upper) = Self.bounds(of: position, order.versions)
            if position > 0, isAffected[position - 1] {
                stretches[stretches.count - 1].upper = upper
            } else {
                stretches.append(Stretch(lower: lower, upper: upper))
            }
        }
        self.stretches = stretches
    }

    /// Odd positions are versions, even ones the gaps around them.
    private static func bounds(of position: Int, _ versions: [PackageVersion]) -> (lower: Bound?, upper: Bound?) {
        let place = position / 2
        guard position % 2 == 0 else {
            let bound = Bound(version: versions[place], isInclusive: true)
            return (bound, bound)
        }
        return (
            place == 0 ? nil : Bound(version: versions[place - 1], isInclusive: false),
            place == versions.count ? nil : Bound(version: versions[place], isInclusive: false)
        )
    }

    /// Whether the records are about this version.
    public func contains(_ version: PackageVersion) -> Bool {
        stretches.contains { stretch in
            let isAbove = stretch.lower.map { $0.isInclusive ? $0.version <= version : $0.version < version } ?? true
            return isAbove
                && stretch.upper.map { $0.isInclusive ? version <= $0.version : version < $0.version } ?? true
        }
    }

    /// The versions as an npm range, in which they fall when pre-releases count like other versions
    /// (`includePrerelease`, as npm audits); `<0.0.0-0`, which is nothing, when there are none.
    public var npmRange: String {
        guard !stretches.isEmpty else { return "<0.0.0-0" }
        return stretches.map { stretch in
            switch (stretch.lower, stretch.upper) {
            case (nil, nil): return "*"
            case (let lower?, nil): return Self.text(lower, ">")
            case (nil, let upper?): return Self.text(upper, "<")
            case (let lower?, let upper?):
                if lower.isInclusive, upper.isInclusive, lower.version == upper.version {
                    return lower.version.canonical
                }
                return "\(Self.text(lower, ">")) \(Self.text(upper, "<"))"
            }
        }
        .joined(separator: " || ")
    }

    private static func text(_ bound: Bound, _ sign: String) -> String {
        "\(sign)\(bound.isInclusive ? "=" : "")\(bound.version.canonical)"
    }
}

/// Every version that some records mention, in order, and the positions on and between them.
private struct VersionOrder {
    private(set) var versions: [PackageVersion] = []
    /// The place of each text among the versions.
    private var places: [String: Int] = [:]

    init(_ records: [PackageAdvisory]) {
        var read: [String: PackageVersion] = [:]
        for record in records {
            for text in record.versions + record.ranges.joined().map(\.version) where read[text] == nil {
                read[text] = Self.version(text, of: record.package)
            }
        }
        for version in read.values.sorted() where versions.last != version { versions.append(version) }
        var byCanonical: [String: Int] = [:]
        for (place, version) in versions.enumerated() { byCanonical[version.canonical] = place }
        places = read.compactMapValues { byCanonical[$0.canonical] }
    }

    /// "0" opens a range before every version and is one itself only where the ecosystem says so.
    private static func version(_ text: String, of package: PackageName) -> PackageVersion? {
        do throws(VersionError) {
            return try PackageVersion(parsing: text, ecosystem: package.ecosystem)
        } catch {
            precondition(text == "0", "the advisory index holds a version that cannot be read: \(error)")
            return nil
        }
    }

    func position(of text: String) -> Int {
        guard let place = places[text] else { preconditionFailure("a version that was not collected") }
        return 2 * place + 1
    }

    private func position(of event: PackageAdvisory.RangeEvent) -> Int {
        event.kind == .introduced && event.version == "0" ? 0 : position(of: event.version)
    }

    /// Calls `body` with every position that one range affects; later events override earlier ones.
    func forEachAffected(by events: [PackageAdvisory.RangeEvent], _ body: (Int) -> Void) {
        let turns = events.map { (kind: $0.kind, position: position(of: $0)) }
        for position in 0...(2 * versions.count) {
            var isAffected = false
            var isBelowLimit: Bool?
            for turn in turns {
                switch turn.kind {
                case .introduced: if position >= turn.position { isAffected = true }
                case .fixed: if position >= turn.position { isAffected = false }
                case .lastAffected: if position > turn.position { isAffected = false }
                case .limit: isBelowLimit = isBelowLimit == true || position < turn.position
                }
            }
            if isAffected, isBelowLimit ?? true { body(position) }
        }
    }
}
