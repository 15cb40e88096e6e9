import Cryptography
import Screening
import TransparencyLog

/// The end of the log as far as appending needs it. A value: a group is tried on a copy, which is dropped when the
/// group fails.
struct LogTip: Equatable {
    private(set) var frontier = MerkleFrontier()
    private(set) var keyring = Keyring()
    /// The origin that continues this log; nothing is appended after the statement that says so.
    private(set) var successor: String?
    /// For each tile level the hashes that do not fill a tile yet, at most 255.
    private(set) var tails: [[SHA256Digest]] = []

    var size: UInt64 { frontier.size.value }
    var root: SHA256Digest { frontier.root }

    /// Adds the next entry.
    ///
    /// - Returns: the tiles that it completes, lowest level first.
    /// - Throws: `StatementError` when it is a key event that contradicts the keys; the tip is then unchanged.
    mutating func append(
        _ statement: Statement, signers: [KeyID], leafHash: SHA256Digest
    ) throws(StatementError) -> [FullTile] {
        if case .keyEvent(let event) = statement { try keyring.apply(event, at: size, signedBy: signers) }
        if case .logSuccession(let succession) = statement, succession.event == .ends { successor = succession.origin }
        var completed: [(level: Int, index: UInt64, hash: SHA256Digest)] = []
        frontier.append(leafHash: leafHash) { node, hash in
            // Only every eighth level of nodes is a row of tiles.
            if node.level % 8 == 0 { completed.append((level: node.level / 8, index: node.index, hash: hash)) }
        }
        return completed.compactMap { extendTail($0.level, at: $0.index, by: $0.hash) }
    }

    private mutating func extendTail(_ level: Int, at index: UInt64, by hash: SHA256Digest) -> FullTile? {
        if tails.count == level { tails.append([]) }
        tails[level].append(hash)
        guard tails[level].count == TilePath.fullWidth else { return nil }
        defer { tails[level] = [] }
        return FullTile(level: level, index: index / UInt64(TilePath.fullWidth), hashes: tails[level])
    }
}
