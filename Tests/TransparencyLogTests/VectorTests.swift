import Cryptography
import JSON
import TestSupport
import Testing
import TransparencyLog

@Suite("Independent vectors")
struct VectorTests {
    private let vectors: Vectors

    init() throws {
        vectors = try Vectors()
    }

    @Test("keys have the public keys and identifiers of the vectors")
    func keys() throws {
        for (label, entry) in try #require(vectors.value("keys").objectValue).members {
            let seed = SHA256Digest(hashing: Array("tlog-test-vector key: \(label)".utf8))
            #expect(seed.hex == (try text(entry["seed"])))
            let key = try vectors.key(label)
            #expect(Hex.encode(key.publicKey.bytes) == (try text(entry["public"])))
            #expect(key.publicKey.keyID.hex == (try text(entry["keyid"])))
        }
    }

    @Test("the eight-leaf tree has the roots and proofs of the vectors")
    func smallTree() throws {
        let leafHashes = try #require(vectors.value("rfc6962_reference", "leaves").arrayValue).map {
            MerkleTree.leafHash(try Hex.decode(text($0)))
        }
        let roots = try digests(vectors.value("rfc6962_reference", "roots"))
        try #require(roots.count == 9)
        for (size, root) in roots.enumerated() {
            #expect(MerkleTree.root(ofLeafHashes: leafHashes.prefix(size)) == root)
        }
        func hash(_ node: NodeCoordinate) -> SHA256Digest {
            let start = Int(node.index) << node.level
            return MerkleTree.root(ofLeafHashes: leafHashes[start..<start + (1 << node.level)])
        }
        for entry in try #require(vectors.value("rfc6962_reference", "inclusion").arrayValue) {
            let (index, size) = (LogIndex(try number(entry["index"])), TreeSize(try number(entry["size"])))
            let proof = try InclusionProof.prove(index: index, size: size, hashAt: hash)
            #expect(proof.hashes == (try digests(entry["hashes"])))
            try proof.verify(leafHash: leafHashes[Int(index.value)], root: roots[Int(size.value)])
        }
        for entry in try #require(vectors.value("rfc6962_reference", "consistency").arrayValue) {
            let (older, newer) = (TreeSize(try number(entry["from"])), TreeSize(try number(entry["to"])))
            let proof = try ConsistencyProof.prove(older: older, newer: newer, hashAt: hash)
            #expect(proof.hashes == (try digests(entry["hashes"])))
            try proof.verify(olderRoot: roots[Int(older.value)], newerRoot: roots[Int(newer.value)])
        }
    }

    @Test("the log of 600 entries: the envelope is entry 2, and 256 entries became 600")
    func log600() throws {
        let envelope = Array(try text(vectors.value("dsse", "envelope")).utf8)
        #expect(MerkleTree.leafHash(envelope) == (try digest(vectors.value("dsse", "leafHash"))))
        let root = try digest(vectors.value("log", "roots", "600"))
        let inclusion = InclusionProof(
            index: LogIndex(2), size: TreeSize(600), hashes: try digests(vectors.value("log", "inclusion_2_600")))
        try inclusion.verify(leafHash: MerkleTree.leafHash(envelope), root: root)
        let consistency = ConsistencyProof(
            older: TreeSize(256), newer: TreeSize(600),
            hashes: try digests(vectors.value("log", "consistency_256_600")))
        try consistency.verify(olderRoot: digest(vectors.value("log", "roots", "256")), newerRoot: root)
        #expect(MerkleTree.emptyRoot == (try digest(vectors.value("log", "roots", "0"))))
        let tiles = try #require(vectors.value("log", "tiles").objectValue).members
        let expected = TilePath.tiles(to: TreeSize(600)) + TilePath.entryBundles(to: TreeSize(600))
        #expect(Set(tiles.map(\.name)) == Set(expected.map(\.text)))
        for (name, tile) in tiles {
            guard let path = TilePath(parsing: name), path.content != .entries else { continue }
            #expect(path.width * 32 == Int(try number(tile["bytes"])))
        }
    }

    @Test("the checkpoint of the log is verified with its key and two witnesses, and written again byte for byte")
    func checkpoint() throws {
        let bytes = Array(try text(vectors.value("log", "checkpoint")).utf8)
        let vkey = try text(vectors.value("log", "vkey"))
        let logKey = try NoteVerifier(vkey: vkey)
        #expect(logKey.vkey == vkey)
        #expect(logKey.publicKey == (try vectors.key("log")).publicKey)
        let witnesses = [
            try NoteVerifier(
                name: "witness.example.net/w1", type: .cosignatureV1, publicKey: vectors.key("witness-1").publicKey),
            try NoteVerifier(
                name: "witness.example.org/w2", type: .cosignatureV1, publicKey: vectors.key("witness-2").publicKey),
        ]
        let verifier = try CheckpointVerifier(logKeys: [logKey], witnesses: witnesses, quorum: 2)
        let verified = try verifier.verify(bytes)
        #expect(verified.checkpoint.origin == (try text(vectors.value("log", "origin"))))
        #expect(verified.checkpoint.size.value == (try number(vectors.value("log", "size"))))
        #expect(verified.checkpoint.root == (try digest(vectors.value("log", "roots", "600"))))
        #expect(verified.cosignatures.map(\.secondsSinceEpoch) == [1_767_226_200, 1_767_226_201])
        #expect(verified.note.bytes == bytes)

        // Signing is deterministic, so our signers must write the same note.
        let signer = try NoteSigner(name: logKey.name, key: vectors.key("log"))
        var note = try SignedNote.sign(verified.checkpoint.text, by: signer)
        for (witness, label) in zip(verified.cosignatures, ["witness-1", "witness-2"]) {
            let cosigner = try Cosigner(name: witness.verifier.name, key: vectors.key(label))
            note.add(
                cosigner.cosign(verified.checkpoint, atSecondsSinceEpoch: try #require(witness.secondsSinceEpoch)))
        }
        #expect(note.bytes == bytes)
    }

    @Test("the log of 70000 entries has the root, tiles and proofs of the vectors")
    func log70000() throws {
        let size = TreeSize(70_000)
        var frontier = MerkleFrontier()
        var levels: [Int: [SHA256Digest]] = [:]
        for index in 0..<70_000 {
            frontier.append(leafHash: MerkleTree.leafHash(Array("\(index)".utf8))) { node, hash in
                levels[node.level, default: []].append(hash)
            }
        }
        #expect(frontier.root == (try digest(vectors.value("big70000", "root"))))
        func hash(_ node: NodeCoordinate) -> SHA256Digest? {
            guard let hashes = levels[node.level], node.index < hashes.count else { return nil }
            return hashes[Int(node.index)]
        }
        let inclusion = try InclusionProof.prove(index: LogIndex(69_999), size: size, hashAt: hash)
        #expect(inclusion.hashes == (try digests(vectors.value("big70000", "inclusion_69999_70000"))))
        let consistency = try ConsistencyProof.prove(older: TreeSize(65_536), newer: size, hashAt: hash)
        #expect(consistency.hashes == (try digests(vectors.value("big70000", "consistency_65536_70000"))))

        let paths = TilePath.tiles(to: size)
        #expect(paths.count == 273 + 1 + 1 + 1 + 1)
        var expected = try #require(vectors.value("big70000", "tile_sha256").objectValue).members
        for path in paths {
            guard case .hashes(let level) = path.content, let hashes = levels[8 * level] else { continue }
            let start = Int(path.index) * 256
            let tile = HashTile(path: path, hashes: Array(hashes[start..<start + path.width]))
            guard let position = expected.firstIndex(where: { $0.name == path.text }) else { continue }
            #expect(SHA256Digest(hashing: tile.bytes).hex == expected[position].value.stringValue)
            expected.remove(at: position)
        }
        #expect(expected.isEmpty)
    }

    @Test("tile paths are written as in the vectors")
    func tilePaths() throws {
        for (index, path) in try #require(vectors.value("tile_paths").objectValue).members {
            let tile = TilePath(.hashes(level: 0), index: try #require(UInt64(index)))
            #expect(tile.text == (try text(path)))
            #expect(TilePath(parsing: tile.text) == tile)
        }
    }
}
