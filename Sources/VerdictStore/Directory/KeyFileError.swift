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
    /// The file is encrypted, and no passphrase was given.
    case locked(path: String)
    /// The passphrase is another one than the file was encrypted with.
    case wrongPassphrase(path: String)
    case passphraseMissing(path: String)
    /// Others than the owner may read or write the passphrase file.
    case passphraseExposed(path: String, permissions: UInt16)
    case badPassphrase(path: String, reason: String)
    case file(FileError)

    public var description: String {
        switch self {
        case .badName(let text):
            "\"\(Logger.printable(String(text.prefix(80))))\" is not a key name; "
                + "expected root, log, verdict, witness or operator-<user>, where <user> is 1-64 characters of a-z 0-9 . _ -"
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
        case .locked(let path):
            "the key file \(path) is encrypted: name the file that holds its passphrase with --passphrase-file, or in the "
                + "configuration as keys: { passphraseFile: PATH }"
        case .wrongPassphrase(let path):
            "the passphrase does not open \(path): it was encrypted with another one, or the file is damaged"
        case .passphraseMissing(let path):
            "no passphrase file \(path); create it with one line of 8 to 1024 bytes and permissions 600"
        case .passphraseExposed(let path, let permissions):
            "the passphrase file \(path) has permissions \(String(permissions, radix: 8)), expected 600 or 400: others may "
                + "have read it; run chmod 600 on it, and change the passphrase if other people use this machine"
        case .badPassphrase(let path, let reason):
            "\(path) holds no passphrase: \(reason)"
        case .file(let error):
            "\(error)"
        }
    }
}
