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
    private let root: String
    private let incomingDirectory: String
    private let index: DatabaseThread
    private let contents: Lock<ArtifactContents>
    private let logger: Logger

    /// Opens the store below `cacheDirectory`, makes it when missing, and reads the index.
    ///
    /// Blocks; it belongs to start-up. Call `sweepOrphans` before the first ingest.
    ///
    /// - Throws: `ArtifactError.file`, `.database`.
    public init(cacheDirectory: String, maxBytes: Int64, logger: Logger = .silent) throws(ArtifactError) {
        root = cacheDirectory + "/artifacts"
        incomingDirectory = root + "/incoming"
        self.maxBytes = maxBytes
        self.logger = logger
        var known = ArtifactContents()
        do throws(FileError) {
            try Files.createDirectory(root + "/sha512", mode: 0o750)
            try Files.createDirectory(incomingDirectory, mode: 0o750)
        } catch {
            throw .file(error)
        }
        do throws(DatabaseError) {
            index = try DatabaseThread(root + "/index.db", named: "artifacts") { (connection) throws(DatabaseError) in
                try ArtifactIndex.prepare(connection)
                for digests in try ArtifactIndex.all(connection) { known.add(digests) }
            }
        } catch {
            throw .database(error)
        }
        do throws(FileError) {
            for file in try ArtifactStore.files(below: root) { known.markPresent(file) }
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
        let hex = Array(digest.hex.utf8)
        let first = String(decoding: hex[0..<2], as: UTF8.self)
        let second = String(decoding: hex[2..<4], as: UTF8.self)
        return "\(root)/sha512/\(first)/\(second)"
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

extension ArtifactStore {
    /// Removes what a crash left: unfinished temporaries, and files that the index does not know.
    ///
    /// Call it at start-up, before the first ingest.
    ///
    /// - Returns: how many files were removed.
    /// - Throws: `ArtifactError.file`.
    public func sweepOrphans() async throws(ArtifactError) -> Int {
        try await pool.run { [self] () throws(ArtifactError) in
            do throws(FileError) {
                var removed = try Files.removeAbandonedTemporaries(inDirectory: incomingDirectory)
                for name in try ArtifactStore.names(below: root) {
                    let digest = try? SHA512Digest(hex: name.file)
                    if let digest, contents.withLock({ $0.isPresent(digest) }), path(of: digest) == name.path {
                        continue
                    }
                    try Files.remove(name.path)
                    removed += 1
                }
                return removed
            } catch {
                throw .file(error)
            }
        }
    }

    /// Removes the artifacts that were not used for longest until the rest fits the budget.
    ///
    /// - Parameter protecting: artifacts that jobs still need; they stay even when the budget is exceeded.
    /// - Returns: how many bytes were freed.
    /// - Throws: `ArtifactError.file`; what was removed before is gone.
    public func prune(protecting: Set<SHA512Digest> = []) async throws(ArtifactError) -> Int64 {
        try await pool.run { [self] () throws(ArtifactError) in
            var freed: Int64 = 0
            for candidate in contents.withLock({ $0.excess(over: maxBytes, protecting: protecting) }) {
                // Look-ups must not promise bytes that are about to go; ✝ in between, the file is found again at start.
                contents.withLock { $0.markAbsent(candidate.sha512) }
                do throws(FileError) {
                    try Files.remove(path(of: candidate.sha512))
                } catch {
                    guard error.isNotFound else { throw .file(error) }
                }
                freed += candidate.sizeBytes
            }
            return freed
        }
    }

    /// Hashes every artifact again and reports those whose bytes are not what their name says. For `fsck`.
    ///
    /// - Parameter progress: called after each artifact with how many were checked, of how many.
    /// - Returns: paths of damaged files, ascending. They are not removed.
    /// - Throws: `ArtifactError.file` when a file cannot be read.
    public func verifyContents(
        progress: @escaping @Sendable (_ checked: Int, _ of: Int) -> Void = { _, _ in }
    ) async throws(ArtifactError) -> [String] {
        try await pool.run { [self] () throws(ArtifactError) in
            let names: [(path: String, file: String)]
            do throws(FileError) { names = try ArtifactStore.names(below: root) } catch { throw .file(error) }
            var damaged: [String] = []
            for (checked, name) in names.enumerated() {
                do throws(FileError) {
                    if try ArtifactStore.hash(name.path).sha512.hex != name.file { damaged.append(name.path) }
                } catch {
                    throw .file(error)
                }
                progress(checked + 1, names.count)
            }
            return damaged
        }
    }

    private static func hash(_ path: String) throws(FileError) -> ComputedDigests {
        let file = try OpenFile.openForReading(path)
        var hasher = StreamingHasher()
        var offset: Int64 = 0
        while true {
            let bytes = try file.read(at: offset, count: 1 << 20)
            if bytes.isEmpty { break }
            hasher.update(bytes)
            offset += Int64(bytes.count)
        }
        return hasher.finish()
    }

    /// Every file below `sha512`, ascending by path, whatever its name.
    private static func names(below root: String) throws(FileError) -> [(path: String, file: String)] {
        var names: [(path: String, file: String)] = []
        var directories = [(path: root + "/sha512", depth: 0)]
        while let directory = directories.popLast() {
            for name in try Files.list(directory.path).reversed() {
                let path = "\(directory.path)/\(name)"
                // Files in the wrong place are found too: they are orphans.
                if directory.depth < 2, try Files.kind(path) == .directory {
                    directories.append((path: path, depth: directory.depth + 1))
                } else {
                    names.append((path: path, file: name))
                }
            }
        }
        return names.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// The digests that files are named by, in the order of their last use.
    private static func files(below root: String) throws(FileError) -> [SHA512Digest] {
        var used: [(time: Timestamp, digest: SHA512Digest)] = []
        for name in try names(below: root) {
            guard let digest = try? SHA512Digest(hex: name.file) else { continue }
            used.append((time: try Files.modificationTime(name.path), digest: digest))
        }
        return used.sorted { ($0.time, $0.digest) < ($1.time, $1.digest) }.map(\.digest)
    }
}
