import Cryptography
import Platform
import Screening
import TransparencyLog

/// Everything that is done once before the sequencer may sign: who else writes, is the log what was signed, and is it
/// the newest that was ever signed.
struct LogOpening {
    let directory: DataDirectory
    let keys: [Ed25519SigningKey]
    let logger: Logger
    let progress: (_ entries: UInt64, _ of: UInt64) -> Void

    /// What a log that passed all checks starts with.
    struct Result {
        let tip: LogTip
        let checkpoint: StoredCheckpoint
        let signer: CheckpointSigner
        let connection: Connection
    }

    /// Takes the right to write; nobody else gets it while the result lives.
    ///
    /// - Throws: `LogError.notInitialized`, `.locked`, `.file`.
    static func lock(_ directory: DataDirectory) throws(LogError) -> FileLock {
        guard Files.exists(directory.verdictsPath) else { throw .notInitialized(path: directory.verdictsPath) }
        do throws(FileError) {
            if let lock = try FileLock.acquire(directory.lockPath) { return lock }
        } catch {
            throw .file(error)
        }
        throw .locked(path: directory.lockPath)
    }

    /// Re-hashes the log, compares it with the last signed checkpoint and with the anchor, and fills `knowledge`.
    ///
    /// - Throws: `LogError` naming the first thing that does not hold. Nothing was signed then.
    func run(filling knowledge: KnowledgeIndex) throws(LogError) -> Result {
        let connection = try inLog { () throws(DatabaseError) in
            try Connection(directory.verdictsPath, access: .readWrite)
        }
        let stored = try StoredLog(in: connection)
        let anchor = LogAnchor(path: directory.anchorPath)
        let kept = try anchor.loadNote()
        let anchoredSize = try kept.map { (note) throws(LogError) in try anchor.size(of: note) }

        var pending: [LoggedStatement] = []
        var frontierAtAnchor: MerkleFrontier?
        let replay = LogReplay(connection: connection, checksSignatures: false, progress: progress)
        let tip = try replay.run { (entry, tip) throws(LogError) in
            if tip.size == anchoredSize { frontierAtAnchor = tip.frontier }
            pending.append(entry.logged)
            if pending.count == 1024 {
                knowledge.add(pending, keyring: tip.keyring)
                pending = []
            }
        }
        knowledge.add(pending, keyring: tip.keyring)

        guard let checkpoint = try stored.lastCheckpoint() else { throw .damaged(.noCheckpoint) }
        let verifiers = try stored.verifiers(in: tip.keyring)
        guard !verifiers.isEmpty else { throw .damaged(.checkpoint(size: checkpoint.size, reason: "no log key")) }
        guard checkpoint.size == tip.size else {
            throw checkpoint.size < tip.size
                ? .damaged(.unsignedEntries(from: checkpoint.size, to: tip.size - 1))
                : .damaged(.missingEntry(index: tip.size))
        }
        // The newest head was signed by keys that are still good after its last entry; others prove nothing any more.
        let current = try stored.verifiers(in: tip.keyring, onlyGood: true)
        try stored.check(checkpoint, of: tip.frontier, verifiers: current)
        if let kept {
            let seen = try anchor.checkpoint(in: kept, verifiers: verifiers)
            try anchor.compare(seen, logSize: tip.size, frontierThere: frontierAtAnchor)
        } else {
            logger.warning("there is no anchor at \(anchor.path) yet; from now on it shows whether the log goes back")
        }
        let signer = try checkpointSigner(origin: stored.origin, keyring: tip.keyring)
        return Result(tip: tip, checkpoint: checkpoint, signer: signer, connection: connection)
    }

    private func checkpointSigner(origin: String, keyring: Keyring) throws(LogError) -> CheckpointSigner {
        let signer = try CheckpointSigner(origin: origin, keys: keys)
        try signer.checkCanSign(keyring)
        return signer
    }
}
