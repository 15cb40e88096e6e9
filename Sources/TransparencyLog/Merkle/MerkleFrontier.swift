public import Cryptography

/// What must be remembered of a tree to append to it and to know its root: one hash for each bit of its size.
///
/// The hashes are the roots of the complete subtrees that the entries divide into, largest (leftmost) first.
public struct MerkleFrontier: Hashable, Sendable {
    /// How many entries were appended.
    public private(set) var size: TreeSize
    /// The roots of the complete subtrees, largest first; as many as `size` has bits set.
    public private(set) var hashes: [SHA256Digest]

    /// The frontier of the log without entries.
    public init() {
        size = .zero
        hashes = []
    }

    /// Takes over a frontier that was stored.
    ///
    /// Only the number of hashes can be checked here; compare `root` with a signed checkpoint before trusting it.
    ///
    /// - Throws: `ProofError.wrongHashCount` when the number does not fit the size.
    public init(size: TreeSize, hashes: [SHA256Digest]) throws(ProofError) {
        let expected = size.value.nonzeroBitCount
        guard hashes.count == expected else { throw .wrongHashCount(expected: expected, actual: hashes.count) }
        self.size = size
        self.hashes = hashes
    }

    /// Appends an entry.
    public mutating func append(leafHash: SHA256Digest) {
        append(leafHash: leafHash) { _, _ in }
    }

    /// Appends an entry and reports every node that it completes, from the leaf itself upwards.
    public mutating func append(
        leafHash: SHA256Digest, completed: (_ node: NodeCoordinate, _ hash: SHA256Digest) -> Void
    ) {
        var index = size.value
        precondition(index < UInt64.max, "the log is full")
        var level = 0
        var hash = leafHash
        completed(NodeCoordinate(level: 0, index: index), hash)
        // Like adding one to a binary number: each set low bit is a complete subtree of the same height to merge with.
        while index & 1 == 1 {
            hash = MerkleTree.nodeHash(hashes.removeLast(), hash)
            index >>= 1
            level += 1
            completed(NodeCoordinate(level: level, index: index), hash)
        }
        hashes.append(hash)
        size = TreeSize(size.value + 1)
    }

    /// The root of the tree over all entries so far.
    public var root: SHA256Digest {
        foldedFromTheRight(hashes) ?? MerkleTree.emptyRoot
    }
}

/// The root of the tree made of adjacent complete subtrees, largest first; nil when there are none.
func foldedFromTheRight(_ hashes: [SHA256Digest]) -> SHA256Digest? {
    guard var root = hashes.last else { return nil }
    for hash in hashes.dropLast().reversed() { root = MerkleTree.nodeHash(hash, root) }
    return root
}
