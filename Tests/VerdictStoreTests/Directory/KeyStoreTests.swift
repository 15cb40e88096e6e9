import Cryptography
import Platform
import TestSupport
import Testing

@testable import VerdictStore

@Suite("Key files")
struct KeyStoreTests {
    private let temporary: TemporaryDirectory
    private let store: KeyStore

    init() throws {
        temporary = try TemporaryDirectory()
        store = KeyStore(directory: temporary.path("keys"))
    }

    @Test("a key comes back as it was stored, for its owner alone")
    func roundTrip() throws {
        let name = try KeyName(parsing: "operator-ana.b_c-1")
        let key = try store.create(name)
        #expect(try Files.permissions(store.path(of: name)) == 0o600)
        let loaded = try store.load(name)
        #expect(loaded.publicKey == key.publicKey)
        #expect(loaded.sign([1, 2, 3]) == key.sign([1, 2, 3]))
        #expect(store.contains(name))
        #expect(!store.contains(.root))
    }

    @Test("a key that anyone else may read is refused", arguments: [0o640, 0o604, 0o644, 0o660, 0o602] as [UInt16])
    func exposed(permissions: UInt16) throws {
        _ = try store.create(.log)
        try Files.setPermissions(permissions, of: store.path(of: .log))
        let error = #expect(throws: KeyFileError.self) { try store.load(.log) }
        guard case .exposed(_, let found)? = error else {
            Issue.record("expected a refusal, got \(String(describing: error))")
            return
        }
        #expect(found == permissions)
        #expect(error?.description.contains("chmod 600") == true)
    }

    @Test("a key is never overwritten")
    func noOverwriting() throws {
        let key = try store.create(.verdict)
        #expect(throws: KeyFileError.self) { try store.create(.verdict) }
        #expect(try store.load(.verdict).publicKey == key.publicKey)
    }

    @Test("a missing key says where it was expected and how to get one")
    func missing() throws {
        let error = #expect(throws: KeyFileError.self) { try store.load(.root) }
        #expect(error?.description.contains(store.path(of: .root)) == true)
        #expect(error?.description.contains("jurat init") == true)
    }

    @Test("a file under another key's name is refused: keys never change roles")
    func renamed() throws {
        _ = try store.create(.verdict)
        try Files.rename(store.path(of: .verdict), to: store.path(of: .log))
        let error = #expect(throws: KeyFileError.self) { try store.load(.log) }
        guard case .wrongName? = error else {
            Issue.record("expected a wrong name, got \(String(describing: error))")
            return
        }
    }

    @Test("a damaged file is refused, and its message quotes nothing of the seed")
    func damaged() throws {
        let key = try store.create(.log)
        let path = store.path(of: .log)
        let bytes = try Files.readAll(path)
        let seed = unsafe key.withSeed { unsafe Base64.encode(Array($0)) }
        for offset in bytes.indices {
            for changed in [UInt8(ascii: "A"), UInt8(ascii: "B"), 0x0A] where changed != bytes[offset] {
                var damaged = bytes
                damaged[offset] = changed
                try Files.remove(path)
                try Files.writeDurably(damaged, to: path)
                let error = #expect(throws: KeyFileError.self, "byte \(offset)") { try store.load(.log) }
                #expect(error?.description.contains(seed.prefix(8)) == false)
            }
        }
        for count in [0, 1, bytes.count - 1] {
            try Files.writeDurably(Array(bytes.prefix(count)), to: path)
            #expect(throws: KeyFileError.self) { try store.load(.log) }
        }
        try Files.writeDurably(bytes + [0x0A], to: path)
        #expect(throws: KeyFileError.self) { try store.load(.log) }
    }

    @Test("listing shows every key in order, and no unusable one is passed over")
    func listing() throws {
        #expect(try store.list() == [])
        for name in ["verdict", "operator-bo", "root", "operator-ana"] {
            _ = try store.create(KeyName(parsing: name))
        }
        #expect(try store.list().map(\.name.text) == ["operator-ana", "operator-bo", "root", "verdict"])
        try temporary.write([1], to: "keys/notes.txt")
        #expect(try store.list().count == 4)
        try temporary.write([1], to: "keys/log.key")
        #expect(throws: KeyFileError.self) { try store.list() }
    }

    @Test(
        "what is not a key name is refused",
        arguments: [
            "", "Root", "operator", "operator-", "operator-A", "operator-../log", "operator-a/b", "operator-.a",
            "operator-é", "log ", "operator-" + String(repeating: "a", count: 65),
        ])
    func badNames(text: String) {
        #expect(throws: KeyFileError.self) { try KeyName(parsing: text) }
    }

    @Test("the data directory is private and names its parts under one roof, the anchor excepted")
    func dataDirectory() throws {
        let directory = DataDirectory(path: temporary.path("data//"))
        try directory.create()
        try directory.create()
        #expect(try Files.permissions(directory.path) == 0o700)
        #expect(try Files.permissions(directory.keysDirectory) == 0o700)
        let paths = [
            directory.verdictsPath, directory.jobsPath, directory.historyPath, directory.accessPath,
            directory.refusalsPath, directory.adminSocketPath, directory.auditPath, directory.lockPath,
        ]
        #expect(Set(paths).count == paths.count)
        #expect(paths.allSatisfy { $0.hasPrefix(directory.path + "/") })
        #expect(directory.anchorPath == temporary.path("data.anchor"))
    }
}
