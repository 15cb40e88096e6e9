import Platform
import TransparencyLog

/// What a checkpoint that was seen elsewhere shows beside the one that is held.
public enum NoteComparison: Sendable, Equatable {
    /// The very state that is held.
    case same(size: UInt64)
    /// An earlier state of the history that is held.
    case earlier(size: UInt64, held: UInt64)
    /// A later state, which says nothing before its entries are here.
    case later(size: UInt64, held: UInt64)
    /// An earlier state that cannot be compared: not every entry is held.
    case incomparable(size: UInt64, held: UInt64)
    /// Nothing of the log is held.
    case unseen(size: UInt64)
}

extension ForeignStore {
    /// Compares a checkpoint that somebody else was shown with what this deployment was shown.
    ///
    /// A log that shows different histories to different followers is caught as soon as two of them compare.
    ///
    /// - Throws: `ExchangeFailure.checkpoint` when the note is not the log's; `.splitView` when it belongs to another
    ///   history, with both notes kept as evidence.
    public func compare(_ trust: TrustedLog, with note: [UInt8]) async throws(ExchangeFailure) -> NoteComparison {
        let verified: VerifiedCheckpoint
        do throws(CheckpointError) {
            // Witnesses matter to what is taken over; two histories signed by the log are evidence without them.
            verified = try CheckpointVerifier(logKeys: trust.verifier.logKeys).verify(note)
        } catch {
            throw .checkpoint(origin: trust.origin, error)
        }
        let offered = verified.checkpoint
        let memory = memory(of: trust.origin) ?? ForeignLogMemory()
        guard memory.size > 0 else { return .unseen(size: offered.size.value) }
        let continuity = ForeignContinuity(origin: trust.origin, memory: memory, now: clock.now())
        let (size, held) = (offered.size.value, memory.size)
        if size > held { return .later(size: size, held: held) }
        if size < held, offered.size > memory.followed.size { return .incomparable(size: size, held: held) }
        return try await onThread { [self] (table) throws(ExchangeFailure) in
            let root =
                size == held
                ? memory.root : try continuity.heldRoot(at: offered.size, table)
            guard root == offered.root else {
                let contradiction = continuity.splitView(
                    note, offered, "a note that was shown elsewhere has another root at \(size) entries")
                try refuse(contradiction, table)
            }
            return size == held ? .same(size: size) : .earlier(size: size, held: held)
        }
    }
}
