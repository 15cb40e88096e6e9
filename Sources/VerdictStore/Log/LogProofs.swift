public import Cryptography
public import JSON
public import Screening
public import TransparencyLog

/// Proofs made from the stored log, in the forms in which they leave it.
extension LogReader {
    /// The proof that an entry is under a checkpoint of this log; the entry's bytes travel along as extra data.
    ///
    /// - Returns: nil when the checkpoint's tree does not have the entry.
    /// - Throws: `LogError.damaged`, `.database`.
    public func proof(of entry: LogEntry, under note: SignedNote) throws(LogError) -> LogProof? {
        let checkpoint = try checkpoint(in: note)
        guard let proof = try inclusionProof(of: entry.logged.logIndex, inTreeOf: checkpoint.size.value) else {
            return nil
        }
        return LogProof(index: proof.index, hashes: proof.hashes, extra: entry.leaf, note: note)
    }

    /// What shows one size of this log to extend another, with both roots.
    ///
    /// - Parameter note: the signed head of the newer size, when it is at hand.
    /// - Returns: nil when the log is not that large, or `older` is the larger one.
    /// - Throws: `LogError.damaged`, `.database`.
    public func consistency(
        from older: UInt64, to newer: UInt64, note: SignedNote? = nil
    ) throws(LogError) -> ConsistencyRecord? {
        guard let proof = try consistencyProof(from: older, to: newer), let olderRoot = try root(ofTreeOf: older),
            let newerRoot = try root(ofTreeOf: newer)
        else { return nil }
        let signed = try note.map { (note) throws(LogError) in try checkpoint(in: note).size.value == newer } ?? false
        return ConsistencyRecord(
            origin: origin, proof: proof, olderRoot: olderRoot, newerRoot: newerRoot, note: signed ? note : nil)
    }

    /// The newest signed checkpoint as a note.
    ///
    /// - Throws: `LogError.damaged` when there is none, `.database`.
    public func headNote() throws(LogError) -> SignedNote {
        let head = try head()
        do throws(NoteError) {
            return try SignedNote(parsing: Array(head.note.utf8))
        } catch {
            throw .damaged(.checkpoint(size: head.size, reason: "\(error)"))
        }
    }

    /// Who may sign what, put together from the log's key events; each is checked by the keys before it.
    ///
    /// Reads the whole statement index once. That no key event is missing there is for `verify` to say.
    ///
    /// - Throws: `LogError.damaged` for an event that does not hold, `.database`.
    public func keyring() throws(LogError) -> Keyring {
        let events = try statements(matching: StatementFilter(predicateType: .keyEvent), limit: Int.max)
        var keyring = Keyring()
        for entry in events.reversed() {
            do throws(StatementError) {
                _ = try keyring.read(entry.leaf, at: entry.logged.logIndex)
            } catch {
                throw .damaged(.entry(index: entry.logged.logIndex, reason: "\(error)"))
            }
        }
        return keyring
    }

    private func checkpoint(in note: SignedNote) throws(LogError) -> Checkpoint {
        do throws(CheckpointError) {
            return try Checkpoint(parsing: note.text)
        } catch {
            throw .damaged(.checkpoint(size: 0, reason: "\(error)"))
        }
    }
}

extension Keyring {
    /// The keys that may have signed checkpoints of the log `origin`, as they name themselves in notes.
    public func logVerifiers(origin: String) -> [NoteVerifier] {
        verifiers(origin: origin) { $0.role == .log }
    }

    /// The keys that sign checkpoints of the log `origin` now: what peers and witnesses are given.
    public func goodLogVerifiers(origin: String) -> [NoteVerifier] {
        verifiers(origin: origin) { $0.role == .log && isValidNow($0.publicKey.keyID) }
    }

    private func verifiers(origin: String, where isWanted: (KeyringEntry) -> Bool) -> [NoteVerifier] {
        keys.filter(isWanted).compactMap { try? NoteVerifier(name: origin, publicKey: $0.publicKey) }
    }
}

/// Two tree heads of one log and the hashes that lead from the one to the other.
///
/// Spec: docs/verdict-log.md, "Consistency".
public struct ConsistencyRecord: Hashable, Sendable {
    public let origin: String
    public let proof: ConsistencyProof
    public let olderRoot: SHA256Digest
    public let newerRoot: SHA256Digest
    /// The signed checkpoint of the newer tree, where one is at hand.
    public let note: SignedNote?

    /// The record as it is served and printed.
    public var json: JSONValue {
        [
            "origin": .string(origin), "from": Self.head(proof.older, olderRoot),
            "to": Self.head(proof.newer, newerRoot), "hashes": .array(proof.hashes.map { .string($0.base64) }),
            "note": note.map { .string(String(decoding: $0.bytes, as: UTF8.self)) } ?? .null,
        ]
    }

    private static func head(_ size: TreeSize, _ root: SHA256Digest) -> JSONValue {
        ["size": .integer(Int64(clamping: size.value)), "root": .string(root.base64)]
    }
}
