import Cryptography
public import Platform
public import TransparencyLog

/// Why a witness does not cosign.
public enum WitnessRefusal: Error, Sendable, CustomStringConvertible {
    case malformed(reason: String)
    /// The witness does not look after this log.
    case unknownLog(origin: String)
    /// No signature by a key of the log that the witness was given.
    case notSigned(CheckpointError)
    /// The request is about another state than the one that was cosigned last.
    case conflict(lastSize: TreeSize)
    /// The new checkpoint does not extend what was cosigned: the log shows different histories.
    case inconsistent(ProofError)
    case storage(FileError)

    public var description: String {
        switch self {
        case .malformed(let reason): "the request cannot be read: \(reason)"
        case .unknownLog(let origin): "this witness does not look after the log \(Logger.printable(origin))"
        case .notSigned(let error): "\(error)"
        case .conflict(let size): "this witness has seen \(size) entries of that log; prove from there"
        case .inconsistent(let error): "the checkpoint does not extend the one that was cosigned: \(error)"
        case .storage(let error): "\(error)"
        }
    }
}

extension WitnessRefusal {
    fileprivate init(_ error: ExchangeError) {
        switch error {
        case .proof(.sameSizeDifferentRoot(let size)): self = .conflict(lastSize: size)
        case .proof(let error): self = .inconsistent(error)
        case .checkpoint(let error): self = .notSigned(error)
        case .malformed(let reason): self = .malformed(reason: reason)
        }
    }
}

/// What a witness has cosigned: for each log the largest checkpoint, durable before its cosignature leaves.
///
/// The one promise of a witness is never to cosign two histories of a log. It therefore stands in one process (a file
/// lock), one request at a time, and on files that are replaced whole.
/// Spec: C2SP tlog-witness, "add-checkpoint"; tlog-cosignature.
public final class WitnessBook: Sendable {
    /// Where the checkpoints are.
    public let directory: String
    /// What this witness's cosignatures are checked with.
    public var verifier: NoteVerifier { cosigner.verifier }
    private let cosigner: Cosigner
    private let logs: [String: CheckpointVerifier]
    private let clock: any WallClock
    private let turn = Lock(())
    private let lock: FileLock

    /// Opens the book for writing. Blocks.
    ///
    /// - Parameter logs: the logs to look after, each with its keys.
    /// - Throws: `FileError`, also when another process has it.
    public init(
        directory: String, cosigner: Cosigner, logs: [CheckpointVerifier], clock: any WallClock
    ) throws(FileError) {
        try Files.createDirectory(directory)
        guard let lock = try FileLock.acquire("\(directory)/lock") else {
            throw FileError(operation: "lock, because another witness runs on", path: directory, code: 11)
        }
        self.lock = lock
        self.directory = directory
        self.cosigner = cosigner
        self.clock = clock
        self.logs = Dictionary(logs.map { ($0.origin, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The largest checkpoint of a log that was cosigned; nil when none was.
    ///
    /// - Throws: `WitnessRefusal.storage`, `.malformed` for a file that was damaged: it is never taken for absence.
    public func latest(of origin: String) throws(WitnessRefusal) -> Checkpoint? {
        let path = path(of: origin)
        guard Files.exists(path) else { return nil }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try Files.readAll(path, maxBytes: SignedNote.maxBytes) } catch {
            throw .storage(error)
        }
        do {
            let note = try SignedNote(parsing: bytes)
            try note.verify(by: cosigner.verifier)
            let checkpoint = try Checkpoint(parsing: note.text)
            guard checkpoint.origin == origin else { throw CheckpointError.malformed(reason: "it is of another log") }
            return checkpoint
        } catch {
            throw .malformed(reason: "\(path) is not a checkpoint that this witness cosigned: \(error)")
        }
    }

    /// Checks that a checkpoint extends what was cosigned before, stores it durably, and cosigns it. Blocks.
    ///
    /// - Throws: `WitnessRefusal`; the record is then what it was.
    public func add(_ request: WitnessRequest) throws(WitnessRefusal) -> NoteSignature {
        try turn.withLock { (_) throws(WitnessRefusal) in try addInTurn(request) }
    }

    private func addInTurn(_ request: WitnessRequest) throws(WitnessRefusal) -> NoteSignature {
        let stated: Checkpoint
        do throws(CheckpointError) { stated = try Checkpoint(parsing: request.note.text) } catch {
            throw .malformed(reason: "\(error)")
        }
        guard let verifier = logs[stated.origin] else { throw .unknownLog(origin: stated.origin) }
        do throws(CheckpointError) { _ = try verifier.verify(request.note) } catch { throw .notSigned(error) }
        guard request.older <= stated.size else {
            throw .malformed(reason: "the old size \(request.older) is larger than the checkpoint's, \(stated.size)")
        }
        let last = try latest(of: stated.origin)
        guard request.older == last?.size ?? .zero else { throw .conflict(lastSize: last?.size ?? .zero) }
        do throws(ExchangeError) {
            _ = try request.verify(olderRoot: last?.root ?? MerkleTree.emptyRoot, by: verifier)
        } catch {
            throw WitnessRefusal(error)
        }
        let cosignature = cosigner.cosign(stated, atSecondsSinceEpoch: max(0, clock.now().secondsSinceEpoch))
        var note = request.note
        note.add(cosignature)
        // ✝ Stopped before this is on the disk, the witness has cosigned nothing and said nothing. Stopped after it, it
        // has a record of a cosignature that nobody got, and answers the next request with 409 and the size.
        do throws(FileError) {
            try Files.writeDurably(note.bytes, to: path(of: stated.origin), mode: 0o644)
        } catch {
            throw .storage(error)
        }
        return cosignature
    }

    /// A file name for any origin.
    private func path(of origin: String) -> String {
        "\(directory)/\(SHA256Digest(hashing: Array(origin.utf8)).hex).checkpoint"
    }
}
