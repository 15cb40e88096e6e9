import Cryptography
import Platform
import Screening
import TransparencyLog

/// What of a log goes into its successor: decided by reading, before anything is written.
struct SuccessionPlan {
    /// A key that the successor introduces.
    struct Key {
        let entry: KeyringEntry
        /// Whether its end is declared again after the statements: it signed some that count, and signs no more.
        var isEnded: Bool { entry.invalidFrom != nil }
    }

    let origin: String
    let size: UInt64
    let root: SHA256Digest
    let requiredRootSignatures: Int
    /// Good root keys, those that sign first.
    let roots: [KeyringEntry]
    /// All other keys that are good, or signed something that counts.
    let keys: [Key]
    /// The log key that the successor names as its predecessor's.
    let logKey: Ed25519PublicKey
    /// The origin that the log names as its successor already.
    let successor: String?
    let keyring: Keyring
    private(set) var carried: UInt64 = 0
    private(set) var void: UInt64 = 0

    private static let pageEntries = 512

    /// Reads a log that was verified.
    ///
    /// - Throws: `LogError.noSuccession` when the given keys may not declare it, `.database`, `.damaged`.
    init(reading reader: LogReader, signedBy rootKeys: [Ed25519SigningKey], logKeys: [KeyID]) throws(LogError) {
        let head = try reader.head()
        keyring = try reader.keyring()
        origin = head.origin
        size = head.size
        root = head.root
        requiredRootSignatures = keyring.requiredRootSignatures
        let keyring = keyring
        let given = rootKeys.map(\.publicKey.keyID)
        for id in given where keyring.key(id)?.role != .root || !keyring.isValidNow(id) {
            throw .noSuccession(reason: "key \(id) is no good root key of this log; name its root keys with --root-key")
        }
        guard Set(given).count >= keyring.requiredRootSignatures else {
            throw .noSuccession(
                reason: "\(keyring.requiredRootSignatures) different root keys must sign it, found \(Set(given).count)")
        }
        let ours = keyring.keys.first { entry in
            let id = entry.publicKey.keyID
            return entry.role == .log && keyring.isValidNow(id) && logKeys.contains(id)
        }
        guard let log = ours else { throw .notTheLogKey(logKeys) }
        self.logKey = log.publicKey
        let good = keyring.keys.filter { $0.role == .root && keyring.isValidNow($0.publicKey.keyID) }
        roots =
            good.filter { given.contains($0.publicKey.keyID) } + good.filter { !given.contains($0.publicKey.keyID) }
        var speakers: Set<KeyID> = []
        var successor: String?
        var (carried, void) = (UInt64(0), UInt64(0))
        try Self.walk(reader) { (entry, envelope) throws(LogError) in
            if case .logSuccession(let statement) = entry.logged.statement, statement.event == .ends {
                successor = statement.origin
            }
            guard Self.isCarried(entry.logged.statement) else { return }
            guard keyring.isAuthorized(envelope.signatures.map(\.keyID), at: entry.logged.logIndex) else {
                void += 1
                return
            }
            carried += 1
            speakers.formUnion(envelope.signatures.map(\.keyID))
        }
        (self.successor, self.carried, self.void) = (successor, carried, void)
        keys = keyring.keys.filter { $0.role != .root }
            .filter { keyring.isValidNow($0.publicKey.keyID) || speakers.contains($0.publicKey.keyID) }.map(Key.init)
    }

    /// Hands over every entry that counts, in order.
    ///
    /// - Throws: what `visit` throws; `LogError.damaged`, `.database`.
    func forEachCarried(
        in reader: LogReader, _ visit: (LogEntry, Envelope) throws(LogError) -> Void
    ) throws(LogError) {
        try Self.walk(reader) { (entry, envelope) throws(LogError) in
            guard Self.isCarried(entry.logged.statement),
                keyring.isAuthorized(envelope.signatures.map(\.keyID), at: entry.logged.logIndex)
            else { return }
            try visit(entry, envelope)
        }
    }

    /// Keys are introduced anew and a succession is about one log; all else is said about the world.
    private static func isCarried(_ statement: Statement) -> Bool {
        switch statement {
        case .keyEvent, .logSuccession: false
        case .verdict, .disposition, .revocation, .importReceipt: true
        }
    }

    private static func walk(
        _ reader: LogReader, _ visit: (LogEntry, Envelope) throws(LogError) -> Void
    ) throws(LogError) {
        var next: UInt64 = 0
        while true {
            let page = try reader.entries(from: next, count: pageEntries)
            guard let last = page.last else { return }
            for entry in page {
                let envelope: Envelope
                do throws(StatementError) {
                    envelope = try Envelope(parsingLeaf: entry.leaf)
                } catch {
                    throw .damaged(.entry(index: entry.logged.logIndex, reason: "\(error)"))
                }
                try visit(entry, envelope)
            }
            next = last.logged.logIndex + 1
        }
    }
}
