import Advisories
import Configuration
import Platform
import Registry

/// When the sources of advisories are looked at next.
///
/// Pure: what is remembered and the moment in, the next moment out. A remembered moment that has not come was stamped by
/// a wrong clock and counts as none.
struct RefreshSchedule: Sendable, Equatable {
    let sources: [BundleSource]
    let refresh: Duration

    init(_ settings: AdvisorySettings) {
        sources = BundleSource.all(settings.sources)
        refresh = settings.refresh
    }

    init(sources: [BundleSource], refresh: Duration) {
        self.sources = sources
        self.refresh = refresh
    }

    private static let firstPause = Duration.seconds(60)
    private static let longestPause = Duration.seconds(86_400)

    /// When the first of the sources is due; nil without sources.
    ///
    /// - Parameters:
    ///   - loaded: the ecosystems that have records.
    ///   - chance: 0 up to but not 1, spreads the looks of deployments that started together.
    func next(
        after states: [Ecosystem: AdvisorySourceState], loaded: Set<Ecosystem>, now: Timestamp, chance: Double
    ) -> Timestamp? {
        sources.map { source in
            guard let state = states[source.ecosystem], state.placeDigest == source.digest,
                let attempted = state.attemptedAt, attempted <= now.adding(AdvisoryFreshness.clockTolerance)
            else { return now }
            if state.failure != nil {
                let pause = attempted.adding(backoff(state.failuresInARow) * (1 + chance / 4))
                guard let asked = state.notBefore, attempted.distance(to: asked) <= Self.longestPause else {
                    return pause
                }
                return max(pause, asked)
            }
            return loaded.contains(source.ecosystem) ? attempted.adding(refresh * (1 + chance / 10)) : now
        }.min()
    }

    /// The pause after so many failures in a row: one minute, two, four …, never longer than the usual one.
    func backoff(_ failures: Int) -> Duration {
        min(refresh, Self.firstPause * (1 << min(max(failures, 1) - 1, 12)))
    }
}
