public import Cryptography

/// The hashes that lead from one entry to the root of a tree: proof that the entry is in it, at that place.
///
/// Spec: RFC 6962 section 2.1.1; verification as in RFC 9162 section 2.1.3.2.
public struct InclusionProof: Hashable, Sendable {
    /// The entry's place.
    public let index: LogIndex
    /// The size of the tree that the proof leads to.
    public let size: TreeSize
    /// The sibling hashes, from the leaf's to that below the root.
    public let hashes: [SHA256Digest]

    /// Takes over a proof that came from elsewhere; it means nothing before `verify`.
    public init(index: LogIndex, size: TreeSize, hashes: [SHA256Digest]) {
        self.index = index
        self.size = size
        self.hashes = hashes
    }

    /// The nodes that a proof is made of, at most 64 hashes.
    ///
    /// - Throws: `ProofError.indexBeyondTree`.
    public static func plan(index: LogIndex, size: TreeSize) throws(ProofError) -> HashPlan {
        guard index.value < size.value else { throw .indexBeyondTree(index: index, size: size) }
        var parts: [[NodeCoordinate]] = []
        var start: UInt64 = 0
        var count = size.value
        var position = index.value
        // From the root downwards: descend into the half that holds the entry, and take the other half's root.
        while count > 1 {
            let split = HashPlan.split(count)
            if position < split {
                parts.append(HashPlan.completeSubtrees(from: start + split, count: count - split))
                count = split
            } else {
                parts.append(HashPlan.completeSubtrees(from: start, count: split))
                start += split
                position -= split
                count -= split
            }
        }
        return HashPlan(parts: parts.reversed())
    }

    /// Makes the proof for one entry of a tree from the hashes of complete nodes.
    ///
    /// - Throws: `ProofError.indexBeyondTree`, or `.missingNode` when `hashAt` does not have a node.
    public static func prove(
        index: LogIndex, size: TreeSize, hashAt: (NodeCoordinate) -> SHA256Digest?
    ) throws(ProofError) -> InclusionProof {
        let plan = try plan(index: index, size: size)
        return InclusionProof(index: index, size: size, hashes: try plan.assembleAvailable(hashAt))
    }

    /// Checks that the entry with this leaf hash is at `index` in the tree of `size` entries with this root.
    ///
    /// - Throws: `ProofError` unless it is proved.
    public func verify(leafHash: SHA256Digest, root: SHA256Digest) throws(ProofError) {
        let expected = try InclusionProof.plan(index: index, size: size).parts.count
        guard hashes.count == expected else { throw .wrongHashCount(expected: expected, actual: hashes.count) }
        var node = index.value
        var last = size.value - 1
        var computed = leafHash
        for hash in hashes {
            if node & 1 == 1 || node == last {
                computed = MerkleTree.nodeHash(hash, computed)
                // A last node without sibling stands for itself on the levels above, until it is a right child.
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                computed = MerkleTree.nodeHash(computed, hash)
            }
            node >>= 1
            last >>= 1
        }
        guard last == 0, computed == root else { throw .rootMismatch }
    }
}
