public import Cryptography

/// The hash functions of the log's tree and the root of a tree that is whole in memory.
///
/// Spec: RFC 6962 section 2.1 over SHA-256. Leaves and nodes hash under different prefixes, so that no leaf can
/// pass for a node.
public enum MerkleTree {
    /// The root of the log without entries: the digest of nothing.
    public static let emptyRoot = SHA256Digest(hashing: [])

    /// The hash of one entry.
    public static func leafHash(_ entry: [UInt8]) -> SHA256Digest {
        let hasher = SHA256Hasher()
        hasher.update(byte: 0x00)
        hasher.update(entry)
        return hasher.finish()
    }

    /// The hash of a node over its two subtrees.
    public static func nodeHash(_ left: SHA256Digest, _ right: SHA256Digest) -> SHA256Digest {
        let hasher = SHA256Hasher()
        hasher.update(byte: 0x01)
        hasher.update(left)
        hasher.update(right)
        return hasher.finish()
    }

    /// The root of the tree over these leaves, in a time proportional to their number.
    public static func root(ofLeafHashes leafHashes: some Sequence<SHA256Digest>) -> SHA256Digest {
        var frontier = MerkleFrontier()
        for leafHash in leafHashes { frontier.append(leafHash: leafHash) }
        return frontier.root
    }
}
