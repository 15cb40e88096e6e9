public import Cryptography
public import Platform
public import Registry

/// An artifact whose bytes are in the store and were compared with everything claimed about them.
///
/// Only `ArtifactStore` makes one: whoever holds it need not verify again.
public struct StoredArtifact: Hashable, Sendable {
    public let digests: ComputedDigests
    /// Where the bytes are. The file is never changed, only removed when the cache is pruned.
    public let path: String
}

/// The content-addressed cache of artifacts: `artifacts/sha512/ab/cd/<hex>` below the cache directory.
///
/// Look-ups answer from memory behind a lock and never wait for the disk; ingest, sweeping and pruning run on the
/// store's own threads. One process writes; others may read files by path. What each artifact's other digests are is
/// kept in `artifacts/index.db` and outlives the bytes, so that a listing that names SHA-256 or SHA-1 only still finds
/// the verdicts, which attach to SHA-512. All of it may be deleted while nothing runs: it is fetched again.
public final class ArtifactStore: Sendable {
    /// How the artifacts are used right now.
    public struct Usage: Hashable, Sendable {
        public let artifacts: Int
        public let bytes: Int64
        public let maxBytes: Int64
    }

    /// The budget that `prune` keeps to.
    public let maxBytes: Int64
    let pool: BlockingPool
    let root: String
    let incomingDirectory: String
    private let index: DatabaseThread
    let contents: Lock<ArtifactContents>
    let logger: Logger

    /// Opens the store below `cacheDirectory`, makes it when missing, and reads the index. An index that is damaged or
    /// gone is set aside and made again from the files, each hashed anew.
    ///
    /// Blocks; it belongs to start-up. Call `sweepOrphans` before the first ingest.
    ///
    /// - Throws: `ArtifactError.file`, `.database`.
    public init(cacheDirectory: String, maxBytes: Int64, logger: Logger = .silent) throws(ArtifactError) {
        root = cacheDirectory + "/artifacts"
        incomingDirectory = root + "/incoming"
        self.maxBytes = maxBytes
        self.logger = logger
        do throws(FileError) {
            try Files.createDirectory(root + "/sha512", mode: 0o750)
            try Files.createDirectory(incomingDirectory, mode: 0o750)
        } catch {
            throw .file(error)
        }
        let opened = try ArtifactIndexOpening(root: root, logger: logger).run()
        index = opened.thread
        var known = opened.contents
        do throws(FileError) {
            for file in try ArtifactFiles.byLastUse(below: root) { known.markPresent(file) }
        } catch {
            throw .file(error)
        }
        contents = Lock(known)
        pool = BlockingPool(name: "artifact", threads: 2)
    }

    /// Where the bytes with that digest are, or would be.
    public func path(of digest: SHA512Digest) -> String { "\(directory(of: digest))/\(digest.hex)" }

    /// Whether the bytes are here.
    public func contains(_ digest: SHA512Digest) -> Bool { contents.withLock { $0.isPresent(digest) } }

    /// All digests of bytes that were here once, whether or not they still are.
    public func digests(of digest: SHA512Digest) -> ComputedDigests? { contents.withLock { $0.digests(of: digest) } }

    /// All digests of the one known artifact that fulfils every claim; nil when none is known or nothing is claimed.
    ///
    /// A claim of MD5 alone finds nothing. A claim of SHA-1 alone does: that is all that old npm listings have.
    public func digests(matching claimed: ClaimedIntegrity) -> ComputedDigests? {
        contents.withLock { $0.digests(matching: claimed) }
    }

    /// Opens the bytes for reading; nil when they are not here.
    ///
    /// The holder can go on reading after the artifact is pruned. A file of the wrong length is removed, logged and
    /// counts as not here.
    ///
    /// - Throws: `ArtifactError.file` when the file is there and cannot be opened.
    public func open(_ digest: SHA512Digest) throws(ArtifactError) -> OpenFile? {
        guard let digests = contents.withLock({ $0.use(digest) }) else { return nil }
        let path = path(of: digest)
        do throws(FileError) {
            let file = try OpenFile.openForReading(path)
            guard file.sizeBytes == digests.sizeBytes else {
                logger.error("removing \(path): it has \(file.sizeBytes) bytes, expected \(digests.sizeBytes)")
                contents.withLock { $0.markAbsent(digest) }
                try Files.remove(path)
                return nil
            }
            try Files.touch(path)
            return file
        } catch {
            guard error.isNotFound else { throw .file(error) }
            contents.withLock { $0.markAbsent(digest) }
            return nil
        }
    }

    /// Begins taking in an artifact of at most `maxBytes`.
    ///
    /// - Throws: `ArtifactError.file` when no temporary file can be made.
    public func beginIngest(maxBytes: Int64 = .max) throws(ArtifactError) -> ArtifactIngest {
        do throws(FileError) {
            do throws(FileError) {
                return try ArtifactIngest(store: self, directory: incomingDirectory, maxBytes: maxBytes)
            } catch {
                guard error.isNotFound else { throw error }
                // Somebody emptied the cache under us: it is disposable, so go on with an empty one.
                try Files.createDirectory(incomingDirectory, mode: 0o750)
                return try ArtifactIngest(store: self, directory: incomingDirectory, maxBytes: maxBytes)
            }
        } catch {
            throw .file(error)
        }
    }

    public func usage() -> Usage {
        contents.withLock { Usage(artifacts: $0.presentCount, bytes: $0.presentBytes, maxBytes: maxBytes) }
    }

    /// Finishes what is running and closes the index.
    public func close() async {
        await index.close()
    }

    func directory(of digest: SHA512Digest) -> String {
        ArtifactFiles.directory(of: digest, below: root)
    }

    /// Makes a placed file known, first on disk and then to look-ups.
    func register(_ digests: ComputedDigests) async throws(ArtifactError) -> StoredArtifact {
        do throws(DatabaseError) {
            try await index.run { (connection) throws(DatabaseError) in try ArtifactIndex.insert(digests, connection) }
        } catch {
            throw .database(error)
        }
        contents.withLock { contents in
            contents.add(digests)
            contents.markPresent(digests.sha512)
        }
        return StoredArtifact(digests: digests, path: path(of: digests.sha512))
    }
}
