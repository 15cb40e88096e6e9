public import Cryptography
import Platform

/// The private keys of a data directory (or of an operator's desk): one text file each, for the owner alone.
///
/// Form, every line ending in a line feed:
/// ```
/// jurat private key v1
/// name: log
/// keyid: <64 hexadecimal digits>
/// seed: <Base64 of 32 bytes>
/// ```
/// All calls block on the file system; they belong to start-up and to commands.
public struct KeyStore: Sendable {
    /// What `list` tells of a key without its secret.
    public struct Entry: Hashable, Sendable {
        public let name: KeyName
        public let publicKey: Ed25519PublicKey
        public let path: String
    }

    private static let heading = "jurat private key v1"

    /// Where the files are.
    public let directory: String

    public init(directory: String) {
        self.directory = directory
    }

    /// Where the key of that name is, or would be.
    public func path(of name: KeyName) -> String { "\(directory)/\(name.text).key" }

    public func contains(_ name: KeyName) -> Bool { Files.exists(path(of: name)) }

    /// Reads a key.
    ///
    /// - Throws: `KeyFileError`, also when anyone but the owner may read the file.
    public func load(_ name: KeyName) throws(KeyFileError) -> Ed25519SigningKey {
        let path = path(of: name)
        let permissions: UInt16
        let bytes: [UInt8]
        do throws(FileError) {
            permissions = try Files.permissions(path)
            bytes = try Files.readAll(path, maxBytes: 4096)
        } catch {
            throw error.isNotFound ? .missing(path: path) : .file(error)
        }
        // A key that others can read is refused before it is used even once.
        guard permissions & 0o077 == 0 else { throw .exposed(path: path, permissions: permissions) }
        return try KeyStore.parse(bytes, name: name, path: path)
    }

    /// The log keys at hand, at least one.
    ///
    /// - Throws: `KeyFileError`, also when there is none.
    public func logKeys() throws(KeyFileError) -> [Ed25519SigningKey] { [try load(.log)] }

    /// Makes a new key and stores it durably.
    ///
    /// - Throws: `KeyFileError.alreadyThere` rather than replace one; `.file`.
    public func create(_ name: KeyName) throws(KeyFileError) -> Ed25519SigningKey {
        let key = Ed25519SigningKey.generate()
        try store(key, as: name)
        return key
    }

    /// Stores a key durably with permissions 600.
    ///
    /// - Throws: `KeyFileError.alreadyThere` rather than replace one; `.file`.
    public func store(_ key: Ed25519SigningKey, as name: KeyName) throws(KeyFileError) {
        let path = path(of: name)
        guard !Files.exists(path) else { throw .alreadyThere(path: path) }
        let seed = unsafe key.withSeed { unsafe Base64.encode(Array($0)) }
        let text = """
            \(KeyStore.heading)
            name: \(name.text)
            keyid: \(key.publicKey.keyID.hex)
            seed: \(seed)

            """
        do throws(FileError) {
            try Files.createDirectory(directory, mode: 0o700)
            try Files.writeDurably(Array(text.utf8), to: path, mode: 0o600)
        } catch {
            throw .file(error)
        }
    }

    /// Every key in the directory, ascending by name. A directory that does not exist holds none.
    ///
    /// - Throws: `KeyFileError` for the first file that cannot be used: an unusable key is never skipped in silence.
    public func list() throws(KeyFileError) -> [Entry] {
        guard Files.exists(directory) else { return [] }
        let files: [String]
        do throws(FileError) { files = try Files.list(directory) } catch { throw .file(error) }
        var entries: [Entry] = []
        for file in files where file.utf8.suffix(4).elementsEqual(".key".utf8) {
            let name = try KeyName(parsing: String(decoding: Array(file.utf8.dropLast(4)), as: UTF8.self))
            entries.append(Entry(name: name, publicKey: try load(name).publicKey, path: path(of: name)))
        }
        return entries.sorted { $0.name < $1.name }
    }

    private static func parse(
        _ bytes: [UInt8], name: KeyName, path: String
    ) throws(KeyFileError) -> Ed25519SigningKey {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: Array($0), as: UTF8.self) }
        guard lines.count == 5, lines[0] == heading, lines[4].isEmpty else {
            throw .malformed(path: path, reason: "expected the heading \"\(heading)\" and three fields")
        }
        let found = try field("name", in: lines[1], path: path)
        guard found == name.text else { throw .wrongName(path: path, expected: name, found: found) }
        let keyID = try field("keyid", in: lines[2], path: path)
        let encodedSeed = try field("seed", in: lines[3], path: path)
        let key: Ed25519SigningKey
        do {
            key = try Ed25519SigningKey(seed: try Base64.decode(encodedSeed))
        } catch {
            // The message must not quote any part of the seed.
            throw .malformed(path: path, reason: "the seed is not the Base64 of 32 bytes")
        }
        guard key.publicKey.keyID.hex == keyID else {
            throw .malformed(path: path, reason: "the seed does not belong to the key identifier \(keyID.prefix(64))")
        }
        return key
    }

    private static func field(_ label: String, in line: String, path: String) throws(KeyFileError) -> String {
        let prefix = label + ": "
        guard line.utf8.starts(with: prefix.utf8) else {
            throw .malformed(path: path, reason: "expected a line \"\(prefix)…\"")
        }
        return String(decoding: Array(line.utf8.dropFirst(prefix.utf8.count)), as: UTF8.self)
    }
}
