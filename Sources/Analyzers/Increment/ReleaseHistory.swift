import Platform
public import Registry
import Screening

/// What listings said of a release and of its base, each when they named it first.
public struct ReleaseHistory: Sendable, Equatable {
    public let own: ReleaseFacts
    public let base: ReleaseFacts
    /// Whether the listing said otherwise of this release later.
    public let isRewritten: Bool

    public init(own: ReleaseFacts, base: ReleaseFacts, isRewritten: Bool = false) {
        self.own = own
        self.base = base
        self.isRewritten = isRewritten
    }

    private static let longSilenceSeconds: Int64 = 180 * 86_400

    /// What the rules about releases say: META-*.
    var observations: [Observation] {
        var found: [Observation] = []
        if let observation = publisherChange { found.append(observation) }
        if let observation = maintainersChange { found.append(observation) }
        if let observation = provenanceChange { found.append(observation) }
        if let released = own.publishedAt, let before = base.publishedAt {
            if released < before { found.append(.releaseOutOfOrder) }
            let silence = released.secondsSinceEpoch - before.secondsSinceEpoch
            if silence > Self.longSilenceSeconds { found.append(.releaseAfterSilence) }
        }
        if let place = own.repository, let before = base.repository, !Self.areSame(place, before) {
            found.append(.repositoryChanged)
        }
        if isRewritten { found.append(.listingRewritten) }
        return found
    }

    private var publisherChange: Observation? {
        guard let publisher = own.publisher, let before = base.publisher, !Self.areSame(publisher, before) else {
            return nil
        }
        // Where nobody is named nobody is known to be a stranger.
        let couldBefore = base.maintainers.isEmpty || base.maintainers.contains { Self.areSame($0, publisher) }
        return couldBefore ? .publisherChanged : .publisherIsStranger
    }

    private var maintainersChange: Observation? {
        guard !own.maintainers.isEmpty, !base.maintainers.isEmpty else { return nil }
        let before = Set(base.maintainers.map { Array($0.utf8) })
        let now = Set(own.maintainers.map { Array($0.utf8) })
        if before == now { return nil }
        return before.isDisjoint(with: now) ? .maintainersReplaced : .maintainersChanged
    }

    private var provenanceChange: Observation? {
        switch (base.hasProvenance, own.hasProvenance) {
        case (true, false): .provenanceLost
        case (true, nil): .provenanceUntold
        case (false, true): .provenanceGained
        case (true, true), (false, false), (false, nil), (nil, _): nil
        }
    }

    /// Names are compared as bytes: Swift takes different ones for equal.
    private static func areSame(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }
}
