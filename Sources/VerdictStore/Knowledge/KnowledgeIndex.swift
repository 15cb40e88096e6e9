public import Cryptography
import Platform
public import Screening

/// What the log says about each artifact, in memory: the decision's inputs without a hop and without a disk.
///
/// It holds what is durable and nothing else: the sequencer adds a statement right after its COMMIT returned. Reading
/// takes a lock for some nanoseconds. It is derived from the entries alone, never from the database's index of them.
public final class KnowledgeIndex: Sendable {
    fileprivate struct State {
        var subjects: [SHA512Digest: SubjectRecord] = [:]
        var revisions: [SHA512Digest: UInt64] = [:]
        var keyring = Keyring()
        var hasVoidKeys = false
        /// The revision that every subject has at least: raised when keys change, which may touch all of them.
        var keyRevision: UInt64 = 0
        var nextRevision: UInt64 = 1
        var listingEpoch: UInt64 = 0
        var waiters: [SHA512Digest: [UInt64: CheckedContinuation<Void, Never>]] = [:]
        var nextWaiter: UInt64 = 0
    }

    private let state = Lock(State())

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
    /// a disposition, a key event. The first clean verdicts of an artifact leave it as it is.
    public var listingEpoch: UInt64 { state.withLock { $0.listingEpoch } }

    /// How many artifacts the log speaks about.
    public var subjectCount: Int { state.withLock { $0.subjects.count } }

    /// The keys as of the last statement that was added.
    public var keyring: Keyring { state.withLock { $0.keyring } }

    /// The artifacts that the log speaks about, ascending; for rescans.
    public func subjects() -> [SHA512Digest] { state.withLock { Array($0.subjects.keys) }.sorted() }

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
            state.keyring = keyring
            state.hasVoidKeys = keyring.keys.contains { $0.invalidFrom != nil }
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
        return record.knowledge(keyring: keyring, hasVoidKeys: hasVoidKeys, revision: revision(of: digest))
    }

    fileprivate func revision(of digest: SHA512Digest) -> UInt64 {
        guard let own = revisions[digest] else { return 0 }
        return max(own, keyRevision)
    }

    fileprivate mutating func add(
        _ logged: LoggedStatement, waking woken: inout [CheckedContinuation<Void, Never>]
    ) {
        let revision = nextRevision
        nextRevision += 1
        guard let digest = logged.statement.subject?.sha512 else {
            // A key event may void anything that the key said.
            keyRevision = revision
            listingEpoch += 1
            woken += waiters.values.flatMap(\.values)
            waiters = [:]
            return
        }
        if subjects[digest, default: SubjectRecord()].add(logged, keyring: keyring) { listingEpoch += 1 }
        revisions[digest] = revision
        if let waiting = waiters.removeValue(forKey: digest) { woken += waiting.values }
    }

    fileprivate mutating func takeWaiter(
        _ number: UInt64, of digest: SHA512Digest
    ) -> CheckedContinuation<Void, Never>? {
        let continuation = waiters[digest]?.removeValue(forKey: number)
        if waiters[digest]?.isEmpty == true { waiters[digest] = nil }
        return continuation
    }
}
