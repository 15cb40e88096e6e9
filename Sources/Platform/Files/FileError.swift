/// A file operation that the operating system refused, said so that a person can act on it.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was attempted, as a verb: `open`, `rename`, `synchronise`.
    public let operation: String
    /// On what. Not necessarily printable; `description` is.
    public let path: String
    /// The kernel's error number (`errno`), such as `ENOENT`.
    public let code: Int32

    public init(operation: String, path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// Whether the file, or a directory on the way to it, does not exist.
    public var isNotFound: Bool { code == 2 || code == 20 }

    /// Whether the file system has no room or the quota is spent.
    public var isOutOfSpace: Bool { code == 28 || code == 122 }

    /// Whether something of that name is there already.
    public var isAlreadyThere: Bool { code == 17 }

    public var description: String {
        "cannot \(operation) \(Logger.printable(path)): \(errorText(code))"
    }
}
