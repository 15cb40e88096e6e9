import Cryptography
import TransparencyLog

/// A whole tree in memory, computed by the recursive definitions of RFC 6962 section 2.1 word by word.
///
/// Slow and obvious: what the product's iterative code is compared with.
struct ReferenceTree {
    let leafHashes: [SHA256Digest]

    init(entries: [[UInt8]]) {
        leafHashes = entries.map { SHA256Digest(hashing: [0x00] + $0) }
    }

    /// The tree whose entries are the decimal texts of their indices.
    init(size: Int) {
        self.init(entries: (0..<size).map { Array("\($0)".utf8) })
    }

    /// MTH(D[start:end])
    func root(_ start: Int, _ end: Int) -> SHA256Digest {
        switch end - start {
        case 0: return SHA256Digest(hashing: [])
        case 1: return leafHashes[start]
        default:
            let middle = start + split(end - start)
            return SHA256Digest(hashing: [0x01] + root(start, middle).bytes + root(middle, end).bytes)
        }
    }

    /// PATH(index, D[start:end])
    func path(_ index: Int, _ start: Int, _ end: Int) -> [SHA256Digest] {
        guard end - start > 1 else { return [] }
        let middle = start + split(end - start)
        return index < middle
            ? path(index, start, middle) + [root(middle, end)] : path(index, middle, end) + [root(start, middle)]
    }

    /// PROOF(older, D[0:newer])
    func consistency(_ older: Int, _ newer: Int) -> [SHA256Digest] {
        older == 0 || older == newer ? [] : subproof(older, 0, newer, isWhole: true)
    }

    private func subproof(_ older: Int, _ start: Int, _ end: Int, isWhole: Bool) -> [SHA256Digest] {
        if older == end { return isWhole ? [] : [root(start, end)] }
        let middle = start + split(end - start)
        return older <= middle
            ? subproof(older, start, middle, isWhole: isWhole) + [root(middle, end)]
            : subproof(older, middle, end, isWhole: false) + [root(start, middle)]
    }

    private func split(_ count: Int) -> Int {
        var power = 1
        while power * 2 < count { power *= 2 }
        return power
    }

    /// The hash of a complete node, as a store would have it.
    func hash(at node: NodeCoordinate) -> SHA256Digest? {
        let start = Int(node.index) << node.level
        let end = start + (1 << node.level)
        return end <= leafHashes.count ? root(start, end) : nil
    }
}

extension SHA256Digest {
    /// The digest with one bit changed.
    func flippingBit(_ bit: Int) -> SHA256Digest {
        var changed = bytes
        changed[bit / 8] ^= 1 << (bit % 8)
        do {
            return try SHA256Digest(bytes: changed)
        } catch {
            preconditionFailure("a digest of \(changed.count) bytes")
        }
    }
}
