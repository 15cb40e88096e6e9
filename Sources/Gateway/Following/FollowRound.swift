import Platform
import Screening
import TransparencyLog
import VerdictStore

/// One look at a peer: its checkpoint, and everything that it has more than last time. All of it or nothing is taken.
struct FollowRound: Sendable {
    let trust: TrustedLog
    let peer: any PeerLog
    let store: ForeignStore
    /// Told how many of the missing entries were fetched.
    var progress: @Sendable (_ taken: UInt64, _ of: UInt64) -> Void = { _, _ in }

    /// What a look brought.
    enum Outcome: Sendable, Equatable {
        /// The log is as it was.
        case unchanged
        /// New entries, and the receipt for them in the own log.
        case taken(statements: UInt64, receipt: LoggedStatement)
    }

    /// Why a look brought nothing.
    enum Failure: Error, Sendable, CustomStringConvertible {
        case peer(PeerFailure)
        case exchange(ExchangeFailure)

        var description: String {
            switch self {
            case .peer(let failure): failure.description
            case .exchange(let failure): failure.description
            }
        }

        /// Whether a checkpoint is not one that the trusted keys signed.
        var isBadNote: Bool {
            guard case .exchange(.checkpoint) = self else { return false }
            return true
        }

        /// Whether the peer showed something that no honest log shows.
        var isMisbehaviour: Bool {
            switch self {
            case .peer: false
            case .exchange(let failure):
                switch failure {
                case .splitView, .rolledBack: true
                case .line, .tooLarge, .notTrusted, .trustExpired, .checkpoint, .entry, .unprovenConsistency,
                    .overQuota,
                    .busy, .wrongEntries, .damaged, .receipt, .log, .database, .file:
                    false
                }
            }
        }
    }

    /// - Throws: `Failure`; the state of the log here is then what it was.
    func run() async throws(Failure) -> Outcome {
        let note = try await fromPeer { () throws(PeerFailure) in try await peer.checkpoint() }
        if try await isKnown(note) { return .unchanged }
        let session = try await inStore { () throws(ExchangeFailure) in try await store.follow(trust, to: note) }
        try await fetch(session)
        switch try await inStore({ () throws(ExchangeFailure) in try await session.finish() }) {
        case .alreadyImported: return .unchanged
        case .imported(let receipt, let statements): return .taken(statements: statements, receipt: receipt)
        }
    }

    /// Whether the note is the one of last time, and everything below it is held; it is then seen again.
    private func isKnown(_ note: [UInt8]) async throws(Failure) -> Bool {
        try await inStore { () throws(ExchangeFailure) in
            guard let state = try await store.state(of: trust.origin), state.note == note,
                state.followedSize == state.size
            else { return false }
            try await store.confirm(trust, unchanged: note)
            return true
        }
    }

    private func fetch(_ session: FollowSession) async throws(Failure) {
        let wanted = session.wanted
        guard !wanted.isEmpty else { return }
        let paths = TilePath.entryBundles(from: TreeSize(wanted.lowerBound), to: TreeSize(wanted.upperBound))
        for path in paths {
            if Task.isCancelled { throw .peer(PeerFailure(what: trust.origin, reason: "following was ended")) }
            let entries = try await fromPeer { () throws(PeerFailure) in try await peer.entries(path, of: wanted) }
            try await inStore { () throws(ExchangeFailure) in try await session.add(entries) }
            let end = min(wanted.upperBound, (path.index + 1) * UInt64(TilePath.fullWidth))
            progress(end - wanted.lowerBound, wanted.upperBound - wanted.lowerBound)
        }
    }

    private func fromPeer<Value>(_ body: () async throws(PeerFailure) -> Value) async throws(Failure) -> Value {
        do throws(PeerFailure) { return try await body() } catch { throw .peer(error) }
    }

    private func inStore<Value>(_ body: () async throws(ExchangeFailure) -> Value) async throws(Failure) -> Value {
        do throws(ExchangeFailure) { return try await body() } catch { throw .exchange(error) }
    }
}
