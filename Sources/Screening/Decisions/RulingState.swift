public import Platform
import Registry

/// What has become of an operator's allow or deny.
///
/// Worked out from the same facts and by the same functions as decisions. It says whether the ruling itself acts, not
/// what happens to the artifact: a name that is reserved or bytes that changed are refused whatever was allowed.
public enum RulingState: Sendable, Equatable {
    case active
    /// It would act, but these denials do instead.
    case overruled(by: [StatementID])
    /// An allow that does not cover what came after it: worse verdicts, or malicious advisories by their ids.
    case reopened(by: [StatementID], advisories: [String])
    case expired(at: Timestamp)
    case superseded(by: StatementID)
    case withdrawn(by: StatementID)
    /// It counts for nothing: its key was revoked, or it was itself.
    case void

    /// The state of `ruling` wherever it acts most: with several registries in its scope, that of the best of them.
    ///
    /// - Parameters:
    ///   - ruling: an allow or a deny.
    ///   - input: what is known of the artifact under the name that the ruling is for. Its registry stands for those
    ///     that no disposition names.
    public init(of ruling: StandingDisposition, in input: DecisionInput) {
        guard input.dispositions.contains(where: { $0.statement == ruling.statement }) else {
            self = .void
            return
        }
        let named = Set(input.dispositions.flatMap(\.registries))
        let places = ruling.registries.isEmpty ? named.union([input.registry]) : Set(ruling.registries)
        let states = places.sorted { $0.text < $1.text }.map { place in
            var local = input
            local.registry = place
            return RulingState(of: ruling, under: DecisionFacts(local))
        }
        self = states.min { $0.rank < $1.rank } ?? .void
    }

    /// The state at one registry, which is in the ruling's scope.
    private init(of ruling: StandingDisposition, under facts: DecisionFacts) {
        if facts.acting.contains(ruling) {
            self = Self.acting(ruling, under: facts)
            return
        }
        let inScope = facts.inScope
        let isReplaced = DecisionFacts.isReplaced(ruling, among: inScope, now: facts.input.now)
        let replacements = DecisionFacts.replacements(of: ruling, among: inScope)
        if isReplaced, let last = replacements.max(by: { $0.logIndex < $1.logIndex }) {
            self = last.decision == .withdraw ? .withdrawn(by: last.statement) : .superseded(by: last.statement)
        } else if let end = ruling.expiresAt, end <= facts.input.now {
            self = .expired(at: end)
        } else {
            // Its name is not the one that the facts are about.
            self = .void
        }
    }

    private static func acting(_ ruling: StandingDisposition, under facts: DecisionFacts) -> RulingState {
        guard ruling.decision == .allow else { return .active }
        let verdicts = facts.uncoveredVerdicts(ruling)
        let advisories = facts.uncoveredAdvisories(ruling)
        guard verdicts.isEmpty, advisories.isEmpty else {
            return .reopened(by: verdicts.map(\.statement), advisories: advisories.map(\.id))
        }
        let denials = facts.acting.filter { $0.decision == .deny }
        return denials.isEmpty ? .active : .overruled(by: denials.map(\.statement))
    }

    /// Whether the ruling does what it says now.
    public var isActive: Bool { self == .active }

    /// The state in one word, as lists show it.
    public var word: String {
        switch self {
        case .active: "active"
        case .overruled: "overruled"
        case .reopened: "re-opened"
        case .expired: "expired"
        case .superseded: "superseded"
        case .withdrawn: "withdrawn"
        case .void: "void"
        }
    }

    private var rank: Int {
        switch self {
        case .active: 0
        case .overruled: 1
        case .reopened: 2
        case .expired: 3
        case .superseded: 4
        case .withdrawn: 5
        case .void: 6
        }
    }
}
