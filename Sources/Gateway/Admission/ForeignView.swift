import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// What foreign logs say, as much as each of them is trusted at one moment.
struct ForeignView: Sendable {
    private let knowledge: ForeignKnowledge
    private let trust: TrustInForce
    private let now: Timestamp
    /// When each trusted log was seen last; only of logs whose age matters.
    private let verifiedAt: [String: Timestamp]
    let stamp: ForeignStamp

    /// Nil while no log is trusted: then no decision pays for the possibility.
    init?(_ knowledge: ForeignKnowledge, under trust: TrustInForce, _ splitViews: SplitViews, at now: Timestamp) {
        guard !trust.isEmpty else { return nil }
        // Taken before anything is looked up: what comes meanwhile makes the stamp too old, never the answer.
        let epoch = knowledge.epoch
        var verifiedAt: [String: Timestamp] = [:]
        var standing: [ForeignStamp.Standing] = []
        for log in trust.logs {
            // A log with two histories never counts as seen: nothing shows that what it left out of one is in the other.
            let isAgeing =
                log.followURL != nil && log.weights.clean == .satisfy && !splitViews.contains(log.origin)
            let moment = isAgeing ? knowledge.lastVerifiedAt(log.origin) : nil
            verifiedAt[log.origin] = moment
            standing.append(
                !log.isInForce(at: now) ? .ended : log.isFresh(verifiedAt: moment, at: now) ? .fresh : .present)
        }
        self.knowledge = knowledge
        self.trust = trust
        self.now = now
        self.verifiedAt = verifiedAt
        stamp = ForeignStamp(epoch: epoch, trust: trust.generation, standing: standing)
    }

    /// What trusted logs say of these bytes under a name; statements that have no effect of any kind are left out.
    func opinions(about digest: SHA512Digest, of name: PackageName) -> [ForeignOpinion] {
        knowledge.about(digest).compactMap { foreign in
            guard let log = trust[foreign.origin] else { return nil }
            let verifiedAt = verifiedAt[log.origin]
            let effect = log.effect(of: foreign, on: name, verifiedAt: verifiedAt, at: now)
            guard effect != .ignored else { return nil }
            let staleAt = effect == .satisfy ? verifiedAt?.adding(log.maxCheckpointAge) : nil
            let moments = [log.expiresAt, staleAt].compactMap(\.self).filter { $0 > now }
            return ForeignOpinion(foreign: foreign, effect: effect, changesAt: moments.min())
        }
    }
}

/// What a foreign log says of an artifact, with what that does here and now.
struct ForeignOpinion: Sendable, Equatable {
    let foreign: ForeignStatement
    let effect: ForeignEffect
    /// When time alone gives it another effect.
    let changesAt: Timestamp?

    /// The verdict as decisions see it; nil for a ruling, which never acts here, and for a clean one from a file alone:
    /// it would take the place of what the same log said before, and whoever carried the file may have left out that
    /// its key is revoked.
    var standing: StandingVerdict? {
        guard case .verdict(let verdict) = foreign.statement else { return nil }
        guard verdict.verdict != .clean || foreign.cameFollowed else { return nil }
        return StandingVerdict(
            verdict, statement: foreign.statementID, logIndex: foreign.logIndex, signer: foreign.signer,
            signerScope: foreign.signerScope, source: .foreign(origin: foreign.origin, effect: effect))
    }
}

/// Equal stamps, equal opinions: the foreign part of what decisions were made from.
struct ForeignStamp: Equatable, Sendable {
    /// Whether trust in one log counts, which time alone changes.
    enum Standing: Equatable, Sendable {
        case ended
        case present
        /// Seen so lately that its clean verdicts may satisfy.
        case fresh
    }

    let epoch: UInt64
    let trust: UInt64
    let standing: [Standing]
}
