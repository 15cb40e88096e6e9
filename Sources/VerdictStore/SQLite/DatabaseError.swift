import CSQLite

/// What a database refused, on which file, and during what.
public struct DatabaseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Why, as far as a caller may act on it.
    public enum Kind: String, Hashable, Sendable {
        /// A rule of the schema said no: a duplicate, a gap, an attempt to rewrite.
        case constraint
        /// The authorizer of this connection does not allow the statement.
        case denied
        /// Another process held the database for longer than we wait.
        case busy
        /// No room left.
        case full
        /// The operating system failed to read, write or synchronise. What is on the disk is unknown.
        case inputOutput
        /// The file is not a database, or not one that we wrote.
        case corrupt
        /// The file cannot be opened, or may only be read.
        case inaccessible
        /// A row does not have the shape that our schema promises.
        case unexpectedRow
        /// Anything else SQLite reports.
        case other
    }

    public let kind: Kind
    /// The database file.
    public let path: String
    /// What was being done, as a verb phrase.
    public let operation: String
    /// SQLite's own words.
    public let detail: String
    /// SQLite's extended result code; 0 when the error is ours.
    public let code: Int32

    init(kind: Kind, path: String, operation: String, detail: String, code: Int32 = 0) {
        self.kind = kind
        self.path = path
        self.operation = operation
        self.detail = detail
        self.code = code
    }

    /// Translates a result code at the call that returned it.
    init(code: Int32, detail: String, path: String, operation: String) {
        self.init(kind: Kind(code: code), path: path, operation: operation, detail: detail, code: code)
    }

    public var description: String {
        "cannot \(operation) in \(path): \(detail) (\(advice))"
    }

    private var advice: String {
        switch kind {
        case .constraint: "a rule of the schema forbids it"
        case .denied: "this connection may not do that"
        case .busy: "another process is using it; stop that process or wait"
        case .full: "free space on the disk and try again"
        case .inputOutput: "check the disk and the kernel log before starting again"
        case .corrupt: "restore it from a backup; jurat log verify shows what is intact"
        case .inaccessible: "check that the path exists and that this user may write there"
        case .unexpectedRow: "the file was changed by another program"
        case .other: "code \(code)"
        }
    }
}

extension DatabaseError.Kind {
    /// The meaning of a (possibly extended) result code.
    init(code: Int32) {
        switch code & 0xFF {
        case SQLITE_CONSTRAINT: self = .constraint
        case SQLITE_AUTH: self = .denied
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
        case SQLITE_FULL: self = .full
        case SQLITE_IOERR: self = .inputOutput
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt
        case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM: self = .inaccessible
        default: self = .other
        }
    }
}
