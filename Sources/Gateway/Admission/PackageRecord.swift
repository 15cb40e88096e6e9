import Cryptography
import Platform

/// What our own records add to a listing's claims about one artifact.
struct ArtifactRecord: Sendable, Equatable {
    /// When a listing named it to us for the first time.
    var firstSeenAt: Timestamp?
    /// Whether its bytes or its claimed digests changed under the name and version, ever.
    var isTampered = false
    /// Whether its claimed publish time moved back between two listings.
    var isTimeContradicted = false
    /// The digest of the bytes that were fetched under this name.
    var sha512: SHA512Digest?
}

/// Our records of all artifacts of one package at one source, in memory; the history on disk is written first.
final class PackageRecord: Sendable {
    private struct State {
        var records: [String: ArtifactRecord]
        var revision: UInt64 = 0
    }

    private let state: Lock<State>

    init(_ records: [String: ArtifactRecord]) {
        state = Lock(State(records: records))
    }

    /// Grows when something changed that a listing shows.
    var revision: UInt64 { state.withLock { $0.revision } }

    /// Whether any artifact counts as tampered.
    var hasTampered: Bool { state.withLock { $0.records.values.contains { $0.isTampered } } }

    func record(of filename: String) -> ArtifactRecord {
        state.withLock { $0.records[filename] } ?? ArtifactRecord()
    }

    /// Takes over what the history says after a new listing was recorded.
    func replace(with records: [String: ArtifactRecord]) {
        state.withLock { state in
            guard state.records != records else { return }
            state.records = records
            state.revision += 1
        }
    }

    /// Changes one record.
    ///
    /// - Parameter isShown: whether a listing may look different afterwards.
    func update(_ filename: String, isShown: Bool, _ change: (inout ArtifactRecord) -> Void) {
        state.withLock { state in
            change(&state.records[filename, default: ArtifactRecord()])
            if isShown { state.revision += 1 }
        }
    }
}
