import Cryptography
import Platform
import TransparencyLog

/// Two signed states of one log that cannot both be of one history, or one that goes back.
struct Contradiction {
    let evidence: ForeignEvidence
    let failure: ExchangeFailure
}

/// Whether an offered state of a log continues the one that was seen last.
enum Continuity {
    case proved
    case contradicted(Contradiction)
    case refused(ExchangeFailure)
}

/// Compares offered states of one log with what was seen of it.
struct ForeignContinuity {
    let origin: String
    let memory: ForeignLogMemory
    let now: Timestamp

    /// Judges the state that a bundle is in.
    ///
    /// A larger state is shown to continue the one seen by the bundle's own consistency proof, or by the proof of the
    /// entry that was the last one seen: its siblings on the left are the older tree. A smaller state is compared where
    /// the whole log is held; elsewhere nothing can show it.
    func judge(_ bundle: ReceivedBundle, _ table: ForeignTable) throws(ExchangeFailure) -> Continuity {
        let offered = bundle.checkpoint
        guard memory.size > 0 else { return .proved }
        if offered.size.value == memory.size {
            return offered.root == memory.root
                ? .proved : .contradicted(splitView(bundle.note.bytes, offered, "the same size has another root"))
        }
        if offered.size.value < memory.size { return try judgeOlder(bundle, table) }
        if let position = bundle.entries.firstIndex(where: { $0.logIndex == memory.size - 1 }) {
            let proof = try bundle.proof(position)
            let root = InclusionProof(index: proof.index, size: offered.size, hashes: proof.hashes)
                .rootUpToEntry(leafHash: bundle.entries[position].leafHash)
            return root == memory.root
                ? .proved
                : .contradicted(splitView(bundle.note.bytes, offered, "its first \(memory.size) entries are others"))
        }
        guard let proof = bundle.header.consistency, proof.older.value == memory.size else {
            return .refused(
                .unprovenConsistency(origin: origin, seen: memory.size, offered: offered.size.value))
        }
        do throws(ProofError) {
            try proof.verify(olderRoot: memory.root, newerRoot: offered.root)
            return .proved
        } catch {
            // Nobody signs the proof, so a wrong one accuses whoever made the file and not the log.
            return .refused(
                .line(
                    bundle.headerLine,
                    reason: "the consistency proof from \(memory.size) entries does not hold (\(error)): the file was "
                        + "altered, or the log shows two histories"))
        }
    }

    private func judgeOlder(
        _ bundle: ReceivedBundle, _ table: ForeignTable
    ) throws(ExchangeFailure) -> Continuity {
        let offered = bundle.checkpoint
        guard offered.size <= memory.followed.size else {
            return .refused(
                .unprovenConsistency(origin: origin, seen: memory.size, offered: offered.size.value))
        }
        return try heldRoot(at: offered.size, table) == offered.root
            ? .proved : .contradicted(splitView(bundle.note.bytes, offered, "the same size had another root"))
    }

    /// The root of the first `size` entries of a log that is held from its first entry on.
    func heldRoot(at size: TreeSize, _ table: ForeignTable) throws(ExchangeFailure) -> SHA256Digest {
        var tree = MerkleFrontier()
        while tree.size < size {
            let page = try inDatabase { () throws(DatabaseError) in
                try table.leaves(ofLog: try table.log(named: origin), from: tree.size.value)
            }
            guard page.first?.index == tree.size.value else {
                throw .damaged(.entry(origin: origin, index: tree.size.value, reason: "it is missing"))
            }
            for (index, leaf) in page where index == tree.size.value && tree.size < size {
                tree.append(leafHash: MerkleTree.leafHash(leaf))
            }
        }
        return tree.root
    }

    /// Judges the state that a followed log shows. Growth is shown by its entries, which come later.
    func judge(_ note: SignedNote, _ offered: Checkpoint) -> Continuity {
        if offered.size.value < memory.size { return .contradicted(rollback(note.bytes, offered)) }
        if offered.size.value == memory.size, offered.root != memory.root {
            return .contradicted(splitView(note.bytes, offered, "the same size has another root"))
        }
        return .proved
    }

    func splitView(_ note: [UInt8], _ offered: Checkpoint, _ explanation: String) -> Contradiction {
        Contradiction(
            evidence: ForeignEvidence(
                origin: origin, kind: .splitView, seenNote: memory.note ?? [], offeredNote: note, foundAt: now,
                explanation: "the state of \(offered.size) entries does not fit the one of \(memory.size) seen before: "
                    + explanation),
            failure: .splitView(
                origin: origin, seen: memory.size, offered: offered.size.value, reason: explanation))
    }

    private func rollback(_ note: [UInt8], _ offered: Checkpoint) -> Contradiction {
        Contradiction(
            evidence: ForeignEvidence(
                origin: origin, kind: .rollback, seenNote: memory.note ?? [], offeredNote: note, foundAt: now,
                explanation: "it shows \(offered.size) entries and had shown \(memory.size)"),
            failure: .rolledBack(origin: origin, seen: memory.size, offered: offered.size.value))
    }
}

extension InclusionProof {
    /// The root of the tree that ends with this entry, which a verified proof of the entry in any later tree contains:
    /// the siblings on the left are the complete subtrees before it.
    ///
    /// Nil when the proof has another number of such siblings than the index asks for.
    func rootUpToEntry(leafHash: SHA256Digest) -> SHA256Digest? {
        var node = index.value
        var last = size.value - 1
        var left: [SHA256Digest] = []
        for hash in hashes {
            if node & 1 == 1 || node == last {
                left.append(hash)
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            }
            node >>= 1
            last >>= 1
        }
        guard var tree = try? MerkleFrontier(size: TreeSize(index.value), hashes: left.reversed()) else { return nil }
        tree.append(leafHash: leafHash)
        return tree.root
    }
}

extension ForeignStore {
    /// Keeps what an offered state contradicts, and refuses it.
    ///
    /// - Throws: the contradiction; or why it could not be kept.
    func refuse(_ contradiction: Contradiction, _ table: ForeignTable) throws(ExchangeFailure) -> Never {
        let evidence = contradiction.evidence
        update(evidence.origin) { $0.problem = evidence.explanation }
        // ✝ Before: the offer is refused all the same, and comes again.
        try write(.evidence, table) { () throws(ExchangeFailure) in
            try inDatabase { () throws(DatabaseError) in try table.keep(evidence) }
        }
        throw contradiction.failure
    }
}
