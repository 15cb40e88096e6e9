extension TilePath {
    /// The tile that has the hash of a node (directly, or as the root of some of its hashes) in a tree of `size`.
    ///
    /// Nil when the tree does not have the node yet.
    public static func holding(_ node: NodeCoordinate, inTreeOf size: TreeSize) -> TilePath? {
        let level = node.level / 8
        let shift = UInt64(node.level % 8)
        let (firstHash, overflow) = node.index.multipliedReportingOverflow(by: 1 << shift)
        guard !overflow else { return nil }
        let available = hashCount(level: level, in: size)
        guard firstHash < available, available - firstHash >= 1 << shift else { return nil }
        return tile(.hashes(level: level), index: firstHash / UInt64(fullWidth), available: available)
    }

    /// The entry bundle that has an entry in a tree of `size`; nil when the tree does not have the entry yet.
    public static func holding(entry index: LogIndex, inTreeOf size: TreeSize) -> TilePath? {
        guard index.value < size.value else { return nil }
        return tile(.entries, index: index.value / UInt64(fullWidth), available: size.value)
    }

    /// Whether a log of `size` entries serves this resource: it is full, or exactly as wide as the log's end.
    public func exists(inTreeOf size: TreeSize) -> Bool {
        let available =
            switch content {
            case .hashes(let level): TilePath.hashCount(level: level, in: size)
            case .entries: size.value
            }
        let (start, overflow) = index.multipliedReportingOverflow(by: UInt64(TilePath.fullWidth))
        guard !overflow, start < available else { return false }
        let reachable = min(UInt64(TilePath.fullWidth), available - start)
        return UInt64(width) == reachable
    }

    /// Every tile of hashes that a tree of `newer` entries has and one of `older` did not, lowest level first.
    ///
    /// From size zero these are all tiles of the tree. Their number grows with the difference of the sizes.
    public static func tiles(from older: TreeSize = .zero, to newer: TreeSize) -> [TilePath] {
        var tiles: [TilePath] = []
        for level in 0..<8 {
            tiles += resources(
                .hashes(level: level), from: hashCount(level: level, in: older), to: hashCount(level: level, in: newer))
        }
        return tiles
    }

    /// Every entry bundle that a log of `newer` entries has and one of `older` did not.
    public static func entryBundles(from older: TreeSize = .zero, to newer: TreeSize) -> [TilePath] {
        resources(.entries, from: older.value, to: newer.value)
    }

    private static func resources(_ content: Content, from older: UInt64, to newer: UInt64) -> [TilePath] {
        guard older < newer else { return [] }
        let first = older / UInt64(fullWidth)
        let last = (newer - 1) / UInt64(fullWidth)
        return (first...last).map { tile(content, index: $0, available: newer) }
    }

    private static func tile(_ content: Content, index: UInt64, available: UInt64) -> TilePath {
        let width = min(UInt64(fullWidth), available - index * UInt64(fullWidth))
        return TilePath(content, index: index, width: Int(width))
    }

    /// How many hashes all tiles of a level have together.
    private static func hashCount(level: Int, in size: TreeSize) -> UInt64 {
        level < 8 ? size.value >> UInt64(8 * level) : 0
    }
}
