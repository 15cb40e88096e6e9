/// Why a proof, or the request for one, does not hold.
public enum ProofError: Error, Equatable, CustomStringConvertible {
    case indexBeyondTree(index: LogIndex, size: TreeSize)
    /// The tree said to be older is larger.
    case sizesReversed(older: TreeSize, newer: TreeSize)
    case wrongHashCount(expected: Int, actual: Int)
    /// The hashes do not lead to the root: entry, place, size, proof or root is not what it is said to be.
    case rootMismatch
    /// The hashes do not lead to the older root: the newer tree does not contain the older one.
    case olderRootMismatch
    /// Two trees of one size have different roots: the log shows different histories.
    case sameSizeDifferentRoot(size: TreeSize)
    case missingNode(NodeCoordinate)

    public var description: String {
        switch self {
        case .indexBeyondTree(let index, let size): "entry \(index) is not in a tree of \(size) entries"
        case .sizesReversed(let older, let newer): "a tree of \(newer) entries cannot extend one of \(older)"
        case .wrongHashCount(let expected, let actual): "the proof has \(actual) hashes; expected \(expected)"
        case .rootMismatch: "the proof does not lead to the tree's root"
        case .olderRootMismatch: "the proof does not lead to the older tree's root: the log is not append-only"
        case .sameSizeDifferentRoot(let size):
            "two trees of \(size) entries have different roots: the log shows different histories"
        case .missingNode(let node): "the hash of the node at \(node) is not available"
        }
    }
}
