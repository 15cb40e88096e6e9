import Cryptography
import TestSupport
import Testing
import TransparencyLog

@Suite("Tiles")
struct TileTests {
    @Test("paths come back as they were written, for all kinds of indices and widths")
    func roundTrip() throws {
        var random = SeededRandom()
        let known: [UInt64] = [0, 1, 9, 999, 1000, 999_999, 1_000_000, 1_234_067, .max]
        let indices = known + (0..<200).map { _ in random.next() >> UInt64.random(in: 0..<64, using: &random) }
        for index in indices {
            for width in [1, 2, 10, 88, 255, 256] {
                for content in [TilePath.Content.entries, .hashes(level: 0), .hashes(level: 7), .hashes(level: 63)] {
                    let path = TilePath(content, index: index, width: width)
                    try #require(TilePath(parsing: path.text) == path, "\(path)")
                }
            }
        }
        #expect(TilePath(.entries, index: 1_234_067, width: 5).text == "tile/entries/x001/x234/067.p/5")
        #expect(TilePath(.hashes(level: 1), index: 0).text == "tile/1/000")
    }

    @Test(
        "a second spelling of a path, and anything else, is refused",
        arguments: [
            "", "tile", "tile/", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/x000/001",
            "tile/0/x001/x000", "tile/0/001/002", "tile/0/x01/002", "tile/00/000", "tile/64/000", "tile/-1/000",
            "tile/+1/000", "tile/0/000/", "/tile/0/000", "tile//000", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0",
            "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/1/", "tile/0/.p/1", "tile/0/000.P/1",
            "tile/0/000.p/-1",
            "tile/entries/000.gz", "tile/Entries/000", "tile/entries", "Tile/0/000", "tile/0/x001/../000", "tile/0/00０",
            "tile/0/x018/x446/x744/x073/x709/x551/616", "tile/0/x999/x999/x999/x999/x999/x999/x999/999", "checkpoint",
        ])
    func refusals(text: String) {
        #expect(TilePath(parsing: text) == nil)
    }

    @Test("every path that is one byte away from a good one is refused or is itself a good one")
    func mutations() throws {
        for good in ["tile/0/x001/x234/067", "tile/entries/x001/000.p/88"] {
            let bytes = Array(good.utf8)
            for position in bytes.indices {
                for byte in UInt8(0x20)...0x7E {
                    var changed = bytes
                    changed[position] = byte
                    let text = String(decoding: changed, as: UTF8.self)
                    if let path = TilePath(parsing: text) { try #require(path.text == text) }
                }
            }
        }
    }

    @Test("a tree serves exactly the tiles of its size, as in the specification's example")
    func geometry() {
        let size = TreeSize(70_000)
        let paths = TilePath.tiles(to: size).map(\.text)
        #expect(paths.count == 277)
        #expect(paths.suffix(4) == ["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"])
        #expect(TilePath.tiles(to: TreeSize(256)).map(\.text) == ["tile/0/000", "tile/1/000.p/1"])
        #expect(TilePath.tiles(to: .zero).isEmpty && TilePath.entryBundles(to: .zero).isEmpty)
        #expect(TilePath.entryBundles(to: TreeSize(257)).map(\.text) == ["tile/entries/000", "tile/entries/001.p/1"])
        #expect(TilePath.tiles(from: TreeSize(300), to: TreeSize(310)).map(\.text) == ["tile/0/001.p/54"])
        #expect(
            TilePath.tiles(from: TreeSize(511), to: TreeSize(512)).map(\.text) == ["tile/0/001", "tile/1/000.p/2"])
        for path in TilePath.tiles(to: size) + TilePath.entryBundles(to: size) {
            #expect(path.exists(inTreeOf: size))
            #expect(path.isPartial == (path.full != path))
        }
        #expect(!TilePath(.hashes(level: 0), index: 273).exists(inTreeOf: size))
        #expect(!TilePath(.hashes(level: 0), index: 273, width: 111).exists(inTreeOf: size))
        #expect(!TilePath(.hashes(level: 0), index: 0, width: 5).exists(inTreeOf: size))
        #expect(!TilePath(.hashes(level: 8), index: 0).exists(inTreeOf: TreeSize(.max)))
        #expect(!TilePath(.hashes(level: 0), index: .max).exists(inTreeOf: TreeSize(.max)))
        #expect(TilePath.holding(entry: LogIndex(69_999), inTreeOf: size)?.text == "tile/entries/273.p/112")
        #expect(TilePath.holding(entry: LogIndex(70_000), inTreeOf: size) == nil)
        #expect(TilePath.holding(NodeCoordinate(level: 8, index: 272), inTreeOf: size)?.text == "tile/1/001.p/17")
        #expect(TilePath.holding(NodeCoordinate(level: 8, index: 273), inTreeOf: size) == nil)
        #expect(TilePath.holding(NodeCoordinate(level: 63, index: 1), inTreeOf: size) == nil)
    }

    @Test("proofs made of nothing but served tiles hold", arguments: [1, 2, 255, 256, 257, 511, 700, 1025])
    func proofsFromTiles(size: Int) throws {
        let tree = ReferenceTree(size: size)
        let treeSize = TreeSize(UInt64(size))
        var served: [TilePath: HashTile] = [:]
        for path in TilePath.tiles(to: treeSize) {
            guard case .hashes(let level) = path.content else { continue }
            let hashes = (0..<path.width).map { offset in
                tree.hash(at: NodeCoordinate(level: 8 * level, index: path.index * 256 + UInt64(offset)))
            }
            let tile = HashTile(path: path, hashes: hashes.compactMap(\.self))
            served[path] = try HashTile(path: path, parsing: tile.bytes)
        }
        func hash(_ node: NodeCoordinate) -> SHA256Digest? {
            TilePath.holding(node, inTreeOf: treeSize).flatMap { served[$0]?.hash(at: node) }
        }
        let root = tree.root(0, size)
        #expect(HashPlan.root(of: treeSize).assemble { hash($0) ?? MerkleTree.emptyRoot } == [root])
        for index in stride(from: 0, to: size, by: max(1, size / 20)) {
            try InclusionProof.prove(index: LogIndex(UInt64(index)), size: treeSize, hashAt: hash)
                .verify(leafHash: tree.leafHashes[index], root: root)
            try ConsistencyProof.prove(older: TreeSize(UInt64(index)), newer: treeSize, hashAt: hash)
                .verify(olderRoot: tree.root(0, index), newerRoot: root)
        }
    }

    @Test("a tile gives no hash of nodes that it does not hold whole")
    func foreignNodes() throws {
        let hashes = ReferenceTree(size: 3).leafHashes
        let tile = HashTile(path: TilePath(.hashes(level: 0), index: 1, width: 3), hashes: hashes)
        #expect(tile.hash(at: NodeCoordinate(level: 0, index: 258)) == hashes[2])
        #expect(tile.hash(at: NodeCoordinate(level: 1, index: 128)) == MerkleTree.nodeHash(hashes[0], hashes[1]))
        #expect(tile.hash(at: NodeCoordinate(level: 1, index: 129)) == nil)
        #expect(tile.hash(at: NodeCoordinate(level: 0, index: 2)) == nil)
        #expect(tile.hash(at: NodeCoordinate(level: 8, index: 1)) == nil)
        #expect(tile.hash(at: NodeCoordinate(level: 7, index: .max)) == nil)
        #expect(throws: TileError.wrongLength(path: tile.path, byteCount: 95)) {
            try HashTile(path: tile.path, parsing: Array(tile.bytes.dropLast()))
        }
        #expect(throws: TileError.self) { try HashTile(path: tile.path, parsing: tile.bytes + [0]) }
    }

    @Test("entry bundles come back as they were written; cut, lengthened or miscounted ones are refused")
    func bundles() throws {
        let entries: [[UInt8]] = [[], [1], Array(repeating: 7, count: 65_535), [2, 3]]
        let path = TilePath(.entries, index: 0, width: 4)
        let bytes = try EntryBundle.encode(entries)
        #expect(bytes.count == 4 * 2 + 65_538)
        #expect(try EntryBundle.decode(bytes, path: path) == entries)
        let short = try EntryBundle.encode([[1, 2], [3]])
        let shortPath = TilePath(.entries, index: 0, width: 2)
        for end in 0..<short.count {
            #expect(throws: TileError.wrongEntryCount(path: shortPath)) {
                try EntryBundle.decode(Array(short[..<end]), path: shortPath)
            }
        }
        #expect(throws: TileError.self) { try EntryBundle.decode(short + [0], path: shortPath) }
        #expect(throws: TileError.self) { try EntryBundle.decode(short, path: path) }
        #expect(throws: TileError.entryTooLong(byteCount: 65_536)) {
            try EntryBundle.encode([Array(repeating: 0, count: 65_536)])
        }
    }
}
