import Cryptography
import Screening

/// What the log holds about one artifact, valid or not, as the knowledge index keeps it.
struct SubjectRecord {
    private(set) var verdicts: [StandingVerdict] = []
    private(set) var dispositions: [StandingDisposition] = []

    /// Whether a verdict that is not clean was ever logged: from then on every verdict may change a listing.
    private var wasSuspected = false

    /// Adds a logged statement.
    ///
    /// - Returns: whether it can change what a listing shows. A first clean verdict cannot: listings keep versions that
    ///   wait for analysis.
    mutating func add(_ logged: LoggedStatement, keyring: Keyring) -> Bool {
        switch logged.statement {
        case .verdict(let verdict):
            wasSuspected = wasSuspected || verdict.verdict != .clean
            verdicts.append(
                StandingVerdict(
                    verdict, statement: logged.statementID, logIndex: logged.logIndex, signer: logged.signer,
                    signerScope: keyring.key(logged.signer)?.scope ?? .standard(for: .verdict)))
            return wasSuspected
        case .disposition(let disposition):
            dispositions.append(
                StandingDisposition(
                    disposition, statement: logged.statementID, logIndex: logged.logIndex, signer: logged.signer))
            return true
        case .keyEvent, .revocation, .importReceipt, .logSuccession:
            preconditionFailure("the statement is about no artifact")
        }
    }

    /// The sequence that a signer's latest disposition has; 0 when there is none.
    func lastSequence(of signer: KeyID) -> UInt64 {
        dispositions.last { $0.signer == signer }?.sequence ?? 0
    }

    /// What still counts under `keyring`.
    func knowledge(keyring: Keyring, hasVoidKeys: Bool, revision: UInt64) -> SubjectKnowledge {
        guard hasVoidKeys else {
            return SubjectKnowledge(verdicts: verdicts, dispositions: dispositions, revision: revision)
        }
        return SubjectKnowledge(
            verdicts: verdicts.compactMap { SubjectRecord.standing($0, under: keyring) },
            dispositions: dispositions.filter { stands($0, under: keyring) }, revision: revision)
    }

    /// A verdict by a voided key: a clean one has no effect, a worse one becomes a hold until it is judged again.
    ///
    /// Spec: verdict-log, section 3.
    private static func standing(_ verdict: StandingVerdict, under keyring: Keyring) -> StandingVerdict? {
        if keyring.isValid(verdict.signer, at: verdict.logIndex) { return verdict }
        return verdict.verdict == .clean ? nil : verdict.voided
    }

    /// A ruling by a voided key counts only where it refuses: a deny, and the withdrawal of an allow.
    private func stands(_ disposition: StandingDisposition, under keyring: Keyring) -> Bool {
        if keyring.isValid(disposition.signer, at: disposition.logIndex) { return true }
        switch disposition.decision {
        case .allow: return false
        case .deny: return true
        case .withdraw:
            let target = dispositions.first { $0.statement == disposition.supersedes }
            return target?.decision == .allow
        }
    }
}
