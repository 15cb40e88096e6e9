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
        // How many runs begin at each position, less those that end there: a record may have a hundred thousand of them.
        var changes = [Int](repeating: 0, count: order.positionCount + 1)
        func add(_ run: Range<Int>) {
            changes[run.lowerBound] += 1
            changes[run.upperBound] -= 1
        }
        for record in records {
            for version in record.versions {
                let position = order.position(of: version)
                add(position..<(position + 1))
            }
            for events in record.ranges { order.forEachRun(affectedBy: events, add) }
        }
        var stretches: [Stretch] = []
        var (depth, wasAffected) = (0, false)
        for position in 0..<order.positionCount {
            depth += changes[position]
            if depth > 0 {
                let (lower, upper) = Self.bounds(of: position, order.versions)
                if wasAffected {
                    stretches[stretches.count - 1].upper = upper
                } else {
                    stretches.append(Stretch(lower: lower, upper: upper))
                }
            }
            wasAffected = depth > 0
        }
        self.stretches = stretches
    }

    /// Whether every version is affected, whatever it is.
    public var isEverything: Bool {
        stretches.count == 1 && stretches[0].lower == nil && stretches[0].upper == nil
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

    /// The places that the versions and the gaps around them take.
    var positionCount: Int { 2 * versions.count + 1 }

    /// Calls `body` with every run of positions that one range affects; later events override earlier ones.
    func forEachRun(affectedBy events: [PackageAdvisory.RangeEvent], _ body: (Range<Int>) -> Void) {
        var turns: [(first: Int, place: Int, isAffected: Bool)] = []
        var limit: Int?
        for (place, event) in events.enumerated() {
            let position = position(of: event)
            switch event.kind {
            case .introduced: turns.append((position, place, true))
            case .fixed: turns.append((position, place, false))
            case .lastAffected: turns.append((position + 1, place, false))
            case .limit: limit = max(limit ?? 0, position)
            }
        }
        turns.sort { ($0.first, $0.place) < ($1.first, $1.place) }
        let end = min(limit ?? positionCount, positionCount)
        // Of the events that a position has passed, the last one that its author wrote says what it is.
        var (last, start) = (-1, Int?.none)
        for turn in turns where turn.place > last {
            last = turn.place
            if turn.isAffected {
                start = start ?? turn.first
            } else if let begun = start {
                if begun < min(turn.first, end) { body(begun..<min(turn.first, end)) }
                start = nil
            }
        }
        if let start, start < end { body(start..<end) }
    }
}
