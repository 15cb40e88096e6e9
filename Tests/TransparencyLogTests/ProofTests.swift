import Cryptography
import TestSupport
import Testing
import TransparencyLog

private let tree = ReferenceTree(size: 70)
private let roots = (0...70).map { tree.root(0, $0) }

@Suite("Merkle proofs")
struct ProofTests {
    @Test("the frontier has the root of every size, and stores and continues at every size")
    func frontier() throws {
        var frontier = MerkleFrontier()
        for size in 0...70 {
            #expect(frontier.root == roots[size])
            #expect(frontier.hashes.count == size.nonzeroBitCount)
            let stored = try MerkleFrontier(size: frontier.size, hashes: frontier.hashes)
            #expect(stored == frontier)
            frontier = stored
            if size < 70 { frontier.append(leafHash: tree.leafHashes[size]) }
            #expect(
                HashPlan.root(of: TreeSize(UInt64(size))).assemble { tree.hash(at: $0) ?? roots[0] } == [roots[size]])
        }
    }

    @Test("a stored frontier with another number of hashes is refused")
    func frontierCount() {
        #expect(throws: ProofError.wrongHashCount(expected: 2, actual: 1)) {
            try MerkleFrontier(size: TreeSize(5), hashes: [roots[1]])
        }
    }

    @Test("appending reports every completed node once, with its hash")
    func completedNodes() {
        var frontier = MerkleFrontier()
        var reported: [NodeCoordinate: SHA256Digest] = [:]
        for leafHash in tree.leafHashes {
            frontier.append(leafHash: leafHash) { node, hash in
                #expect(reported.updateValue(hash, forKey: node) == nil)
            }
        }
        #expect(reported.count == (0..<7).reduce(0) { $0 + (70 >> $1) })
        for (node, hash) in reported { #expect(tree.hash(at: node) == hash) }
    }

    @Test("every entry of every tree up to 70 is proved as the definition says, and the proof holds")
    func inclusion() throws {
        for size in 1...70 {
            for index in 0..<size {
                let proof = try InclusionProof.prove(
                    index: LogIndex(UInt64(index)), size: TreeSize(UInt64(size)), hashAt: tree.hash)
                try #require(proof.hashes == tree.path(index, 0, size))
                try proof.verify(leafHash: tree.leafHashes[index], root: roots[size])
            }
        }
    }

    @Test("every pair of sizes up to 70 is proved as the definition says, and the proof holds")
    func consistency() throws {
        for newer in 0...70 {
            for older in 0...newer {
                let proof = try ConsistencyProof.prove(
                    older: TreeSize(UInt64(older)), newer: TreeSize(UInt64(newer)), hashAt: tree.hash)
                try #require(proof.hashes == tree.consistency(older, newer))
                try proof.verify(olderRoot: roots[older], newerRoot: roots[newer])
            }
        }
    }

    @Test("no proof of an entry holds for another place, size, entry or root, or with other hashes")
    func inclusionTampering() throws {
        var random = SeededRandom()
        for size in 1...40 {
            for index in 0..<size {
                let hashes = tree.path(index, 0, size)
                func holds(
                    _ hashes: [SHA256Digest], at place: Int = index, in treeSize: Int = size,
                    leaf: SHA256Digest = tree.leafHashes[index], root: SHA256Digest = roots[size]
                ) -> Bool {
                    let proof = InclusionProof(
                        index: LogIndex(UInt64(place)), size: TreeSize(UInt64(treeSize)), hashes: hashes)
                    return (try? proof.verify(leafHash: leaf, root: root)) != nil
                }
                try #require(holds(hashes))
                for other in 0...size where other != index { try #require(!holds(hashes, at: other)) }
                // A size that divides the same way leads to the same root; the signed size rules that out.
                for other in 0...45 where other != size {
                    try #require(!holds(hashes, in: other, root: roots[other]))
                }
                let bit = Int.random(in: 0..<256, using: &random)
                try #require(!holds(hashes, leaf: tree.leafHashes[index].flippingBit(bit)))
                try #require(!holds(hashes, root: roots[size].flippingBit(bit)))
                for changed in changes(of: hashes, bit: bit) { try #require(!holds(changed)) }
            }
        }
    }

    @Test("no proof of consistency holds for other sizes or roots, or with other hashes")
    func consistencyTampering() throws {
        var random = SeededRandom()
        for newer in 1...40 {
            for older in 1...newer {
                let hashes = tree.consistency(older, newer)
                func holds(
                    _ hashes: [SHA256Digest], from: Int = older, to: Int = newer,
                    olderRoot: SHA256Digest = roots[older], newerRoot: SHA256Digest = roots[newer]
                ) -> Bool {
                    let proof = ConsistencyProof(
                        older: TreeSize(UInt64(from)), newer: TreeSize(UInt64(to)), hashes: hashes)
                    return (try? proof.verify(olderRoot: olderRoot, newerRoot: newerRoot)) != nil
                }
                try #require(holds(hashes))
                // Size 0 is left out: every tree does extend the empty one.
                for other in 1...45 where other != older && other != newer {
                    try #require(!holds(hashes, from: other, olderRoot: roots[other]))
                    try #require(!holds(hashes, to: other, newerRoot: roots[other]))
                }
                let bit = Int.random(in: 0..<256, using: &random)
                try #require(!holds(hashes, olderRoot: roots[older].flippingBit(bit)))
                try #require(!holds(hashes, newerRoot: roots[newer].flippingBit(bit)))
                for changed in changes(of: hashes, bit: bit) { try #require(!holds(changed)) }
            }
        }
    }

    /// The hashes with each one changed, dropped, doubled, and exchanged with the next.
    private func changes(of hashes: [SHA256Digest], bit: Int) -> [[SHA256Digest]] {
        var result = [hashes + [roots[1]], [roots[1]] + hashes]
        for position in hashes.indices {
            var changed = hashes
            changed[position] = hashes[position].flippingBit(bit)
            result.append(changed)
            changed = hashes
            changed.remove(at: position)
            result.append(changed)
            changed = hashes
            changed.insert(hashes[position], at: position)
            result.append(changed)
            if position + 1 < hashes.count {
                changed = hashes
                changed.swapAt(position, position + 1)
                result.append(changed)
            }
        }
        return result
    }

    @Test("a history that was rewritten has no proof, whichever old entry was changed")
    func rewrittenHistory() throws {
        for changedEntry in 0..<20 {
            var entries = (0..<33).map { Array("\($0)".utf8) }
            entries[changedEntry] = Array("other".utf8)
            let forged = ReferenceTree(entries: entries)
            let proof = try ConsistencyProof.prove(older: TreeSize(20), newer: TreeSize(33), hashAt: forged.hash)
            #expect(throws: ProofError.olderRootMismatch) {
                try proof.verify(olderRoot: roots[20], newerRoot: forged.root(0, 33))
            }
        }
    }

    @Test("requests that make no sense are refused with a reason")
    func refusals() {
        #expect(throws: ProofError.indexBeyondTree(index: LogIndex(5), size: TreeSize(5))) {
            try InclusionProof.plan(index: LogIndex(5), size: TreeSize(5))
        }
        #expect(throws: ProofError.sizesReversed(older: TreeSize(6), newer: TreeSize(5))) {
            try ConsistencyProof.plan(older: TreeSize(6), newer: TreeSize(5))
        }
        #expect(throws: ProofError.sameSizeDifferentRoot(size: TreeSize(5))) {
            try ConsistencyProof(older: TreeSize(5), newer: TreeSize(5), hashes: [])
                .verify(olderRoot: roots[5], newerRoot: roots[6])
        }
        #expect(throws: ProofError.olderRootMismatch) {
            try ConsistencyProof(older: .zero, newer: TreeSize(5), hashes: [])
                .verify(olderRoot: roots[1], newerRoot: roots[5])
        }
        #expect(throws: ProofError.missingNode(NodeCoordinate(level: 0, index: 1))) {
            try InclusionProof.prove(index: LogIndex(0), size: TreeSize(2)) { _ in nil }
        }
    }

    @Test("the largest sizes neither overflow nor take long")
    func extremes() throws {
        let largest = TreeSize(.max)
        for index: UInt64 in [0, 1, .max / 2, .max - 1] {
            let plan = try InclusionProof.plan(index: LogIndex(index), size: largest)
            #expect(plan.nodes.count >= 63)
            let proof = InclusionProof(
                index: LogIndex(index), size: largest, hashes: plan.assemble { _ in MerkleTree.emptyRoot })
            #expect(throws: ProofError.rootMismatch) { try proof.verify(leafHash: roots[1], root: roots[2]) }
        }
        for older: UInt64 in [1, 1 << 63, .max - 1] {
            let plan = try ConsistencyProof.plan(older: TreeSize(older), newer: largest)
            let proof = ConsistencyProof(
                older: TreeSize(older), newer: largest, hashes: plan.assemble { _ in MerkleTree.emptyRoot })
            #expect(throws: ProofError.self) { try proof.verify(olderRoot: roots[1], newerRoot: roots[2]) }
        }
    }
}
