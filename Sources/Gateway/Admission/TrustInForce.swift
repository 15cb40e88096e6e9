import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// The foreign logs that the configuration in force trusts.
struct TrustInForce: Sendable {
    /// In the order of the configuration.
    let logs: [TrustedLog]
    /// Another number for every other list: equal numbers, equal trust.
    let generation: UInt64
    private let byOrigin: [String: TrustedLog]

    init(_ logs: [TrustedLog], generation: UInt64) {
        self.logs = logs
        self.generation = generation
        // Origins are printable ASCII, so equal texts are equal bytes.
        byOrigin = Dictionary(logs.map { ($0.origin, $0) }, uniquingKeysWith: { first, _ in first })
    }

    var isEmpty: Bool { logs.isEmpty }

    subscript(origin: String) -> TrustedLog? { byOrigin[origin] }
}

extension TrustedLog {
    /// Whether the log counts as seen lately: it is followed, and was verified no longer ago than the trust allows.
    func isFresh(verifiedAt: Timestamp?, at moment: Timestamp) -> Bool {
        guard followURL != nil, let verifiedAt else { return false }
        return moment < verifiedAt.adding(maxCheckpointAge)
    }

    /// What a statement of this log does to `name` at a moment.
    ///
    /// - Parameter verifiedAt: when the log was seen last, while it is followed.
    /// Spec: verdict-log, section 4.
    func effect(
        of foreign: ForeignStatement, on name: PackageName, verifiedAt: Timestamp?, at moment: Timestamp
    ) -> ForeignEffect {
        guard isInForce(at: moment), accepts(foreign),
            packages.isEmpty || packages.contains(where: { $0.matches(name) })
        else { return .ignored }
        guard case .verdict(let verdict) = foreign.statement else { return .shown }
        if let analyzers, !analyzers.contains(verdict.analyzer.id) { return .ignored }
        let weight = weights.effect(of: verdict.verdict)
        switch weight {
        case .ignored, .shown, .hold: return weight
        // A key that was revoked may have accused falsely: that is for people to look at.
        case .block: return foreign.isVoid ? .hold : .block
        case .satisfy:
            // Whether what it stands on still counts there is not known here.
            guard verdict.basis == .full, foreign.cameFollowed, isFresh(verifiedAt: verifiedAt, at: moment) else {
                return .shown
            }
            return .satisfy
        }
    }
}
