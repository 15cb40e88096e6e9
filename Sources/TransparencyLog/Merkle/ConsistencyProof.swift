public import Cryptography

/// The hashes that show a newer tree to begin with all entries of an older one, in their places: append-only.
///
/// Spec: RFC 6962 section 2.1.2; verification as in RFC 9162 section 2.1.4.2. Every tree extends the empty one, and
/// a tree extends itself; both proofs have no hashes.
public struct ConsistencyProof: Hashable, Sendable {
    public let older: TreeSize
    public let newer: TreeSize
    public let hashes: [SHA256Digest]

    /// Takes over a proof that came from elsewhere; it means nothing before `verify`.
    public init(older: TreeSize, newer: TreeSize, hashes: [SHA256Digest]) {
        self.older = older
        self.newer = newer
        self.hashes = hashes
    }

    /// The nodes that a proof is made of, at most 65 hashes.
    ///
    /// - Throws: `ProofError.sizesReversed`.
    public static func plan(older: TreeSize, newer: TreeSize) throws(ProofError) -> HashPlan {
        guard older <= newer else { throw .sizesReversed(older: older, newer: newer) }
        guard older > .zero, older < newer else { return HashPlan(parts: []) }
        var parts: [[NodeCoordinate]] = []
        var start: UInt64 = 0
        var count = newer.value
        var position = older.value
        var isWholeOlderTree = true
        // From the root downwards, until the subtree is one that the older tree had whole.
        while position < count {
            let split = HashPlan.split(count)
            if position <= split {
                parts.append(HashPlan.completeSubtrees(from: start + split, count: count - split))
                count = split
            } else {
                parts.append(HashPlan.completeSubtrees(from: start, count: split))
                start += split
                position -= split
                count -= split
                isWholeOlderTree = false
            }
        }
        // When that subtree is the whole older tree, the verifier has its root already.
        if !isWholeOlderTree { parts.append(HashPlan.completeSubtrees(from: start, count: count)) }
        return HashPlan(parts: parts.reversed())
    }

    /// Makes the proof between two sizes of one log from the hashes of complete nodes.
    ///
    /// - Throws: `ProofError.sizesReversed`, or `.missingNode` when `hashAt` does not have a node.
    public static func prove(
        older: TreeSize, newer: TreeSize, hashAt: (NodeCoordinate) -> SHA256Digest?
    ) throws(ProofError) -> ConsistencyProof {
        let plan = try plan(older: older, newer: newer)
        return ConsistencyProof(older: older, newer: newer, hashes: try plan.assembleAvailable(hashAt))
    }

    /// Checks that the tree with `newerRoot` extends the tree with `olderRoot`.
    ///
    /// - Throws: `ProofError` unless it is proved.
    public func verify(olderRoot: SHA256Digest, newerRoot: SHA256Digest) throws(ProofError) {
        let expected = try ConsistencyProof.plan(older: older, newer: newer).parts.count
        guard hashes.count == expected else { throw .wrongHashCount(expected: expected, actual: hashes.count) }
        if older == newer {
            guard olderRoot == newerRoot else { throw .sameSizeDifferentRoot(size: older) }
        }
        if older == .zero {
            guard olderRoot == MerkleTree.emptyRoot else { throw .olderRootMismatch }
        }
        if older == newer || older == .zero { return }
        let (computedOlder, computedNewer) = rootsOfBoth(olderRoot: olderRoot)
        guard computedOlder == olderRoot else { throw .olderRootMismatch }
        guard computedNewer == newerRoot else { throw .rootMismatch }
    }

    /// Folds the proof into the roots of the older and the newer tree. The number of hashes was checked before.
    private func rootsOfBoth(olderRoot: SHA256Digest) -> (older: SHA256Digest, newer: SHA256Digest) {
        var node = older.value - 1
        var last = newer.value - 1
        while node & 1 == 1 {
            node >>= 1
            last >>= 1
        }
        // `node` is 0 exactly when the older size is a power of two: then its root is where the fold begins.
        var remaining = hashes[...]
        let seed = node == 0 ? olderRoot : remaining.removeFirst()
        var (computedOlder, computedNewer) = (seed, seed)
        for hash in remaining {
            if node & 1 == 1 || node == last {
                computedOlder = MerkleTree.nodeHash(hash, computedOlder)
                computedNewer = MerkleTree.nodeHash(hash, computedNewer)
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                computedNewer = MerkleTree.nodeHash(computedNewer, hash)
            }
            node >>= 1
            last >>= 1
        }
        return (computedOlder, computedNewer)
    }
}
