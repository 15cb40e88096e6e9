import Cryptography
import Platform
import TestSupport
import Testing

@testable import VerdictStore

@Suite("Encrypted key files")
struct EncryptedKeyTests {
    private let temporary: TemporaryDirectory
    private let store: KeyStore

    init() throws {
        temporary = try TemporaryDirectory()
        let passphrase = try Self.passphrase("correct horse battery", in: temporary)
        store = KeyStore(directory: temporary.path("keys"), passphrase: passphrase)
    }

    private static func passphrase(
        _ text: String, in temporary: TemporaryDirectory, name: String = "passphrase", permissions: UInt16 = 0o600
    ) throws -> KeyPassphrase {
        let path = temporary.path(name)
        try Files.writeDurably(Array(text.utf8), to: path, mode: permissions)
        return try KeyPassphrase(file: path)
    }

    @Test("a key comes back with its passphrase, and the file holds nothing of the seed")
    func roundTrip() throws {
        let key = try store.create(.verdict)
        #expect(try store.load(.verdict).sign([1, 2]) == key.sign([1, 2]))
        let bytes = try Files.readAll(store.path(of: .verdict))
        let text = String(decoding: bytes, as: UTF8.self)
        let seed = unsafe key.withSeed { unsafe Array($0) }
        #expect(!text.contains(Base64.encode(seed)) && !text.contains("seed:"))
        #expect(text.hasPrefix("jurat encrypted private key v1\nname: verdict\n"))
        #expect(text.contains("\nkdf: argon2id 2 67108864\n"))
        #expect(try Files.permissions(store.path(of: .verdict)) == 0o600)
    }

    @Test("what a file holds is listed without the passphrase")
    func listed() throws {
        let key = try store.create(.log)
        let entries = try KeyStore(directory: store.directory).list()
        #expect(entries.map(\.publicKey) == [key.publicKey] && entries.map(\.isEncrypted) == [true])
    }

    @Test("without the passphrase, or with another, the key stays shut and the message says which it was")
    func shut() throws {
        _ = try store.create(.log)
        let without = #expect(throws: KeyFileError.self) { try KeyStore(directory: store.directory).load(.log) }
        guard case .locked? = without, without?.description.contains("--passphrase-file") == true else {
            Issue.record("expected locked, got \(String(describing: without))")
            return
        }
        let other = try Self.passphrase("correct horse batterx", in: temporary, name: "other")
        let wrong = #expect(throws: KeyFileError.self) {
            try KeyStore(directory: store.directory, passphrase: other).load(.log)
        }
        guard case .wrongPassphrase? = wrong else {
            Issue.record("expected a wrong passphrase, got \(String(describing: wrong))")
            return
        }
    }

    @Test(
        "a changed byte in any field is refused", arguments: ["name", "keyid", "public", "kdf", "salt", "nonce", "box"])
    func damaged(field: String) throws {
        _ = try store.create(.log)
        let path = store.path(of: .log)
        var lines = String(decoding: try Files.readAll(path), as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
        let index = try #require(lines.firstIndex { $0.hasPrefix(field + ": ") })
        var line = Array(lines[index].utf8)
        let position = field.utf8.count + 3
        line[position] = line[position] == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
        lines[index] = String(decoding: line, as: UTF8.self)
        try Files.remove(path)
        try Files.writeDurably(Array(lines.joined(separator: "\n").utf8), to: path)
        #expect(throws: KeyFileError.self) { try store.load(.log) }
    }

    @Test(
        "a derivation so cheap that guessing pays, or so dear that opening stops the machine, is refused",
        arguments: ["argon2id 1 8192", "argon2id 2 68719476736", "argon2id 4000000000 67108864", "scrypt 2 67108864"])
    func derivation(text: String) throws {
        _ = try store.create(.log)
        let path = store.path(of: .log)
        let file = String(decoding: try Files.readAll(path), as: UTF8.self)
        try Files.remove(path)
        try Files.writeDurably(Array(file.replacing("argon2id 2 67108864", with: text).utf8), to: path)
        let error = #expect(throws: KeyFileError.self) { try store.load(.log) }
        guard case .malformed? = error else {
            Issue.record("expected a malformed file, got \(String(describing: error))")
            return
        }
    }

    @Test("a passphrase file that others may read is refused", arguments: [0o640, 0o604, 0o644, 0o620] as [UInt16])
    func exposed(permissions: UInt16) throws {
        let error = #expect(throws: KeyFileError.self) {
            try Self.passphrase("long enough", in: temporary, name: "seen", permissions: permissions)
        }
        guard case .passphraseExposed(_, let found)? = error else {
            Issue.record("expected a refusal, got \(String(describing: error))")
            return
        }
        #expect(found == permissions)
    }

    @Test(
        "a file without one usable line is no passphrase, and its message quotes nothing of it",
        arguments: ["", "\n", "short", "two lines\nof text\n", "nulls \u{0} inside"])
    func unusable(text: String) throws {
        let error = #expect(throws: KeyFileError.self) {
            try Self.passphrase(text, in: temporary, name: "unusable")
        }
        #expect(text.count < 3 || error?.description.contains(text.prefix(5)) == false)
    }

    @Test("the line feed at the end is not part of the passphrase")
    func lineFeed() throws {
        let key = try store.create(.log)
        let same = try Self.passphrase("correct horse battery\r\n", in: temporary, name: "same")
        #expect(try KeyStore(directory: store.directory, passphrase: same).load(.log).publicKey == key.publicKey)
    }

    @Test("a plain file is encrypted in its place, once")
    func encrypted() throws {
        let key = try KeyStore(directory: store.directory).create(.operator(user: "ana"))
        #expect(try store.encrypt(try #require(try store.list().first)))
        let entry = try #require(try store.list().first)
        #expect(entry.isEncrypted && entry.publicKey == key.publicKey)
        #expect(try !store.encrypt(entry))
        #expect(try store.load(.operator(user: "ana")).publicKey == key.publicKey)
    }
}

@Suite("Successors of keys")
struct KeySuccessionTests {
    private let temporary: TemporaryDirectory
    private let store: KeyStore

    init() throws {
        temporary = try TemporaryDirectory()
        store = KeyStore(directory: temporary.path("keys"))
    }

    @Test(
        "file names say name and generation, whatever an operator is called",
        arguments: [
            ("log.key", KeyName.log, KeyGeneration.current), ("next-log.key", .log, .successor),
            ("operator-next.key", .operator(user: "next"), .current),
            ("next-operator-next-log.key", .operator(user: "next-log"), .successor),
            ("witness.key", .witness, .current),
        ])
    func names(text: String, name: KeyName, generation: KeyGeneration) throws {
        let file = try #require(try KeyFileName(fileName: text))
        #expect(file.name == name && file.generation == generation && file.text == text)
    }

    @Test("names that are no key's", arguments: ["log.key.ended-01234567", "readme.txt", "log"])
    func otherNames(text: String) throws { #expect(try KeyFileName(fileName: text) == nil) }

    @Test(
        "names that look like a key's and are none", arguments: ["next-next-log.key", "next-.key", ".key", "logs.key"])
    func badNames(text: String) { #expect(throws: KeyFileError.self) { try KeyFileName(fileName: text) } }

    @Test("both keys are at hand until the first is set aside; then the successor has its place, and nothing is lost")
    func succession() throws {
        let first = try store.create(.log)
        let second = try store.create(.log, .successor)
        #expect(try store.keys(named: .log).map(\.publicKey) == [first.publicKey, second.publicKey])
        #expect(try store.key(withID: second.publicKey.keyID)?.publicKey == second.publicKey)
        let moved = try #require(try store.setAside(first.publicKey.keyID))
        #expect(moved.promoted == store.path(of: .log))
        #expect(try store.load(.log).publicKey == second.publicKey)
        #expect(!store.contains(.log, .successor))
        #expect(Files.exists(moved.ended) && moved.ended.hasSuffix(".ended-" + first.publicKey.keyID.hex.prefix(8)))
        #expect(try store.list().map(\.publicKey) == [second.publicKey])
        #expect(try store.setAside(first.publicKey.keyID) == nil)
    }

    @Test("a successor that is set aside leaves the key in use where it is")
    func withdrawnSuccessor() throws {
        let first = try store.create(.verdict)
        let second = try store.create(.verdict, .successor)
        let moved = try #require(try store.setAside(second.publicKey.keyID))
        #expect(moved.promoted == nil)
        #expect(try store.keys(named: .verdict).map(\.publicKey) == [first.publicKey])
    }

    @Test("a successor that a crash left alone is found")
    func interrupted() throws {
        let second = try store.create(.log, .successor)
        #expect(try store.logKeys().map(\.publicKey) == [second.publicKey])
    }
}
