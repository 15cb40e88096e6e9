import Cryptography
import Platform
import TransparencyLog

/// How the log in a backup stands to an anchor, which remembers the newest state that was ever signed here.
public enum AnchorStanding: Hashable, Sendable {
    /// There is no anchor to compare with.
    case unknown
    /// The backup has everything that the anchor has seen.
    case current
    /// The log went on after the backup: these entries are not in it.
    case behind(entries: UInt64, anchorSize: UInt64)
    /// The anchor has seen another history.
    case forked(anchorSize: UInt64)
    /// The anchor is of another log, or cannot be read.
    case otherLog(reason: String)
}

/// A backup that was written before: to be verified, and put back.
public struct Backup: Sendable {
    public let path: String
    public let manifest: BackupManifest

    private var data: DataDirectory { DataDirectory(path: "\(path)/\(BackupLayout.data)") }

    /// Reads the manifest of a backup; nothing else is looked at yet.
    ///
    /// - Throws: `BackupError.badManifest`.
    public init(at path: String) throws(BackupError) {
        let file = "\(path)/\(BackupManifest.filename)"
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.readAll(file, maxBytes: BackupManifest.maxBytes)
        } catch {
            throw .badManifest(path: path, reason: "\(error)")
        }
        self.path = path
        manifest = try BackupManifest(parsing: bytes, path: path)
    }

    /// Checks that every file is there and as it was, that there is no other, and that the log holds entry by entry.
    ///
    /// - Throws: `BackupError` at the first thing that does not hold.
    public func verify(
        progress: @escaping BackupWriter.Progress = { _, _, _ in }
    ) throws(BackupError) -> LogVerification {
        try requireNoSurplus()
        for (number, file) in manifest.files.enumerated() {
            try check(file)
            progress("files", UInt64(number + 1), UInt64(manifest.files.count))
        }
        let verification: LogVerification
        let head: LogHead
        do throws(LogError) {
            let reader = try LogReader(data)
            verification = try reader.verify { done, all in progress("log entries", done, all) }
            head = try reader.head()
        } catch {
            throw .log(error)
        }
        guard head.note == manifest.checkpoint, head.size == manifest.logSize, head.origin == manifest.origin else {
            throw .otherLog(path: data.verdictsPath, reason: "it ends with another checkpoint than the manifest says")
        }
        return verification
    }

    /// Compares the log with the anchor that is kept beside a data directory. The backup must have been verified.
    ///
    /// - Throws: `BackupError.log`, `.file`.
    public func standing(to anchorPath: String) throws(BackupError) -> AnchorStanding {
        let anchor = LogAnchor(path: anchorPath)
        do throws(LogError) {
            guard let note = try anchor.loadNote() else { return .unknown }
            let reader = try LogReader(data)
            let keyring = try reader.keyring()
            let verifiers = try reader.reading { (log) throws(LogError) in try log.verifiers(in: keyring) }
            let seen = try anchor.checkpoint(in: note, verifiers: verifiers)
            guard seen.size.value <= manifest.logSize else {
                return .behind(entries: seen.size.value - manifest.logSize, anchorSize: seen.size.value)
            }
            guard try reader.root(ofTreeOf: seen.size.value) == seen.root else {
                return .forked(anchorSize: seen.size.value)
            }
            return .current
        } catch {
            guard case .unusableAnchor(_, let reason) = error else { throw .log(error) }
            // A log key that was added after the backup is unknown to it; what the anchor says is still worth telling.
            if let note = try? anchor.loadNote(), let seen = try? Checkpoint(parsing: note.text),
                seen.origin == manifest.origin, seen.size.value > manifest.logSize
            {
                return .behind(entries: seen.size.value - manifest.logSize, anchorSize: seen.size.value)
            }
            return .otherLog(reason: reason)
        }
    }

    /// Puts the data back into a folder that does not exist or is empty; it appears whole, or not at all.
    ///
    /// Call `verify` first. Every byte is compared with the manifest once more while it is copied.
    ///
    /// - Throws: `BackupError.targetNotEmpty`, `.foreignDraft` rather than overwrite anything; `.changedFile`, `.file`.
    public func restore(
        to target: DataDirectory, progress: BackupWriter.Progress = { _, _, _ in }
    ) throws(BackupError) {
        try requireEmpty(target.path)
        let draft = target.path + ".restoring"
        let mark = "\(draft)/\(Self.draftMark)"
        // ✝ Up to the rename there is only the draft. Its mark is there from the first moment to the last but one, so the
        // next attempt knows what it may replace; a folder of that name without it is somebody else's.
        try inBackup { () throws(FileError) in
            if Files.exists(draft), try Files.list(draft).isEmpty || Files.exists(mark) {
                try Files.removeTree(draft)
            }
        }
        guard !Files.exists(draft) else { throw .foreignDraft(path: draft) }
        try inBackup { () throws(FileError) in
            try Files.createDirectory(draft, mode: 0o700)
            try Files.writeDurably([], to: mark, mode: 0o600)
            try DataDirectory(path: draft).create()
        }
        let prefix = BackupLayout.data + "/"
        let files = manifest.files.filter { $0.path.utf8.starts(with: prefix.utf8) }
        for (number, file) in files.enumerated() {
            try copy(file, to: "\(draft)/\(file.path.dropFirst(prefix.count))")
            progress("files", UInt64(number + 1), UInt64(files.count))
        }
        try inBackup { () throws(FileError) in
            try Files.remove(mark)
            try Files.syncDirectory(draft)
            // A rename replaces an empty folder and refuses any other.
            try Files.rename(draft, to: target.path)
            try Files.syncDirectory(Files.directory(of: target.path))
        }
    }

    /// The file that says that a folder is a restore under way.
    static let draftMark = ".restoring"

    /// Whether the backup has a configuration file.
    public var hasConfiguration: Bool { manifest.files.contains { $0.path == BackupLayout.configuration } }

    /// Puts the configuration file back unless there is one.
    ///
    /// - Returns: whether it was written.
    /// - Throws: `BackupError.changedFile`, `.file`.
    public func restoreConfiguration(to path: String) throws(BackupError) -> Bool {
        guard !Files.exists(path), let file = manifest.files.first(where: { $0.path == BackupLayout.configuration })
        else { return false }
        try copy(file, to: path, mode: 0o644)
        return true
    }

    /// Refuses a target that a backup cannot be put into: one that holds something, or has too little room.
    ///
    /// - Throws: `BackupError.targetNotEmpty`, `.notEnoughRoom`, `.file`.
    public func requireRoom(at target: DataDirectory) throws(BackupError) {
        try requireEmpty(target.path)
        let available = try inBackup { () throws(FileError) in
            var folder = Files.directory(of: target.path)
            while !Files.exists(folder), folder != "." { folder = Files.directory(of: folder) }
            return try Files.availableBytes(folder)
        }
        guard manifest.totalBytes <= available else {
            throw .notEnoughRoom(
                path: target.path, neededBytes: manifest.totalBytes, availableBytes: available)
        }
    }

    private func requireEmpty(_ path: String) throws(BackupError) {
        let found = try inBackup { () throws(FileError) in Files.exists(path) ? try Files.list(path) : [] }
        guard found.isEmpty else { throw .targetNotEmpty(path: path) }
    }

    private func requireNoSurplus() throws(BackupError) {
        let named = Set(manifest.files.map(\.path) + [BackupManifest.filename])
        let found = try inBackup { () throws(FileError) in try FileCopy.tree(path) }
        // Compared byte by byte: two names that Swift takes for equal are two files.
        let bytes = Set(named.map { Array($0.utf8) })
        if let surplus = found.first(where: { !bytes.contains(Array($0.utf8)) }) {
            throw .surplusFile(path: "\(path)/\(surplus)")
        }
    }

    private func check(_ file: BackupFile) throws(BackupError) {
        let path = "\(path)/\(file.path)"
        guard Files.exists(path) else { throw .missingFile(path: path) }
        let (size, digest) = try inBackup { () throws(FileError) in try FileCopy.measure(path) }
        guard size == file.sizeBytes, digest == file.sha256 else { throw .changedFile(path: path) }
    }

    private func copy(_ file: BackupFile, to destination: String, mode: UInt16 = 0o600) throws(BackupError) {
        let (size, digest) = try inBackup { () throws(FileError) in
            try Files.createDirectory(Files.directory(of: destination), mode: 0o700)
            return try FileCopy.copy("\(path)/\(file.path)", to: destination, mode: mode)
        }
        guard size == file.sizeBytes, digest == file.sha256 else {
            throw .changedFile(path: "\(path)/\(file.path)")
        }
    }
}
