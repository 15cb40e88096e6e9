public import Cryptography
public import TransparencyLog

/// The static resources of the log (C2SP tlog-tiles), and proofs made from them.
extension LogReader {
    /// The bytes of a tile or entry bundle; nil when the log is not long enough for it.
    ///
    /// A partial resource is served only at the width that the log has now, or had at an earlier checkpoint: any width
    /// up to what exists is right, and never changes.
    ///
    /// - Throws: `LogError.damaged`, `.database`.
    public func resource(_ path: TilePath) throws(LogError) -> [UInt8]? {
        switch path.content {
        case .hashes(let level): try tile(level: level, index: path.index, width: path.width)
        case .entries: try bundle(index: path.index, width: path.width)
        }
    }

    /// The proof that an entry is in the tree of a size; nil when the log or the tree is not that large.
    ///
    /// - Throws: `LogError.damaged`, `.database`.
    public func inclusionProof(of index: UInt64, inTreeOf size: UInt64) throws(LogError) -> InclusionProof? {
        guard index < size, size <= (try storedSize()) else { return nil }
        let plan = planned { () throws(ProofError) in
            try InclusionProof.plan(index: LogIndex(index), size: TreeSize(size))
        }
        let hashes = try assemble(plan, in: TreeSize(size))
        return InclusionProof(index: LogIndex(index), size: TreeSize(size), hashes: hashes)
    }

    /// The proof that the tree of `newer` entries extends that of `older`; nil when the log is not that large, or
    /// `older` is the larger one.
    ///
    /// - Throws: `LogError.damaged`, `.database`.
    public func consistencyProof(from older: UInt64, to newer: UInt64) throws(LogError) -> ConsistencyProof? {
        guard older <= newer, newer <= (try storedSize()) else { return nil }
        let plan = planned { () throws(ProofError) in
            try ConsistencyProof.plan(older: TreeSize(older), newer: TreeSize(newer))
        }
        let hashes = try assemble(plan, in: TreeSize(newer))
        return ConsistencyProof(older: TreeSize(older), newer: TreeSize(newer), hashes: hashes)
    }

    /// The root of the first `size` entries, computed from tiles; nil when the log is not that large.
    ///
    /// - Throws: `LogError.damaged`, `.database`.
    public func root(ofTreeOf size: UInt64) throws(LogError) -> SHA256Digest? {
        guard size <= (try storedSize()) else { return nil }
        return size == 0 ? MerkleTree.emptyRoot : try assemble(.root(of: TreeSize(size)), in: TreeSize(size))[0]
    }

    /// How many entries the newest checkpoint covers.
    private func storedSize() throws(LogError) -> UInt64 {
        try reading { (log) throws(LogError) in try log.lastCheckpoint()?.size ?? 0 }
    }

    /// A plan for sizes that were compared before.
    private func planned(_ plan: () throws(ProofError) -> HashPlan) -> HashPlan {
        do throws(ProofError) { return try plan() } catch { preconditionFailure("sizes that were checked: \(error)") }
    }

    private func assemble(_ plan: HashPlan, in size: TreeSize) throws(LogError) -> [SHA256Digest] {
        var tiles: [TilePath: HashTile] = [:]
        return try plan.assemble { (node) throws(LogError) in
            guard let path = TilePath.holding(node, inTreeOf: size) else {
                preconditionFailure("a plan for \(size) entries names the node at \(node)")
            }
            if tiles[path] == nil { tiles[path] = try hashTile(path) }
            guard let hash = tiles[path]?.hash(at: node) else {
                throw .damaged(.tile(level: node.level / 8, index: path.index))
            }
            return hash
        }
    }

    private func hashTile(_ path: TilePath) throws(LogError) -> HashTile? {
        guard let bytes = try resource(path) else { return nil }
        do throws(TileError) {
            return try HashTile(path: path, parsing: bytes)
        } catch {
            throw .damaged(.tile(level: 0, index: path.index))
        }
    }

    private func tile(level: Int, index: UInt64, width: Int) throws(LogError) -> [UInt8]? {
        guard level < 8, index <= UInt64(Int64.max) >> UInt64(8 * (level + 1)) else { return nil }
        return try reading { (log) throws(LogError) in
            if let stored = try log.tile(level: level, index: index) { return Array(stored.prefix(width * 32)) }
            let bytes =
                try level == 0 ? log.leafHashes(tile: index, width) : log.subtreeRoots(level, tile: index, width)
            return bytes.count == width * 32 ? bytes : nil
        }
    }

    private func bundle(index: UInt64, width: Int) throws(LogError) -> [UInt8]? {
        guard index <= UInt64(Int64.max) >> 8 else { return nil }
        let leaves = try reading { (log) throws(LogError) in
            try inLog { () throws(DatabaseError) in
                try log.connection.rows(
                    "SELECT leaf FROM entries WHERE logIndex >= ? ORDER BY logIndex LIMIT ?", .index(index << 8),
                    .integer(Int64(width))
                ) { (row) throws(DatabaseError) in try row.blob(0) }
            }
        }
        guard leaves.count == width else { return nil }
        do throws(TileError) {
            return try EntryBundle.encode(leaves)
        } catch {
            throw .damaged(.entry(index: index << 8, reason: "\(error)"))
        }
    }
}

extension StoredLog {
    /// The bytes of a full tile; nil when it is not full yet.
    fileprivate func tile(level: Int, index: UInt64) throws(LogError) -> [UInt8]? {
        try inLog { () throws(DatabaseError) in
            try connection.first(
                "SELECT hashes FROM tiles WHERE level = ? AND tileIndex = ?", .integer(Int64(level)), .index(index)
            ) { (row) throws(DatabaseError) in try row.blob(0) }
        }
    }

    /// Up to `width` leaf hashes of a tile that is not full.
    fileprivate func leafHashes(tile index: UInt64, _ width: Int) throws(LogError) -> [UInt8] {
        try inLog { () throws(DatabaseError) in
            try connection.rows(
                "SELECT leafHash FROM entries WHERE logIndex >= ? ORDER BY logIndex LIMIT ?", .index(index << 8),
                .integer(Int64(width))
            ) { (row) throws(DatabaseError) in try row.blob(0) }
        }.flatMap(\.self)
    }

    /// Up to `width` roots of the full tiles one level below a tile that is not full.
    fileprivate func subtreeRoots(_ level: Int, tile index: UInt64, _ width: Int) throws(LogError) -> [UInt8] {
        let tiles = try inLog { () throws(DatabaseError) in
            try connection.rows(
                "SELECT hashes FROM tiles WHERE level = ? AND tileIndex >= ? ORDER BY tileIndex LIMIT ?",
                .integer(Int64(level - 1)), .index(index << 8), .integer(Int64(width))
            ) { (row) throws(DatabaseError) in try row.blob(0) }
        }
        var roots: [UInt8] = []
        for (offset, bytes) in tiles.enumerated() {
            let path = TilePath(.hashes(level: level - 1), index: index << 8 + UInt64(offset))
            do throws(TileError) {
                let hashes = try HashTile(path: path, parsing: bytes).hashes
                MerkleTree.root(ofLeafHashes: hashes).append(to: &roots)
            } catch {
                throw .damaged(.tile(level: level - 1, index: path.index))
            }
        }
        return roots
    }
}
