import Cryptography
import Platform
public import Registry

/// An artifact that is arriving: a temporary file, and its digests so far. Nothing reads it before `finish`.
///
/// Pieces are written in the order of the calls, so await one before the next. Dropping it, or a crash (✝ an orphan
/// temporary, swept at start), leaves nothing. Hashing and writing run on the store's pool, not on the caller's thread.
public final class ArtifactIngest: Sendable {
    /// What is hashed and written so far; gone once finished or given up.
    private struct Arrival: ~Copyable {
        var file: TemporaryFile
        var hasher = StreamingHasher()
    }

    private let store: ArtifactStore
    private let maxBytes: Int64
    private let arrival: Lock<Arrival?>

    init(store: ArtifactStore, directory: String, maxBytes: Int64) throws(FileError) {
        self.store = store
        self.maxBytes = maxBytes
        // Readable for the group so that workers may run as another user.
        arrival = Lock(Arrival(file: try TemporaryFile.create(inDirectory: directory, mode: 0o640)))
    }

    /// Appends the next bytes.
    ///
    /// - Throws: `ArtifactError.tooLarge`, `.file`, `.ended`. After any of them the ingest is over.
    public func write(_ bytes: [UInt8]) async throws(ArtifactError) {
        try await store.pool.run { [self] () throws(ArtifactError) in try writeNow(bytes) }
    }

    /// Compares the digests with every claim, and only then gives the bytes their place in the store.
    ///
    /// - Returns: the artifact, durable, in the store.
    /// - Throws: `ArtifactError.integrityMismatch` and nothing is kept; `.file`, `.database`, `.ended`.
    public func finish(claimed: ClaimedIntegrity) async throws(ArtifactError) -> StoredArtifact {
        let digests = try await store.pool.run { [self] () throws(ArtifactError) in try place(claimed) }
        // ✝ The file is there and the index does not know it: swept at the next start, fetched again.
        return try await store.register(digests)
    }

    /// Drops what has arrived. Harmless after `finish`.
    public func abandon() {
        arrival.withLock { $0 = nil }
    }

    private func writeNow(_ bytes: [UInt8]) throws(ArtifactError) {
        let failure: ArtifactError? = arrival.withLock { held in
            guard var current = held.take() else { return .ended }
            guard Int64(bytes.count) <= maxBytes - current.file.sizeBytes else { return .tooLarge(maxBytes: maxBytes) }
            do throws(FileError) { try current.file.write(bytes) } catch { return .file(error) }
            current.hasher.update(bytes)
            held = consume current
            return nil
        }
        if let failure { throw failure }
    }

    private func place(_ claimed: ClaimedIntegrity) throws(ArtifactError) -> ComputedDigests {
        let outcome: Result<ComputedDigests, ArtifactError> = arrival.withLock { held in
            guard let current = held.take() else { return .failure(.ended) }
            return ArtifactIngest.place(consume current, claimed, in: store)
        }
        return try outcome.get()
    }

    private static func place(
        _ arrival: consuming Arrival, _ claimed: ClaimedIntegrity, in store: ArtifactStore
    ) -> Result<ComputedDigests, ArtifactError> {
        let file = arrival.file
        let digests = arrival.hasher.finish()
        if let mismatch = claimed.mismatch(with: digests) { return .failure(.integrityMismatch(mismatch)) }
        do throws(FileError) {
            let path = store.path(of: digests.sha512)
            try Files.createDirectory(store.directory(of: digests.sha512), mode: 0o750)
            try file.commit(to: path)
            return .success(digests)
        } catch {
            return .failure(.file(error))
        }
    }
}
