public import Cryptography
public import Screening
public import TransparencyLog

/// What was found about one part of a statement's standing.
public struct StatementFinding: Hashable, Sendable {
    /// What must hold for a statement to be relied on.
    public enum Part: String, CaseIterable, Sendable {
        /// The bytes are signed by the key that they name.
        case signature
        /// That key was allowed to say this at that place of the log, and still is believed.
        case signer
        /// The entry is in the tree at its place.
        case inclusion
        /// The log signed the tree's head.
        case checkpoint
        /// Nothing later in the log takes the statement back; looked at only where the whole log is at hand.
        case standing
    }

    public enum State: String, Sendable {
        case holds
        case fails
        /// What it takes to check it is not known here.
        case unknown
    }

    public let part: Part
    public let state: State
    public let detail: String
}

/// Checks one entry and its proof, part by part, with the keys that the reader believes. Pure: no database, no network.
///
/// Spec: docs/verdict-log.md, "One statement".
public struct StatementCheck: Sendable {
    /// Whom the reader believes.
    public struct Keys: Sendable {
        /// The log's keys.
        public var log: [NoteVerifier]
        /// The log's own key events, when the whole log is at hand.
        public var keyring: Keyring?
        /// Whether the statement counts as of the end of that log; nil when the log is not at hand.
        public var standing: StatementStanding?
        /// Signers that the reader names; used where there is no keyring.
        public var signers: [Ed25519PublicKey]

        public init(
            log: [NoteVerifier], keyring: Keyring? = nil, standing: StatementStanding? = nil,
            signers: [Ed25519PublicKey] = []
        ) {
            self.log = log
            self.keyring = keyring
            self.standing = standing
            self.signers = signers
        }
    }

    public let index: LogIndex
    public let leafHash: SHA256Digest
    /// The statement; nil when the leaf cannot be read.
    public let statement: Statement?
    public let statementID: StatementID?
    public let signer: KeyID?
    /// One finding for each part that was looked at, in the order of `Part`.
    public let findings: [StatementFinding]

    /// Whether every part holds.
    public var holds: Bool { findings.allSatisfy { $0.state == .holds } }

    /// Checks the entry that travels in a proof, or one that is at hand besides.
    public init(_ proof: LogProof, leaf: [UInt8], believing keys: Keys) {
        index = proof.index
        leafHash = MerkleTree.leafHash(leaf)
        let tree = Self.tree(proof, leafHash, keys)
        let read: (envelope: Envelope, statement: Statement)
        do throws(StatementError) {
            let envelope = try Envelope(parsingLeaf: leaf)
            read = (envelope: envelope, statement: try Statement(parsingCanonical: envelope.payload))
        } catch {
            (statement, statementID, signer) = (nil, nil, nil)
            let reason = "the entry cannot be read: \(error)"
            findings =
                [
                    StatementFinding(part: .signature, state: .fails, detail: reason),
                    StatementFinding(
                        part: .signer, state: .unknown, detail: "the entry names no signer that can be read"),
                ] + tree
            return
        }
        statement = read.statement
        statementID = read.envelope.statementID
        signer = read.envelope.signatures[0].keyID
        findings =
            [
                Self.signature(read.envelope, keys), Self.signer(read.envelope, at: proof.index.value, keys),
            ] + tree + (keys.standing.map { [Self.standing($0)] } ?? [])
    }

    private static func signature(_ envelope: Envelope, _ keys: Keys) -> StatementFinding {
        let message = Envelope.preAuthenticationEncoding(of: envelope.payload)
        for signature in envelope.signatures {
            let id = signature.keyID
            guard let key = keys.keyring?.key(id)?.publicKey ?? keys.signers.first(where: { $0.keyID == id }) else {
                return StatementFinding(
                    part: .signature, state: .unknown,
                    detail: "the public key \(id) is not known here; give it with --signer")
            }
            guard key.isValid(signature: signature.signature, for: message) else {
                return StatementFinding(
                    part: .signature, state: .fails, detail: "the signature by \(id) does not fit the statement")
            }
        }
        return StatementFinding(
            part: .signature, state: .holds,
            detail: "by " + envelope.signatures.map(\.keyID.hex).joined(separator: ", "))
    }

    private static func standing(_ standing: StatementStanding) -> StatementFinding {
        switch standing {
        case .stands:
            StatementFinding(part: .standing, state: .holds, detail: "nothing in this log takes it back")
        case .revoked:
            StatementFinding(
                part: .standing, state: .fails,
                detail: "a revocation in this log takes it back: it counts as never said")
        case .void:
            StatementFinding(part: .standing, state: .fails, detail: "its key was ended from before it on: it is void")
        case .unsound:
            StatementFinding(
                part: .standing, state: .fails,
                detail: "it is about a difference from a base that no longer counts: it is void")
        }
    }

    private static func signer(_ envelope: Envelope, at index: UInt64, _ keys: Keys) -> StatementFinding {
        guard let keyring = keys.keyring else {
            let strangers = envelope.signatures.map(\.keyID).filter { id in !keys.signers.contains { $0.keyID == id } }
            guard let stranger = strangers.first else {
                return StatementFinding(part: .signer, state: .holds, detail: "you named the key")
            }
            return StatementFinding(
                part: .signer, state: .unknown,
                detail: "the log's key events are not at hand, and \(stranger) is not named")
        }
        do throws(StatementError) {
            _ = try VerifiedEnvelope.verify(envelope, with: keyring, at: index)
        } catch .badSignature(let id) {
            return StatementFinding(part: .signer, state: .unknown, detail: "whether \(id) said this is not shown")
        } catch {
            return StatementFinding(part: .signer, state: .fails, detail: "\(error)")
        }
        let roles = envelope.signatures.compactMap { keyring.key($0.keyID) }.map { entry in
            let holder = entry.holder.map { " of \($0)" } ?? ""
            let end = entry.invalidFrom.map { ", ended at index \($0)" } ?? ""
            return "\(entry.role.rawValue) key\(holder), added at index \(entry.addedAt)\(end)"
        }
        return StatementFinding(part: .signer, state: .holds, detail: roles.joined(separator: "; "))
    }

    private static func tree(_ proof: LogProof, _ leafHash: SHA256Digest, _ keys: Keys) -> [StatementFinding] {
        [inclusion(proof, leafHash), checkpoint(proof.note, keys)]
    }

    private static func inclusion(_ proof: LogProof, _ leafHash: SHA256Digest) -> StatementFinding {
        do {
            let checkpoint = try Checkpoint(parsing: proof.note.text)
            try InclusionProof(index: proof.index, size: checkpoint.size, hashes: proof.hashes)
                .verify(leafHash: leafHash, root: checkpoint.root)
            return StatementFinding(
                part: .inclusion, state: .holds, detail: "entry \(proof.index) of \(checkpoint.size)")
        } catch {
            return StatementFinding(part: .inclusion, state: .fails, detail: "\(error)")
        }
    }

    private static func checkpoint(_ note: SignedNote, _ keys: Keys) -> StatementFinding {
        guard !keys.log.isEmpty else {
            return StatementFinding(
                part: .checkpoint, state: .unknown, detail: "the log's key is not known here; give it with --key")
        }
        do throws(CheckpointError) {
            let verified = try CheckpointVerifier(logKeys: keys.log).verify(note)
            let checkpoint = verified.checkpoint
            return StatementFinding(
                part: .checkpoint, state: .holds, detail: "\(checkpoint.origin) at \(checkpoint.size) entries")
        } catch {
            return StatementFinding(part: .checkpoint, state: .fails, detail: "\(error)")
        }
    }
}
