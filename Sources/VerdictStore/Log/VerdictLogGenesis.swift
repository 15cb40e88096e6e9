public import Cryptography
import Platform
import Screening
import TransparencyLog

/// Makes a new verdict log whose first entries say who may sign what.
public enum VerdictLogGenesis {
    /// The keys that a log begins with. Roles never share a key.
    public struct Keys: Sendable {
        /// Signs the first key events; to be moved offline afterwards.
        public var root: Ed25519SigningKey
        /// Signs checkpoints.
        public var log: Ed25519SigningKey
        public var verdict: Ed25519PublicKey
        /// Each operator's name and key.
        public var operators: [Operator]

        public init(
            root: Ed25519SigningKey, log: Ed25519SigningKey, verdict: Ed25519PublicKey, operators: [Operator]
        ) {
            self.root = root
            self.log = log
            self.verdict = verdict
            self.operators = operators
        }
    }

    /// A person who may rule on artifacts.
    public struct Operator: Hashable, Sendable {
        public var name: String
        public var key: Ed25519PublicKey

        public init(name: String, key: Ed25519PublicKey) {
            self.name = name
            self.key = key
        }
    }

    /// Creates the log named `origin` with key events for every key. Blocks; it belongs to a command.
    ///
    /// The log appears under its name complete, or not at all. An anchor of an earlier log with other keys is kept
    /// aside; one that the same log key signed means that this log existed, and refuses.
    ///
    /// - Throws: `LogError.alreadyInitialized`, `.badOrigin`, `.rewound`, `.locked`, `.refused`, `.database`, `.file`.
    public static func initialize(_ directory: DataDirectory, origin: String, keys: Keys) throws(LogError) {
        let signer = try CheckpointSigner(origin: origin, keys: [keys.log])
        let lock = try inFiles { () throws(FileError) in
            try directory.create()
            return try FileLock.acquire(directory.lockPath)
        }
        guard let lock else { throw .locked(path: directory.lockPath) }
        defer { withExtendedLifetime(lock) {} }
        guard !Files.exists(directory.verdictsPath) else {
            throw .alreadyInitialized(path: directory.verdictsPath)
        }
        try setAside(LogAnchor(path: directory.anchorPath), of: signer)

        // ✝ Up to the rename there is only the draft, which the next attempt replaces.
        let draftPath = directory.verdictsPath + ".new"
        let draftFiles = [draftPath, draftPath + "-wal", draftPath + "-shm"]
        try inFiles { () throws(FileError) in
            for path in draftFiles where Files.exists(path) { try Files.remove(path) }
        }
        try write(try keyEvents(keys), to: draftPath, signer: signer)
        // Closing the only connection moved everything into the one file; a left-over would be lost by the rename.
        guard !Files.exists(draftPath + "-wal") else {
            throw .ended(reason: "\(draftPath) could not be completed")
        }
        try inFiles { () throws(FileError) in
            try Files.rename(draftPath, to: directory.verdictsPath)
            try Files.syncDirectory(directory.path)
        }
    }

    private static func write(_ events: [Envelope], to path: String, signer: CheckpointSigner) throws(LogError) {
        let connection = try createDatabase(at: path, origin: signer.origin)
        let sequencer = Sequencer(
            continuing: LogTip(), checkpoint: StoredCheckpoint(size: 0, frontier: [], note: ""),
            database: try inLog { () throws(DatabaseError) in try SQLiteLogDatabase(restricting: connection) },
            signer: signer, knowledge: KnowledgeIndex(), onDoubt: { _ in })
        for outcome in sequencer.commit(events) { _ = try outcome.get() }
    }

    /// Makes the file of an empty log.
    static func createDatabase(at path: String, origin: String) throws(LogError) -> Connection {
        try inLog { () throws(DatabaseError) in
            let connection = try Connection(path, access: .create)
            // Leaves have about a kilobyte and a half; two of them would leave a quarter of the usual page empty.
            try connection.run("PRAGMA page_size=16384")
            try connection.run("PRAGMA synchronous=FULL")
            try connection.transaction { () throws(DatabaseError) in
                try VerdictLogSchema.create(connection)
                try connection.run(
                    "INSERT INTO log(id, version, origin) VALUES (0, ?, ?)", .integer(VerdictLogSchema.version),
                    .text(origin))
            }
            return connection
        }
    }

    private static func keyEvents(_ keys: Keys) throws(LogError) -> [Envelope] {
        func add(_ key: Ed25519PublicKey, _ role: KeyRole, _ holder: String? = nil) -> KeyEventStatement {
            KeyEventStatement(
                event: .add, publicKey: key, role: role, holder: holder, scope: .standard(for: role),
                reason: "first keys of this log")
        }
        var events = [
            add(keys.root.publicKey, .root), add(keys.log.publicKey, .log), add(keys.verdict, .verdict),
        ]
        events += keys.operators.map { add($0.key, .operator_, $0.name) }
        var envelopes: [Envelope] = []
        for event in events {
            do throws(StatementError) {
                envelopes.append(try Envelope.signing(.keyEvent(event), with: keys.root))
            } catch {
                throw .refused(error)
            }
        }
        return envelopes
    }

    /// Makes room for the new log's anchor without destroying what an earlier one proves.
    private static func setAside(_ anchor: LogAnchor, of signer: CheckpointSigner) throws(LogError) {
        guard let note = try anchor.loadNote() else { return }
        let isOurs: Bool
        do throws(NoteError) {
            _ = try note.verify(by: signer.verifiers)
            isOurs = true
        } catch {
            isOurs = false
        }
        if isOurs {
            throw .rewound(anchorPath: anchor.path, anchorSize: try anchor.size(of: note), logSize: 0)
        }
        let digits = String(MerkleTree.leafHash(note.bytes).hex.prefix(8))
        try inFiles { () throws(FileError) in try Files.rename(anchor.path, to: "\(anchor.path).\(digits)") }
    }
}

/// Runs file work as part of the log.
func inFiles<Outcome>(_ body: () throws(FileError) -> Outcome) throws(LogError) -> Outcome {
    do throws(FileError) { return try body() } catch { throw .file(error) }
}
