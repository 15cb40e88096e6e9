public import Cryptography
import Platform
public import Registry
public import Screening

/// What the log says about each artifact, in memory: the decision's inputs without a hop and without a disk.
///
/// It holds what is durable and nothing else: the sequencer adds a statement right after its COMMIT returned. Reading
/// takes a lock for some nanoseconds. It is derived from the entries alone, never from the database's index of them.
public final class KnowledgeIndex: Sendable {
    /// What the lock guards.
    struct State {
        var subjects: [SHA512Digest: SubjectRecord] = [:]
        var revisions: [SHA512Digest: UInt64] = [:]
        var authority = Authority()
        /// The revision that every subject has at least: raised by key events and revocations, which may touch all.
        var authorityRevision: UInt64 = 0
        var nextRevision: UInt64 = 1
        var listingEpoch: UInt64 = 0
        var waiters: [SHA512Digest: [UInt64: CheckedContinuation<Void, Never>]] = [:]
        var nextWaiter: UInt64 = 0
        var flags = FlagBook()
    }

    private let state = Lock(State())

    /// Looks at everything as of one moment.
    func withState<Result>(_ body: (State) -> Result) -> Result { state.withLock { body($0) } }

    init() {}

    /// Everything the log says about the bytes with that digest.
    public func about(_ digest: SHA512Digest) -> SubjectKnowledge {
        state.withLock { $0.about(digest) }
    }

    /// Everything the log says about each of these, in their order, as of one moment.
    public func batch(_ digests: [SHA512Digest]) -> [SubjectKnowledge] {
        state.withLock { state in digests.map { state.about($0) } }
    }

    /// Grows when something was logged that can change a listing: a verdict that is not clean, any verdict after one,
    /// a disposition, a key event, a revocation. The first clean verdicts of an artifact leave it as it is.
    public var listingEpoch: UInt64 { state.withLock { $0.listingEpoch } }

    /// How many artifacts the log speaks about.
    public var subjectCount: Int { state.withLock { $0.subjects.count } }

    /// The keys as of the last statement that was added.
    public var keyring: Keyring { state.withLock { $0.authority.keyring } }

    /// Whether verdicts by these rules count for nothing, whoever made them.
    public func isRevoked(ruleset: SHA256Digest) -> Bool {
        state.withLock { $0.authority.revocations.isRevoked(ruleset: ruleset) }
    }

    /// Whether verdicts of this version of an analyzer count for nothing, whoever made them.
    public func isRevoked(analyzer: AnalyzerID, version: String) -> Bool {
        state.withLock { $0.authority.revocations.isRevoked(analyzer: analyzer, version: version) }
    }

    /// Whether a revocation took back everything that this key says.
    public func isRevoked(key: KeyID) -> Bool {
        state.withLock { $0.authority.revocations.isRevoked(key: key) }
    }

    /// Whether a verdict of this revision counts for nothing wherever it is made.
    public func isRevoked(_ revision: AnalyzerRevision) -> Bool {
        isRevoked(ruleset: revision.ruleset.digest) || isRevoked(analyzer: revision.id, version: revision.version)
    }

    /// The artifacts that the log speaks about, ascending; for rescans.
    public func subjects() -> [SHA512Digest] { state.withLock { Array($0.subjects.keys) }.sorted() }

    /// The artifacts of which a verdict was revoked or is void and none that counts has taken its place, ascending.
    public func lapsedSubjects() -> [SHA512Digest] {
        guard state.withLock({ $0.authority.takesAnythingBack }) else { return [] }
        let all = subjects()
        var lapsed: [SHA512Digest] = []
        // In pieces, so that decisions never wait for a look at the whole log.
        for start in stride(from: 0, to: all.count, by: Self.subjectsAtOnce) {
            let piece = all[start..<min(start + Self.subjectsAtOnce, all.count)]
            lapsed += state.withLock { state in
                piece.filter { state.subjects[$0]?.hasLapsed(under: state.authority) ?? false }
            }
        }
        return lapsed
    }

    /// Every artifact that an analyzer has judged, with its newest verdict that counts and the rules it was made by, ascending.
    public func judged(by analyzer: AnalyzerID) -> [JudgedSubject] {
        let all = subjects()
        var judged: [JudgedSubject] = []
        for start in stride(from: 0, to: all.count, by: Self.subjectsAtOnce) {
            let piece = all[start..<min(start + Self.subjectsAtOnce, all.count)]
            judged += state.withLock { state in piece.compactMap { state.newest(by: analyzer, about: $0) } }
        }
        return judged
    }

    /// The newest verdict of an analyzer about an artifact that counts; nil when there is none.
    public func newest(by analyzer: AnalyzerID, about digest: SHA512Digest) -> JudgedSubject? {
        state.withLock { $0.newest(by: analyzer, about: digest) }
    }

    /// The flagged artifacts that the log saw under a name, in the order in which they were flagged.
    ///
    /// A look into a map of the few that are flagged, except once after a revocation: then all artifacts are gone through
    /// for the one that the revoked statement is about. Not for an event loop.
    public func flagged(_ name: PackageName) -> [FlaggedSubject] {
        placeRevocations()
        return state.withLock { state in state.flags.subjects(named: name).map { state.flagged($0) } }
    }

    /// The flagged artifacts of which a malicious or lost verdict has an id that begins with these bytes, ascending.
    public func flagged(statementPrefix: [UInt8]) -> [FlaggedSubject] {
        placeRevocations()
        return state.withLock { state in state.flags.subjects(ofStatement: statementPrefix).map { state.flagged($0) } }
    }

    private func placeRevocations() {
        let wanted = state.withLock { $0.flags.unplaced }
        guard !wanted.isEmpty else { return }
        let all = state.withLock { Array($0.subjects.keys) }
        for start in stride(from: 0, to: all.count, by: Self.subjectsAtOnce) {
            let piece = all[start..<min(start + Self.subjectsAtOnce, all.count)]
            state.withLock { state in
                for digest in piece { state.placeRevocations(wanted, of: digest) }
            }
        }
        // What is added meanwhile is compared with every revocation when it comes.
        state.withLock { $0.flags.giveUp(on: wanted) }
    }

    private static let subjectsAtOnce = 1024

    /// Suspends until what `about` says of `digest` has another revision than `revision`, or the task is cancelled.
    ///
    /// Returns at once when it has already, so that nothing logged between a look and a wait is slept through.
    public func waitForChange(of digest: SHA512Digest, after revision: UInt64) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // Asked inside the lock: a cancellation that comes later finds the waiter in its place.
                    if Task.isCancelled || state.revision(of: digest) != revision { return true }
                    state.waiters[digest, default: [:]][number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let continuation = state.withLock { $0.takeWaiter(number, of: digest) }
            continuation?.resume()
        }
    }

    /// Adds statements that are durable, in log order, and wakes who waits for them.
    ///
    /// - Parameter keyring: the keys after the last of them.
    func add(_ statements: [LoggedStatement], keyring: Keyring) {
        let woken = state.withLock { state in
            var woken: [CheckedContinuation<Void, Never>] = []
            state.authority.replace(keyring)
            for statement in statements { state.add(statement, waking: &woken) }
            return woken
        }
        for continuation in woken { continuation.resume() }
    }

    /// The sequence of a signer's latest disposition about an artifact; 0 when there is none.
    ///
    /// Also for dispositions that no longer count: a sequence is never used twice.
    public func lastSequence(of signer: KeyID, about digest: SHA512Digest) -> UInt64 {
        state.withLock { $0.subjects[digest]?.lastSequence(of: signer) ?? 0 }
    }
}

extension KnowledgeIndex.State {
    fileprivate func about(_ digest: SHA512Digest) -> SubjectKnowledge {
        guard let record = subjects[digest] else {
            return SubjectKnowledge(verdicts: [], dispositions: [], revision: 0)
        }
        return record.knowledge(under: authority, revision: revision(of: digest))
    }

    fileprivate func newest(by analyzer: AnalyzerID, about digest: SHA512Digest) -> JudgedSubject? {
        guard let (verdict, ruleset) = subjects[digest]?.newest(by: analyzer, under: authority) else { return nil }
        return JudgedSubject(sha512: digest, logIndex: verdict.logIndex, verdict: verdict.verdict, ruleset: ruleset)
    }

    fileprivate func revision(of digest: SHA512Digest) -> UInt64 {
        guard let own = revisions[digest] else { return 0 }
        return max(own, authorityRevision)
    }

    fileprivate mutating func add(
        _ logged: LoggedStatement, waking woken: inout [CheckedContinuation<Void, Never>]
    ) {
        switch logged.statement {
        case .verdict(let verdict):
            add(logged, about: verdict.subject.sha512, waking: &woken)
            if let record = subjects[verdict.subject.sha512] { flags.add(verdict, logged.statementID, record: record) }
            noteChanges(of: chain(logged, verdict), waking: &woken)
        case .disposition(let disposition): add(logged, about: disposition.subject.sha512, waking: &woken)
        case .keyEvent:
            _ = rechainAll()
            changeAuthority(waking: &woken)
        case .revocation(let revocation):
            authority.add(revocation, logged)
            flags.add(revocation)
            _ = rechain(revocation.target)
            changeAuthority(waking: &woken)
        // They say what was done; what they brought is kept elsewhere.
        case .importReceipt, .logSuccession: break
        }
    }

    private mutating func add(
        _ logged: LoggedStatement, about digest: SHA512Digest, waking woken: inout [CheckedContinuation<Void, Never>]
    ) {
        let isShown = subjects[digest, default: SubjectRecord()]
            .add(logged, keyring: authority.keyring, origins: &authority.origins)
        if isShown { listingEpoch += 1 }
        revisions[digest] = nextRevision
        nextRevision += 1
        if let waiting = waiters.removeValue(forKey: digest) { woken += waiting.values }
    }

    /// Other verdicts count of these artifacts than before, because of what those stand on.
    private mutating func noteChanges(
        of digests: [SHA512Digest], waking woken: inout [CheckedContinuation<Void, Never>]
    ) {
        guard !digests.isEmpty else { return }
        listingEpoch += 1
        for digest in digests {
            revisions[digest] = nextRevision
            nextRevision += 1
            if let waiting = waiters.removeValue(forKey: digest) { woken += waiting.values }
        }
    }

    fileprivate func flagged(_ digest: SHA512Digest) -> FlaggedSubject {
        let flag = flags.flags[digest] ?? FlagBook.Flag()
        return FlaggedSubject(
            sha512: digest, purls: flag.purls.sorted { $0.text < $1.text }, knowledge: about(digest),
            lostVerdicts: subjects[digest]?.lostVerdicts(under: authority) ?? [], moments: flag.moments)
    }

    fileprivate mutating func placeRevocations(_ wanted: Set<StatementID>, of digest: SHA512Digest) {
        guard let record = subjects[digest] else { return }
        for id in record.verdicts(among: wanted) {
            guard let moment = flags.revokedAt[id] else { continue }
            flags.place(id, at: digest, moment, record: record)
        }
    }

    /// A key event or a revocation may touch anything that was ever said.
    private mutating func changeAuthority(waking woken: inout [CheckedContinuation<Void, Never>]) {
        authorityRevision = nextRevision
        nextRevision += 1
        listingEpoch += 1
        woken += waiters.values.flatMap(\.values)
        waiters = [:]
    }

    fileprivate mutating func takeWaiter(
        _ number: UInt64, of digest: SHA512Digest
    ) -> CheckedContinuation<Void, Never>? {
        let continuation = waiters[digest]?.removeValue(forKey: number)
        if waiters[digest]?.isEmpty == true { waiters[digest] = nil }
        return continuation
    }
}
