public import Platform

/// Why a backup was not made, does not hold, or was not put back.
public enum BackupError: Error, Sendable, CustomStringConvertible {
    /// Something has the destination's name already.
    case destinationTaken(path: String)
    /// Another backup is being written there.
    case busy(path: String)
    case notEnoughRoom(path: String, neededBytes: Int64, availableBytes: Int64)
    /// The folder holds no backup, or one that this version cannot read.
    case badManifest(path: String, reason: String)
    /// A file of the manifest is not there.
    case missingFile(path: String)
    /// A file that the manifest does not name.
    case surplusFile(path: String)
    /// A file is not the one that was backed up.
    case changedFile(path: String)
    /// The log in the backup is not the one that the manifest speaks of.
    case otherLog(path: String, reason: String)
    /// There is something in the folder that the backup would be put into.
    case targetNotEmpty(path: String)
    /// The folder beside the target in which the data is put together is in use for something else.
    case foreignDraft(path: String)
    case log(LogError)
    case database(DatabaseError)
    case file(FileError)

    public var description: String {
        switch self {
        case .destinationTaken(let path): "\(path) exists already; name a new folder, backups are never replaced"
        case .busy(let path): "another backup is being written to \(path); wait for it"
        case .notEnoughRoom(let path, let needed, let available):
            "\(path) has room for \(available >> 20) MiB, and the backup needs \(needed >> 20) MiB"
        case .badManifest(let path, let reason):
            "\(path) is no backup that can be used: \(reason); expected a folder that jurat backup has written"
        case .missingFile(let path): "\(path) is missing from the backup; use another backup"
        case .surplusFile(let path):
            "\(path) is not part of the backup; somebody put it there, find out why before you use this backup"
        case .changedFile(let path): "\(path) is not the file that was backed up; use another backup"
        case .otherLog(let path, let reason): "the log in \(path) is not the one that was backed up: \(reason)"
        case .targetNotEmpty(let path):
            "\(path) is not empty, and nothing is ever overwritten; move it away, keep it until all is well again"
        case .foreignDraft(let path):
            "\(path) holds something that no restore has left there; move it away and try again"
        case .log(let error): "\(error)"
        case .database(let error): "\(error)"
        case .file(let error): "\(error)"
        }
    }

    /// Whether a copy does not hold, as opposed to work that could not be done.
    public var isFailedVerification: Bool {
        switch self {
        case .badManifest, .missingFile, .surplusFile, .changedFile, .otherLog: true
        case .log(let error): if case .damaged = error { true } else { false }
        case .database(let error): error.kind == .corrupt || error.kind == .unexpectedRow
        case .destinationTaken, .busy, .notEnoughRoom, .targetNotEmpty, .foreignDraft, .file: false
        }
    }
}

/// Runs file work as part of a backup.
func inBackup<Outcome>(_ body: () throws(FileError) -> Outcome) throws(BackupError) -> Outcome {
    do throws(FileError) { return try body() } catch { throw .file(error) }
}
