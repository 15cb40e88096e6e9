import Advisories
public import Platform
import Registry

/// What the process that refreshes advisories is about to do.
public struct AdvisoryRefreshPlan: Sendable, Equatable {
    /// When the next look at the sources is due; nil when nobody looks.
    public var nextAt: Timestamp?
    /// Whether a look is under way.
    public var isRunning: Bool

    public init(nextAt: Timestamp? = nil, isRunning: Bool = false) {
        self.nextAt = nextAt
        self.isRunning = isRunning
    }
}

/// What is known of the advisories beside what they say: how old they are, where they come from, what went wrong.
struct AdvisoryStanding: Sendable {
    /// What is remembered of each source.
    var sources: [Ecosystem: AdvisorySourceState] = [:]
    /// Why the snapshot that is installed is not the one in use; nil when it is.
    var problem: String?
    /// Why nothing is remembered of the sources although something was written.
    var memoryProblem: String?
    /// Records in force, by ecosystem.
    var records: [Ecosystem: Int] = [:]
    /// How fresh each ecosystem's records are, for a limit.
    var freshness: @Sendable (Ecosystem, Timestamp, Duration) -> AdvisoryFreshness = { _, _, _ in .neverLoaded }

    /// What went wrong at a source that is configured; what is remembered of another place does not count.
    func failure(of ecosystem: Ecosystem, _ configuration: ConfigurationInForce) -> AdvisorySourceState? {
        guard let state = sources[ecosystem], state.failure != nil,
            state.place == configuration.configuration.advisoryPlaces[ecosystem]
        else { return nil }
        return state
    }
}

/// Sentences about the age of advisories, the same wherever somebody reads of it.
enum AdvisoryAge {
    /// `12 s`, `40 min`, `3 h`, `9 days`.
    static func text(seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(max(0, seconds)) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) days"
        }
    }

    /// Why records of that age are not relied on; a negative age is a confirmation that lies in the future.
    static func staleness(seconds: Int64) -> String {
        seconds >= 0
            ? "they were last confirmed \(text(seconds: seconds)) ago"
            : "their last confirmation bears a time \(text(seconds: 0 - seconds)) from now: a clock is wrong"
    }
}
