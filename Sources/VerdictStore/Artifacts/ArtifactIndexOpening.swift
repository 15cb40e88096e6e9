import Cryptography
import Platform

/// Opens the index of the cache at start-up. It is disposable: damaged or gone, it is made again from the files.
struct ArtifactIndexOpening {
    let root: String
    let logger: Logger

    struct Result {
        let thread: DatabaseThread
        let contents: ArtifactContents
    }

    private var path: String { root + "/index.db" }

    /// - Throws: `ArtifactError.database`, `.file`: neither reading nor making it anew is possible.
    func run() throws(ArtifactError) -> Result {
        do throws(DatabaseError) {
            return try open()
        } catch {
            switch error.kind {
            case .corrupt, .unexpectedRow, .constraint: break
            case .denied, .busy, .full, .inputOutput, .inaccessible, .other: throw .database(error)
            }
            logger.error("\(error)")
            try setAside()
        }
        do throws(DatabaseError) { return try open() } catch { throw .database(error) }
    }

    private func open() throws(DatabaseError) -> Result {
        var known = ArtifactContents()
        let thread = try DatabaseThread(path, named: "artifacts") { (connection) throws(DatabaseError) in
            try ArtifactIndex.prepare(connection)
            var rows = try ArtifactIndex.all(connection)
            // An index that knows nothing, beside files: it was set aside, deleted or never written.
            if rows.isEmpty { rows = try rebuild(connection) }
            for digests in rows { known.add(digests) }
        }
        return Result(thread: thread, contents: known)
    }

    /// Keeps the damaged index for whoever wants to know what happened to it; one such file at a time.
    private func setAside() throws(ArtifactError) {
        let kept = path + ".damaged"
        do throws(FileError) {
            try Files.rename(path, to: kept)
            for journal in [path + "-wal", path + "-shm"] where Files.exists(journal) { try Files.remove(journal) }
            try Files.syncDirectory(root)
        } catch {
            throw .file(error)
        }
        logger.error("the index of the artifact cache is damaged: it is kept as \(kept) and made again from the files")
    }

    /// Hashes every file and writes down those that are what their names say; the others are swept as orphans.
    private func rebuild(_ connection: Connection) throws(DatabaseError) -> [ComputedDigests] {
        let names: [(path: String, file: String)]
        do throws(FileError) { names = try ArtifactFiles.names(below: root) } catch { throw unreadable(error) }
        guard !names.isEmpty else { return [] }
        logger.warning("the artifact cache has no index: hashing \(names.count) files again")
        var found: [ComputedDigests] = []
        for name in names {
            guard let digest = ArtifactFiles.digest(of: name, below: root) else { continue }
            do throws(FileError) {
                let digests = try ArtifactFiles.digests(of: name.path)
                if digests.sha512 == digest { found.append(digests) }
            } catch {
                logger.warning("\(error)")
            }
        }
        try connection.transaction { () throws(DatabaseError) in
            for digests in found { try ArtifactIndex.insert(digests, connection) }
        }
        logger.warning("the index of the artifact cache has \(found.count) of \(names.count) files again")
        return found
    }

    private func unreadable(_ error: FileError) -> DatabaseError {
        DatabaseError(kind: .inaccessible, path: path, operation: "make the index again", detail: "\(error)")
    }
}
