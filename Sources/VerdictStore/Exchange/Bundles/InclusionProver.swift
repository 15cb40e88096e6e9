import Cryptography
import TransparencyLog

/// Makes many inclusion proofs in one tree: each tile is read and hashed once, as long as neighbours are asked for.
///
/// Memory: at most 64 tiles with all nodes of their eight levels, 1 MiB.
final class InclusionProver {
    private static let maxTiles = 64

    private let reader: LogReader
    private let size: TreeSize
    private var tiles: [TilePath: TileNodes] = [:]
    private var order: [TilePath] = []

    init(_ reader: LogReader, size: UInt64) {
        self.reader = reader
        self.size = TreeSize(size)
    }

    /// The proof of an entry below the size.
    ///
    /// - Throws: `LogError.damaged`, `.database`.
    func proof(of index: UInt64) throws(LogError) -> InclusionProof {
        let plan: HashPlan
        do throws(ProofError) {
            plan = try InclusionProof.plan(index: LogIndex(index), size: size)
        } catch {
            throw .damaged(.missingEntry(index: index))
        }
        let hashes = try plan.assemble { (node) throws(LogError) in try hash(at: node) }
        return InclusionProof(index: LogIndex(index), size: size, hashes: hashes)
    }

    private func hash(at node: NodeCoordinate) throws(LogError) -> SHA256Digest {
        guard let path = TilePath.holding(node, inTreeOf: size) else {
            preconditionFailure("a plan for \(size) entries names the node at \(node)")
        }
        if let hash = try nodes(of: path).hash(at: node) { return hash }
        throw .damaged(.tile(level: node.level / 8, index: path.index))
    }

    private func nodes(of path: TilePath) throws(LogError) -> TileNodes {
        if let known = tiles[path] { return known }
        guard let bytes = try reader.resource(path), let tile = try? HashTile(path: path, parsing: bytes) else {
            throw .damaged(.tile(level: 0, index: path.index))
        }
        if order.count == Self.maxTiles { tiles[order.removeFirst()] = nil }
        let nodes = TileNodes(tile)
        tiles[path] = nodes
        order.append(path)
        return nodes
    }
}

/// One tile with the hash of every node that lies wholly in it.
private struct TileNodes {
    private let path: TilePath
    /// By height above the tile's own hashes, 0 to 8.
    private let levels: [[SHA256Digest]]

    init(_ tile: HashTile) {
        path = tile.path
        var levels = [tile.hashes]
        while let below = levels.last, below.count > 1, levels.count <= 8 {
            levels.append((0..<below.count / 2).map { MerkleTree.nodeHash(below[2 * $0], below[2 * $0 + 1]) })
        }
        self.levels = levels
    }

    func hash(at node: NodeCoordinate) -> SHA256Digest? {
        let height = node.level % 8
        guard height < levels.count else { return nil }
        let first = path.index << UInt64(8 - height)
        guard node.index >= first, node.index - first < UInt64(levels[height].count) else { return nil }
        return levels[height][Int(node.index - first)]
    }
}
