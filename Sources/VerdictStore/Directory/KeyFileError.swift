public import Platform

/// Why a key file cannot be used.
public enum KeyFileError: Error, Sendable, CustomStringConvertible {
    /// A text that is not the name of a key.
    case badName(String)
    case missing(path: String)
    /// Others than the owner may read or write the file.
    case exposed(path: String, permissions: UInt16)
    /// The file does not have the form that we write.
    case malformed(path: String, reason: String)
    /// The file holds another key than its name says.
    case wrongName(path: String, expected: KeyName, found: String)
    /// Creating would replace a key, and with it the only way to sign as it.
    case alreadyThere(path: String)
    case file(FileError)

    public var description: String {
        switch self {
        case .badName(let text):
            "\"\(Logger.printable(String(text.prefix(80))))\" is not a key name; "
                + "expected root, log, verdict or operator-<user>, where <user> is 1-64 characters of a-z 0-9 . _ -"
        case .missing(let path):
            "no key file \(path); create the keys with jurat init, or restore the file from your backup"
        case .exposed(let path, let permissions):
            "the key file \(path) has permissions \(String(permissions, radix: 8)), expected 600: others may have read "
                + "it; run chmod 600 on it, and rotate the key if other people use this machine"
        case .malformed(let path, let reason):
            "\(path) is not a jurat key file: \(reason); restore it from your backup"
        case .wrongName(let path, let expected, let found):
            "\(path) holds the key \(Logger.printable(found)), expected \(expected); keys never change roles"
        case .alreadyThere(let path):
            "\(path) exists already; a key is never overwritten: move the file away first if you mean to replace it"
        case .file(let error):
            "\(error)"
        }
    }
}
