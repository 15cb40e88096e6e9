import Cryptography
import Registry
import Screening

/// What the log holds about one artifact, valid or not, as the knowledge index keeps it.
struct SubjectRecord {
    /// A verdict and the place of its origin in the index's table: most verdicts share one of a few.
    private struct KeptVerdict {
        let standing: StandingVerdict
        let origin: Int32
        /// Whether its basis is a difference, so that it counts only as long as what it stands on.
        let isLink: Bool
    }

    private var verdicts: [KeptVerdict] = []
    private var dispositions: [StandingDisposition] = []

    /// Whether a verdict that is not clean was ever logged: from then on every verdict may change a listing.
    private var wasSuspected = false
    /// Whether a verdict that says malicious was ever logged.
    private(set) var wasAccused = false

    /// Adds a logged statement.
    ///
    /// - Returns: whether it can change what a listing shows. A first clean verdict cannot: listings keep versions that
    ///   wait for analysis.
    mutating func add(_ logged: LoggedStatement, keyring: Keyring, origins: inout OriginTable) -> Bool {
        switch logged.statement {
        case .verdict(let verdict):
            wasSuspected = wasSuspected || verdict.verdict != .clean
            wasAccused = wasAccused || verdict.verdict == .malicious
            let standing = StandingVerdict(
                verdict, statement: logged.statementID, logIndex: logged.logIndex, signer: logged.signer,
                signerScope: keyring.key(logged.signer)?.scope ?? .standard(for: .verdict))
            verdicts.append(
                KeptVerdict(
                    standing: standing, origin: origins.place(of: VerdictOrigin(verdict.analyzer)),
                    isLink: verdict.basis != .full))
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

    /// The names under which verdicts that are about a name were made.
    var coordinates: [PackageURL] {
        verdicts.flatMap { kept in
            switch kept.standing.appliesTo {
            case .bytes: [] as [PackageURL]
            case .coordinates(let purls): purls
            }
        }
    }

    /// Those of these statements that are verdicts about the artifact.
    func verdicts(among ids: Set<StatementID>) -> [StatementID] {
        verdicts.map(\.standing.statement).filter(ids.contains)
    }

    // MARK: What counts

    func knowledge(under authority: Authority, revision: UInt64) -> SubjectKnowledge {
        guard authority.takesAnythingBack else {
            return SubjectKnowledge(
                verdicts: verdicts.map(\.standing), dispositions: dispositions, revision: revision)
        }
        return SubjectKnowledge(
            verdicts: verdicts.compactMap { standing($0, under: authority) },
            dispositions: dispositions.filter { stands($0, under: authority) }, revision: revision)
    }

    /// Whether an analyzer's verdict was taken back or voided and none that counts has taken its place.
    func hasLapsed(under authority: Authority) -> Bool {
        let standing = verdicts.map { self.standing($0, under: authority) }
        return zip(verdicts, standing).contains { kept, now in
            if let now, !now.isVoid { return false }
            return !standing.contains { newer in
                guard let newer, !newer.isVoid, newer.analyzer == kept.standing.analyzer else { return false }
                // A verdict that was never said leaves the older ones in their places, a doubted one does not.
                let isInPlace = now == nil || newer.logIndex > kept.standing.logIndex
                return isInPlace && newer.appliesTo.includes(kept.standing.appliesTo)
            }
        }
    }

    /// The newest verdict of an analyzer that counts, and by which rules it was made.
    func newest(by analyzer: AnalyzerID, under authority: Authority) -> (StandingVerdict, ruleset: SHA256Digest)? {
        for kept in verdicts.reversed() where kept.standing.analyzer == analyzer {
            guard let standing = standing(kept, under: authority), !standing.isVoid else { continue }
            return (standing, authority.origins[kept.origin].ruleset)
        }
        return nil
    }

    // MARK: What others stand on

    /// A verdict about the artifact, whether it counts or not.
    func verdict(_ id: StatementID) -> StandingVerdict? { verdicts.first { $0.standing.statement == id }?.standing }

    /// Whether a verdict about the artifact counts.
    func standing(of id: StatementID, under authority: Authority) -> StatementStanding {
        guard let kept = verdicts.first(where: { $0.standing.statement == id }) else { return .revoked }
        return standing(of: kept, under: authority)
    }

    /// Whether a verdict says that the bytes are malicious which was not revoked and which no later verdict of its analyzer
    /// about whole bytes has replaced.
    ///
    /// One by a voided key counts here: until somebody judged again, nothing should stand on these bytes. It asks nothing
    /// about chains, so that chains can ask it.
    func isAccused(under authority: Authority) -> Bool {
        guard wasAccused else { return false }
        return verdicts.contains { kept in
            let accusing = kept.standing
            guard accusing.verdict == .malicious,
                !authority.revocations.takesBack(accusing, by: authority.origins[kept.origin])
            else { return false }
            return !verdicts.contains { later in
                let newer = later.standing
                return !later.isLink && newer.logIndex > accusing.logIndex && newer.analyzer == accusing.analyzer
                    && newer.signerScope == accusing.signerScope && newer.verdict != .malicious
                    && newer.appliesTo.includes(accusing.appliesTo) && standing(of: later, under: authority) == .stands
            }
        }
    }

    /// The newest verdict of an analyzer that counts, when it says clean of the bytes whatever they are called.
    func cleanBase(by analyzer: AnalyzerID, under authority: Authority) -> StatementID? {
        for kept in verdicts.reversed() where kept.standing.analyzer == analyzer {
            // What was never said leaves the older ones in their places; what is doubted does not.
            guard let standing = standing(kept, under: authority) else { continue }
            return standing.isVoid || standing.verdict != .clean || standing.appliesTo != .bytes
                ? nil : standing.statement
        }
        return nil
    }

    /// The clean verdicts that were revoked one by one and whose place no clean verdict has taken.
    func lostVerdicts(under authority: Authority) -> [StandingVerdict] {
        let counting = verdicts.compactMap { standing($0, under: authority) }.filter { !$0.isVoid }
        return verdicts.map(\.standing).filter { lost in
            lost.verdict == .clean && authority.revocations.takesBack(byName: lost)
                && !counting.contains { other in
                    other.verdict == .clean && other.analyzer == lost.analyzer
                        && other.appliesTo.includes(lost.appliesTo)
                }
        }
    }

    /// A verdict that was revoked was never said. One by a voided key, or one that what it stands on no longer holds: a
    /// clean one has no effect, a worse one becomes a hold until it is judged again.
    ///
    /// Spec: verdict-log, section 3.
    private func standing(_ kept: KeptVerdict, under authority: Authority) -> StandingVerdict? {
        let verdict = kept.standing
        switch standing(of: kept, under: authority) {
        case .stands: return verdict
        case .revoked: return nil
        case .void, .unsound: return verdict.verdict == .clean ? nil : verdict.voided
        }
    }

    private func standing(of kept: KeptVerdict, under authority: Authority) -> StatementStanding {
        let verdict = kept.standing
        if authority.revocations.takesBack(verdict, by: authority.origins[kept.origin]) { return .revoked }
        guard authority.keyring.isValid(verdict.signer, at: verdict.logIndex) else { return .void }
        return kept.isLink && authority.chains.faults[verdict.statement] != nil ? .unsound : .stands
    }

    /// A ruling by a voided or revoked key counts only where it refuses: a deny, and the withdrawal of an allow.
    private func stands(_ disposition: StandingDisposition, under authority: Authority) -> Bool {
        if authority.revocations.takesBack(disposition) { return false }
        let isGood =
            authority.keyring.isValid(disposition.signer, at: disposition.logIndex)
            && !authority.revocations.isRevoked(key: disposition.signer)
        if isGood { return true }
        switch disposition.decision {
        case .allow: return false
        case .deny: return true
        case .withdraw:
            let target = dispositions.first { $0.statement == disposition.supersedes }
            return target?.decision == .allow
        }
    }
}

/// The keys and revocations that say what of a log counts, as of its last entry.
struct Authority {
    private(set) var keyring = Keyring()
    private(set) var revocations = RevocationBook()
    var origins = OriginTable()
    private var hasVoidKeys = false
    var chains = ChainBook()

    /// Whether anything in the log may be void or revoked; while false, everything counts.
    var takesAnythingBack: Bool { hasVoidKeys || !revocations.isEmpty || !chains.faults.isEmpty }

    mutating func replace(_ keyring: Keyring) {
        guard keyring != self.keyring else { return }
        self.keyring = keyring
        hasVoidKeys = keyring.keys.contains { $0.invalidFrom != nil }
        revocations.recount(with: keyring)
    }

    mutating func add(_ revocation: RevocationStatement, _ logged: LoggedStatement) {
        revocations.add(revocation, at: logged.logIndex, signers: logged.signers, keyring: keyring)
    }
}

/// The few origins that many verdicts have, each once.
struct OriginTable {
    private var places: [VerdictOrigin: Int32] = [:]
    private var origins: [VerdictOrigin] = []

    subscript(place: Int32) -> VerdictOrigin { origins[Int(place)] }

    mutating func place(of origin: VerdictOrigin) -> Int32 {
        if let place = places[origin] { return place }
        let place = Int32(origins.count)
        places[origin] = place
        origins.append(origin)
        return place
    }
}
