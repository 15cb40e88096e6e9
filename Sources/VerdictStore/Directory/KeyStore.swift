public import Cryptography
import Platform

/// The private keys of a data directory (or of an operator's desk): one text file each, for the owner alone.
///
/// A role's key in use is `<name>.key`; between a rotation and the retirement that ends it the successor lies beside it
/// as `next-<name>.key`. Keys that were ended are renamed, never removed. The form is in `KeyFileText`.
/// All calls block on the file system; they belong to start-up and to commands.
public struct KeyStore: Sendable {
    /// What `list` tells of a key without its secret, and without a passphrase.
    public struct Entry: Hashable, Sendable {
        public let file: KeyFileName
        public let publicKey: Ed25519PublicKey
        public let isEncrypted: Bool
        public let path: String

        public var name: KeyName { file.name }
    }

    /// Where the files are.
    public let directory: String
    private let passphrase: KeyPassphrase?

    /// - Parameter passphrase: opens encrypted files, and encrypts those that are stored.
    public init(directory: String, passphrase: KeyPassphrase? = nil) {
        self.directory = directory
        self.passphrase = passphrase
    }

    /// Where the key of that name is, or would be.
    public func path(of name: KeyName, _ generation: KeyGeneration = .current) -> String {
        "\(directory)/\(KeyFileName(name, generation).text)"
    }

    public func contains(_ name: KeyName, _ generation: KeyGeneration = .current) -> Bool {
        Files.exists(path(of: name, generation))
    }

    // MARK: Reading

    /// Reads a key.
    ///
    /// - Throws: `KeyFileError`, also when anyone but the owner may read the file.
    public func load(
        _ name: KeyName, _ generation: KeyGeneration = .current
    ) throws(KeyFileError) -> Ed25519SigningKey {
        try load(name, atPath: path(of: name, generation))
    }

    /// Reads a key from a file elsewhere, such as a root key from a removable disk.
    ///
    /// - Throws: `KeyFileError`, as for a key of the directory.
    public func load(_ name: KeyName, atPath path: String) throws(KeyFileError) -> Ed25519SigningKey {
        try text(of: name, atPath: path).key(passphrase)
    }

    /// Every key at hand under a name: the one in use, then its successor; at least one.
    ///
    /// - Throws: `KeyFileError`, `.missing` when there is none.
    public func keys(named name: KeyName) throws(KeyFileError) -> [Ed25519SigningKey] {
        var keys: [Ed25519SigningKey] = []
        for generation in KeyGeneration.allCases where contains(name, generation) {
            keys.append(try load(name, generation))
        }
        guard !keys.isEmpty else { throw .missing(path: path(of: name)) }
        return keys
    }

    /// The log keys at hand, at least one.
    ///
    /// - Throws: `KeyFileError`, also when there is none.
    public func logKeys() throws(KeyFileError) -> [Ed25519SigningKey] { try keys(named: .log) }

    /// The key with that identifier; nil when its file is not here.
    ///
    /// - Throws: `KeyFileError` for the first file that cannot be used.
    public func key(withID id: KeyID) throws(KeyFileError) -> Ed25519SigningKey? {
        guard let entry = try list().first(where: { $0.publicKey.keyID == id }) else { return nil }
        return try load(entry.name, entry.file.generation)
    }

    /// Every key in the directory, ascending by name. A directory that does not exist holds none.
    ///
    /// - Throws: `KeyFileError` for the first file that cannot be used: an unusable key is never skipped in silence.
    public func list() throws(KeyFileError) -> [Entry] {
        guard Files.exists(directory) else { return [] }
        let files: [String]
        do throws(FileError) { files = try Files.list(directory) } catch { throw .file(error) }
        var entries: [Entry] = []
        for file in files {
            if let entry = try entry(ofFile: file) { entries.append(entry) }
        }
        return entries.sorted { $0.file < $1.file }
    }

    /// What one file of the directory holds; nil when its name is not a key's.
    ///
    /// - Throws: `KeyFileError`.
    public func entry(ofFile file: String) throws(KeyFileError) -> Entry? {
        guard let name = try KeyFileName(fileName: file) else { return nil }
        let path = "\(directory)/\(file)"
        let text = try text(of: name.name, atPath: path)
        return Entry(file: name, publicKey: text.publicKey, isEncrypted: text.isEncrypted, path: path)
    }

    private func text(of name: KeyName, atPath path: String) throws(KeyFileError) -> KeyFileText {
        let permissions: UInt16
        var bytes: [UInt8]
        do throws(FileError) {
            permissions = try Files.permissions(path)
            bytes = try Files.readAll(path, maxBytes: 4096)
        } catch {
            throw error.isNotFound ? .missing(path: path) : .file(error)
        }
        defer { bytes.wipe() }
        // A key that others can read is refused before it is used even once.
        guard permissions & 0o077 == 0 else { throw .exposed(path: path, permissions: permissions) }
        return try KeyFileText(parsing: bytes, name: name, path: path)
    }

    // MARK: Writing

    /// Makes a new key and stores it durably.
    ///
    /// - Throws: `KeyFileError.alreadyThere` rather than replace one; `.file`.
    public func create(
        _ name: KeyName, _ generation: KeyGeneration = .current
    ) throws(KeyFileError) -> Ed25519SigningKey {
        let key = Ed25519SigningKey.generate()
        try store(key, as: name, generation)
        return key
    }

    /// Stores a key durably with permissions 600, encrypted when there is a passphrase.
    ///
    /// - Throws: `KeyFileError.alreadyThere` rather than replace one; `.file`.
    public func store(
        _ key: Ed25519SigningKey, as name: KeyName, _ generation: KeyGeneration = .current
    ) throws(KeyFileError) {
        let path = path(of: name, generation)
        guard !Files.exists(path) else { throw .alreadyThere(path: path) }
        try write(key, name, to: path)
    }

    /// Encrypts a key file that is not, in its place.
    ///
    /// - Returns: whether there was anything to do.
    /// - Throws: `KeyFileError`. The file is then as it was.
    public func encrypt(_ entry: Entry) throws(KeyFileError) -> Bool {
        precondition(passphrase != nil, "nothing to encrypt with")
        guard !entry.isEncrypted else { return false }
        try write(try load(entry.name, entry.file.generation), entry.name, to: entry.path)
        return true
    }

    /// Renames the file of a key that was ended, and lets its successor take its place. Does nothing for a key that is
    /// not here.
    ///
    /// - Returns: the new paths of both, where there was such a file.
    /// - Throws: `KeyFileError.file`. ✝ Between the two renames only the successor is there, which `keys` finds.
    public func setAside(_ ended: KeyID) throws(KeyFileError) -> (ended: String, promoted: String?)? {
        guard let entry = try list().first(where: { $0.publicKey.keyID == ended }) else { return nil }
        let aside = "\(directory)/\(entry.name.text)\(KeyFileName.suffix).ended-\(ended.hex.prefix(8))"
        do throws(FileError) {
            try Files.rename(entry.path, to: aside)
            var promoted: String?
            if entry.file.generation == .current, contains(entry.name, .successor) {
                promoted = path(of: entry.name)
                try Files.rename(path(of: entry.name, .successor), to: path(of: entry.name))
            }
            try Files.syncDirectory(directory)
            return (ended: aside, promoted: promoted)
        } catch {
            throw .file(error)
        }
    }

    private func write(_ key: Ed25519SigningKey, _ name: KeyName, to path: String) throws(KeyFileError) {
        var bytes = KeyFileText.bytes(of: key, name: name, passphrase: passphrase)
        defer { bytes.wipe() }
        do throws(FileError) {
            try Files.createDirectory(directory, mode: 0o700)
            try Files.writeDurably(bytes, to: path, mode: 0o600)
        } catch {
            throw .file(error)
        }
    }
}
