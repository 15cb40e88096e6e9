public import Cryptography

/// Which stored nodes make up the hashes of a proof (or a root), so that they can be fetched in one batch.
public struct HashPlan: Hashable, Sendable {
    /// One element for each hash: the complete subtrees it is folded from, largest first.
    let parts: [[NodeCoordinate]]

    /// Every node that is needed, in the order in which `assemble` asks.
    public var nodes: [NodeCoordinate] { parts.flatMap(\.self) }

    /// Computes the hashes from the nodes.
    ///
    /// - Throws: whatever `hashAt` throws.
    public func assemble<Failure: Error>(
        _ hashAt: (NodeCoordinate) throws(Failure) -> SHA256Digest
    ) throws(Failure) -> [SHA256Digest] {
        var hashes: [SHA256Digest] = []
        hashes.reserveCapacity(parts.count)
        for part in parts {
            var subtrees: [SHA256Digest] = []
            for node in part { subtrees.append(try hashAt(node)) }
            hashes.append(foldedFromTheRight(subtrees) ?? MerkleTree.emptyRoot)
        }
        return hashes
    }

    /// Computes the hashes from nodes that may be missing.
    ///
    /// - Throws: `ProofError.missingNode` for the first node of which `hashAt` gives no hash.
    func assembleAvailable(_ hashAt: (NodeCoordinate) -> SHA256Digest?) throws(ProofError) -> [SHA256Digest] {
        try assemble { node throws(ProofError) in
            guard let hash = hashAt(node) else { throw .missingNode(node) }
            return hash
        }
    }

    /// The plan for the root of the tree of `size` entries: one hash.
    public static func root(of size: TreeSize) -> HashPlan {
        HashPlan(parts: [completeSubtrees(from: 0, count: size.value)])
    }

    /// Divides `count` entries from `start` into complete subtrees, largest first.
    ///
    /// `start` is a multiple of the largest power of two in `count`, as it is for every subtree of RFC 6962.
    static func completeSubtrees(from start: UInt64, count: UInt64) -> [NodeCoordinate] {
        var subtrees: [NodeCoordinate] = []
        var position = start
        for level in stride(from: 63, through: 0, by: -1) where count & (1 << UInt64(level)) != 0 {
            subtrees.append(NodeCoordinate(level: level, index: position >> UInt64(level)))
            // Wraps only after the very last entry of a full tree, when nothing follows.
            position &+= 1 << UInt64(level)
        }
        return subtrees
    }

    /// The largest power of two that is less than `count`, which is at least 2: where RFC 6962 divides a tree.
    static func split(_ count: UInt64) -> UInt64 {
        1 << UInt64(63 - (count - 1).leadingZeroBitCount)
    }
}
