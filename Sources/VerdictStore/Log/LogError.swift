public import Cryptography
public import Platform
public import Screening
import TransparencyLog

/// Why the verdict log refused, or cannot be opened.
public enum LogError: Error, Sendable, CustomStringConvertible {
    /// There is no log in the data directory.
    case notInitialized(path: String)
    /// There is a log already; it is never replaced.
    case alreadyInitialized(path: String)
    /// Another process writes this log.
    case locked(path: String)
    /// None of the keys given is a log key that this log's key events introduced and that is good.
    case notTheLogKey([KeyID])
    /// The statement may not enter the log.
    case refused(StatementError)
    /// A disposition that is not the next of its signer about its subject: repeated, lost or made in view of old state.
    case wrongSequence(expected: UInt64, found: UInt64)
    /// More statements wait than the log takes; try again.
    case overloaded(limit: Int)
    case closed
    /// What is on the disk is unknown, so nothing more is signed in this process.
    case ended(reason: String)
    /// The log was ended in good order; another one continues it.
    case succeeded(by: String)
    /// Why no successor can be made of this log.
    case noSuccession(reason: String)
    /// The log is not what was signed.
    case damaged(LogDamage)
    /// The anchor has seen a longer log than this one.
    case rewound(anchorPath: String, anchorSize: UInt64, logSize: UInt64)
    /// The anchor has seen another history of this log.
    case forked(anchorPath: String, size: UInt64)
    /// The anchor is there and cannot be used.
    case unusableAnchor(path: String, reason: String)
    /// A text that names no log.
    case badOrigin(String)
    /// No statement begins with these digits.
    case noSuchStatement(prefix: String)
    /// Several statements begin with these digits.
    case ambiguousStatement(prefix: String)
    /// The directory to export to holds something else.
    case otherExport(directory: String, reason: String)
    case database(DatabaseError)
    case file(FileError)

    public var description: String {
        switch self {
        case .notInitialized(let path): "there is no verdict log at \(path); create it with jurat init"
        case .alreadyInitialized(let path): "there is a verdict log at \(path) already; it is kept as it is"
        case .locked(let path): "another process holds \(path); stop the other jurat serve first"
        case .notTheLogKey(let keys):
            (keys.isEmpty ? "no key was given to sign this log with" : wrongKeys(keys))
                + "; put the right log key into the keys directory (jurat key list shows which it is)"
        case .refused(let error): "\(error)"
        case .wrongSequence(let expected, let found):
            "the disposition has sequence \(found), expected \(expected); look at the artifact again and sign anew"
        case .overloaded(let limit): "\(limit) statements wait for the log already; try again"
        case .closed: "the verdict log is closed"
        case .ended(let reason): "the verdict log stopped: \(reason); start jurat again, it will check what was written"
        case .succeeded(let origin):
            "the verdict log has ended: \(Logger.printable(origin)) continues it. If that log is not here yet, finish with "
                + "jurat log succeed --origin \(Logger.printable(origin))"
        case .noSuccession(let reason): "the log gets no successor: \(reason)"
        case .damaged(let damage): "the verdict log is damaged: \(damage); restore it from a backup and verify that"
        case .rewound(let path, let anchorSize, let logSize): rewindAdvice(path, anchorSize, logSize)
        case .forked(let path, let size):
            "the verdict log and its anchor \(path) disagree about the first \(size) entries: two histories were "
                + "signed. Keep both files and find out which one peers have seen. If a backup has that one, put it back "
                + "(jurat restore); if none has, give the log a successor: \(successionCommand)"
        case .unusableAnchor(let path, let reason):
            "the anchor \(path) cannot be used: \(reason); move it away only if you know why it is damaged. After an "
                + "interrupted jurat log succeed, run that command again"
        case .badOrigin(let text):
            "\"\(Logger.printable(String(text.prefix(80))))\" cannot name a log; expected for example "
                + "packages.example.com/verdicts, without spaces or plus signs"
        case .noSuchStatement(let prefix): "no statement begins with \(Logger.printable(prefix))"
        case .ambiguousStatement(let prefix):
            "several statements begin with \(Logger.printable(prefix)); give more digits"
        case .otherExport(let directory, let reason):
            "\(directory) cannot be continued: \(Logger.printable(reason)); export to another directory"
        case .database(let error): "\(error)"
        case .file(let error): "\(error)"
        }
    }
}

private func wrongKeys(_ keys: [KeyID]) -> String {
    let names = keys.map(\.hex).joined(separator: ", ")
    return keys.count == 1
        ? "key \(names) does not sign this log: no key event made it a log key, or it was ended"
        : "none of the keys \(names) signs this log: no key event made them log keys, or they were ended"
}

private let successionCommand = "jurat log succeed --origin NAME --reason TEXT --root-key FILE"

private func rewindAdvice(_ path: String, _ anchorSize: UInt64, _ logSize: UInt64) -> String {
    "the verdict log has \(logSize) entries, but its anchor \(path) has seen \(anchorSize): an old copy of the data "
        + "directory was put back. Nothing is signed, because that would make a second history. Put a copy with at least "
        + "\(anchorSize) entries back (jurat restore BACKUP --verify tells how far one reaches, jurat restore BACKUP puts "
        + "it back); if none exists, give the log a successor: \(successionCommand)"
}

/// One way in which a log is not what was signed.
public enum LogDamage: Error, Hashable, Sendable, CustomStringConvertible {
    /// The database's definitions were changed.
    case schema(object: String)
    case missingEntry(index: UInt64)
    /// The stored hash of an entry is not the hash of its bytes.
    case leafHash(index: UInt64)
    /// An entry that cannot be read, or whose signature does not hold.
    case entry(index: UInt64, reason: String)
    /// The statement index does not say what the entry says.
    case statementRow(index: UInt64)
    case tile(level: Int, index: UInt64)
    case noCheckpoint
    /// A checkpoint that is not of this log, or not signed by its key.
    case checkpoint(size: UInt64, reason: String)
    /// The entries do not hash to what was signed.
    case root(size: UInt64)
    /// Entries that no checkpoint covers.
    case unsignedEntries(from: UInt64, to: UInt64)
    /// Rows beyond the log's end.
    case surplusRows(table: String)

    public var description: String {
        switch self {
        case .schema(let object): "the definition of \(Logger.printable(object)) was changed or removed"
        case .missingEntry(let index): "entry \(index) is missing"
        case .leafHash(let index): "entry \(index) does not have its stored hash"
        case .entry(let index, let reason): "entry \(index) does not hold: \(reason)"
        case .statementRow(let index): "the statement index differs from entry \(index)"
        case .tile(let level, let index): "tile \(level)/\(index) differs from the entries"
        case .noCheckpoint: "there is no signed checkpoint"
        case .checkpoint(let size, let reason): "the checkpoint of size \(size) does not hold: \(reason)"
        case .root(let size): "the first \(size) entries do not have the signed root"
        case .unsignedEntries(let from, let to): "entries \(from) to \(to) are covered by no checkpoint"
        case .surplusRows(let table): "\(table) has rows beyond the log's end"
        }
    }
}
