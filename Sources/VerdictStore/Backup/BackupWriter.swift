import Cryptography
public import Platform
import TransparencyLog

/// Copies a deployment while it works: `jurat backup`.
///
/// **Order.** No two files are copied in the same moment, so each pair is copied in the order in which the later one
/// may be ahead. What was taken over from other logs comes before the log: a receipt without its import asks for the
/// import again, an import without its receipt would be damage. Everything else comes after the log: a key file is
/// there before its key event and must not be missing once the log speaks of it, while an unknown key signs nothing;
/// and the listing history, which only ever makes refusals stricter, is the better the newer it is.
///
/// What models cost and answered comes along, so that a restore neither pays anew nor forgets a ceiling.
/// Each database is one consistent state. The job queue and the artifact cache are not part: both are made again.
public struct BackupWriter: Sendable {
    public typealias Progress = @Sendable (_ file: String, _ done: UInt64, _ of: UInt64) -> Void

    let data: DataDirectory
    let configurationPath: String?
    let hasKeys: Bool
    let now: Timestamp
    let progress: Progress

    /// - Parameters:
    ///   - configurationPath: nil when there is none to keep.
    ///   - hasKeys: whether private keys are copied: such a backup must be kept like the keys themselves.
    public init(
        data: DataDirectory, configurationPath: String?, hasKeys: Bool, now: Timestamp,
        progress: @escaping Progress = { _, _, _ in }
    ) {
        self.data = data
        self.configurationPath = configurationPath
        self.hasKeys = hasKeys
        self.now = now
        self.progress = progress
    }

    /// What would be copied now, in order, with sizes. Writes nothing.
    ///
    /// - Throws: `BackupError.log` when there is no log, `.file`.
    public func plan() throws(BackupError) -> [(path: String, sizeBytes: Int64)] {
        guard Files.exists(data.verdictsPath) else { throw .log(.notInitialized(path: data.verdictsPath)) }
        return try inBackup { () throws(FileError) in
            var planned: [(path: String, sizeBytes: Int64)] = []
            for source in databases() + (try plainFiles()) {
                planned.append((path: source.name, sizeBytes: try Files.sizeBytes(source.path)))
            }
            return planned
        }
    }

    /// Writes the backup; it appears under its name whole and durable, or not at all.
    ///
    /// - Returns: what it consists of, verified.
    /// - Throws: `BackupError`.
    public func write(to path: String) throws(BackupError) -> BackupManifest {
        // A slash at the end would put the draft into the folder that it is to become.
        let destination = path.utf8.last == UInt8(ascii: "/") ? Self.withoutSlashes(path) : path
        guard !destination.isEmpty, !Files.exists(destination) else { throw .destinationTaken(path: destination) }
        let draft = destination + ".partial"
        try requireOurs(draft)
        let lock = try inBackup { () throws(FileError) in
            try Files.createDirectory(draft, mode: 0o700)
            return try FileLock.acquire(draft + "/" + Self.lockName)
        }
        guard let lock else { throw .busy(path: draft) }
        defer { withExtendedLifetime(lock) {} }
        // ✝ Up to the rename there is only the draft, which the next backup of that name empties.
        try empty(draft)
        try requireRoom(draft)
        let manifest = try fill(draft)
        try inBackup { () throws(FileError) in
            try Files.writeDurably(manifest.json, to: draft + "/" + BackupManifest.filename, mode: 0o600)
            try Files.remove(draft + "/" + Self.lockName)
            try Files.syncDirectory(draft)
            try Files.rename(draft, to: destination)
            try Files.syncDirectory(Files.directory(of: destination))
        }
        return manifest
    }

    static let lockName = ".lock"

    private static func withoutSlashes(_ path: String) -> String {
        String(path.reversed().drop { $0 == "/" }.reversed())
    }

    /// A folder that has the draft's name is emptied, so it must be one that an earlier backup left.
    private func requireOurs(_ draft: String) throws(BackupError) {
        let found = try inBackup { () throws(FileError) in
            Files.exists(draft) ? Set(try Files.list(draft)) : []
        }
        let marks: Set<String> = [Self.lockName, BackupManifest.filename]
        let known = marks.union([BackupLayout.data, BackupLayout.configuration])
        guard found.isEmpty || (found.isSubset(of: known) && !found.isDisjoint(with: marks)) else {
            throw .destinationTaken(path: draft)
        }
    }

    private func empty(_ draft: String) throws(BackupError) {
        try inBackup { () throws(FileError) in
            for name in try Files.list(draft) where name != Self.lockName { try Files.removeTree(draft + "/" + name) }
        }
    }

    private func requireRoom(_ draft: String) throws(BackupError) {
        let needed = try plan().reduce(Int64(64) << 20) { $0 + $1.sizeBytes }
        let available = try inBackup { () throws(FileError) in try Files.availableBytes(draft) }
        guard needed <= available else {
            throw .notEnoughRoom(path: draft, neededBytes: needed, availableBytes: available)
        }
    }

    private func fill(_ draft: String) throws(BackupError) -> BackupManifest {
        var files: [BackupFile] = []
        try inBackup { () throws(FileError) in
            try Files.createDirectory("\(draft)/\(BackupLayout.data)", mode: 0o700)
        }
        for source in databases() { files.append(try snapshot(source, in: draft)) }
        let head = try logHead(in: draft)
        let plain = try inBackup { () throws(FileError) in try plainFiles() }
        for (number, source) in plain.enumerated() {
            if let file = try copy(source, in: draft) { files.append(file) }
            progress(source.name, UInt64(number + 1), UInt64(plain.count))
        }
        files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        return BackupManifest(
            createdAt: now, origin: head.origin, logSize: head.size, checkpoint: head.note, hasKeys: hasKeys,
            files: files)
    }

    /// The copied log must hold: a backup that does not is noticed now and not on the day it is needed.
    private func logHead(in draft: String) throws(BackupError) -> LogHead {
        do throws(LogError) {
            // Without an anchor: the one beside the deployment may be ahead of the copy by the time it is read.
            let copy = DataDirectory(path: "\(draft)/\(BackupLayout.data)")
            let reader = try LogReader(copy)
            _ = try reader.verify { [progress] done, all in progress("verdicts.db, verifying", done, all) }
            return try reader.head()
        } catch {
            throw .log(error)
        }
    }

    private func snapshot(_ source: Source, in draft: String) throws(BackupError) -> BackupFile {
        let path = "\(draft)/\(source.name)"
        do throws(DatabaseError) {
            try DatabaseSnapshot.take(of: source.path, to: path) { done, all in progress(source.name, done, all) }
        } catch {
            throw .database(error)
        }
        return try inBackup { () throws(FileError) in
            try Files.setPermissions(0o600, of: path)
            try Files.syncDirectory(Files.directory(of: path))
            let (size, digest) = try FileCopy.measure(path)
            return BackupFile(path: source.name, sizeBytes: size, sha256: digest)
        }
    }

    /// Copies a file; nil when it went away meanwhile, as an audit file does that is rotated out.
    private func copy(_ source: Source, in draft: String) throws(BackupError) -> BackupFile? {
        let path = "\(draft)/\(source.name)"
        do throws(FileError) {
            try Files.createDirectory(Files.directory(of: path), mode: 0o700)
            let (size, digest) = try FileCopy.copy(source.path, to: path, mode: 0o600)
            return BackupFile(path: source.name, sizeBytes: size, sha256: digest)
        } catch {
            guard error.isNotFound, !Files.exists(source.path) else { throw .file(error) }
            return nil
        }
    }
}

// What belongs to a backup.
extension BackupWriter {
    struct Source {
        let path: String
        /// Relative to the backup.
        let name: String
    }

    /// What may not be ahead of the log, the log, and what may.
    private func databases() -> [Source] {
        [
            data.foreignPath, data.verdictsPath, data.historyPath, data.accessPath, data.refusalsPath,
            data.reviewsPath, data.watchPath,
        ]
        .filter { Files.exists($0) }
        .map { Source(path: $0, name: inData(String($0.dropFirst(data.path.count + 1)))) }
    }

    private func plainFiles() throws(FileError) -> [Source] {
        var sources: [Source] = []
        for name in try Files.list(data.path) where name == "history.lost" || Self.isAudit(name) {
            sources.append(Source(path: "\(data.path)/\(name)", name: inData(name)))
        }
        var folders = [(data.advisoriesDirectory, "advisories"), (data.hostedDirectory, "hosted")]
        if hasKeys { folders.append((data.keysDirectory, "keys")) }
        for (folder, name) in folders {
            for file in try FileCopy.tree(folder) where !Self.isTemporary(file) {
                if folder == data.advisoriesDirectory, Self.isOfAnImport(file) { continue }
                sources.append(Source(path: "\(folder)/\(file)", name: inData("\(name)/\(file)")))
            }
        }
        if let configurationPath, Files.exists(configurationPath) {
            sources.append(Source(path: configurationPath, name: BackupLayout.configuration))
        }
        return sources
    }

    private func inData(_ name: String) -> String { "\(BackupLayout.data)/\(name)" }

    private static func isAudit(_ name: String) -> Bool {
        name.utf8.starts(with: "audit".utf8) && name.utf8.suffix(6).elementsEqual(".jsonl".utf8)
    }

    /// What an import of advisories that runs now keeps beside the snapshot.
    private static func isOfAnImport(_ path: String) -> Bool {
        ["incoming/", "import."].contains { path.utf8.starts(with: $0.utf8) }
    }

    private static func isTemporary(_ path: String) -> Bool {
        path.split(separator: "/").contains { $0.utf8.starts(with: TemporaryFile.namePrefix.utf8) }
    }
}
