public import Cryptography
import Platform

extension ArtifactStore {
    /// Removes a file that does not hold the bytes that it is named for, and says so: they are fetched again.
    ///
    /// - Throws: `ArtifactError.file` when it cannot be removed. It is not served all the same.
    public func discardDamaged(_ digest: SHA512Digest) throws(ArtifactError) {
        let path = path(of: digest)
        logger.error("removing \(path): its bytes were changed since they were verified; they are fetched again")
        contents.withLock { $0.markAbsent(digest) }
        do throws(FileError) {
            try Files.remove(path)
        } catch {
            guard error.isNotFound else { throw .file(error) }
        }
    }

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
                for name in try ArtifactFiles.names(below: root) {
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
            do throws(FileError) { names = try ArtifactFiles.names(below: root) } catch { throw .file(error) }
            var damaged: [String] = []
            for (checked, name) in names.enumerated() {
                do throws(FileError) {
                    if try ArtifactFiles.digests(of: name.path).sha512.hex != name.file { damaged.append(name.path) }
                } catch {
                    throw .file(error)
                }
                progress(checked + 1, names.count)
            }
            return damaged
        }
    }
}
