public import Cryptography

/// Why the bytes of a tile or of an entry bundle are not what their path says.
public enum TileError: Error, Equatable, CustomStringConvertible {
    case wrongLength(path: TilePath, byteCount: Int)
    /// A bundle ends inside an entry, or has more or fewer entries than its path says.
    case wrongEntryCount(path: TilePath)
    case entryTooLong(byteCount: Int)

    public var description: String {
        switch self {
        case .wrongLength(let path, let byteCount): "\(path) has \(byteCount) bytes; expected \(path.width * 32)"
        case .wrongEntryCount(let path): "\(path) does not hold exactly \(path.width) whole entries"
        case .entryTooLong(let byteCount): "an entry of \(byteCount) bytes does not fit a bundle; at most 65535"
        }
    }
}

/// The hashes of one tile, and through them every node of the eight levels that it spans.
public struct HashTile: Hashable, Sendable {
    public let path: TilePath
    /// As many hashes as the path's width says.
    public let hashes: [SHA256Digest]

    /// Reads a tile: 32 bytes for each hash and nothing else.
    ///
    /// The hashes mean nothing before they were seen to lead to a signed root.
    ///
    /// - Throws: `TileError.wrongLength`.
    public init(path: TilePath, parsing bytes: [UInt8]) throws(TileError) {
        guard case .hashes = path.content, bytes.count == path.width * 32 else {
            throw .wrongLength(path: path, byteCount: bytes.count)
        }
        var hashes: [SHA256Digest] = []
        hashes.reserveCapacity(path.width)
        for start in stride(from: 0, to: bytes.count, by: 32) {
            do throws(DigestError) {
                hashes.append(try SHA256Digest(bytes: Array(bytes[start..<start + 32])))
            } catch {
                throw .wrongLength(path: path, byteCount: bytes.count)
            }
        }
        self.path = path
        self.hashes = hashes
    }

    /// Makes a tile of hashes that were computed here.
    public init(path: TilePath, hashes: [SHA256Digest]) {
        precondition(hashes.count == path.width, "\(path) needs \(path.width) hashes, not \(hashes.count)")
        self.path = path
        self.hashes = hashes
    }

    /// The tile as it is stored and served.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * 32)
        for hash in hashes { hash.append(to: &bytes) }
        return bytes
    }

    /// The hash of a node within the tile's eight levels; nil when the node is not wholly in this tile.
    public func hash(at node: NodeCoordinate) -> SHA256Digest? {
        guard case .hashes(let level) = path.content, node.level / 8 == level else { return nil }
        let shift = UInt64(node.level % 8)
        let (first, overflow) = node.index.multipliedReportingOverflow(by: 1 << shift)
        guard !overflow, first / UInt64(TilePath.fullWidth) == path.index else { return nil }
        let start = Int(first % UInt64(TilePath.fullWidth))
        let end = start + (1 << Int(shift))
        guard end <= hashes.count else { return nil }
        return MerkleTree.root(ofLeafHashes: hashes[start..<end])
    }
}
