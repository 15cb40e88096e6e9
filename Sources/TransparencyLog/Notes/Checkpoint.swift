public import Cryptography

/// The head of a log at one size: which log, how many entries, and the root that commits to all of them.
///
/// Spec: C2SP tlog-checkpoint, with exactly its three mandatory lines. Extension lines are refused: nothing that our
/// parties check would cover them.
public struct Checkpoint: Hashable, Sendable {
    /// The log's name, which is also the name of its key.
    public let origin: String
    public let size: TreeSize
    public let root: SHA256Digest

    /// Makes a checkpoint.
    ///
    /// - Throws: `CheckpointError.malformedOrigin` unless the origin can name a key.
    public init(origin: String, size: TreeSize, root: SHA256Digest) throws(CheckpointError) {
        guard NoteVerifier.isName(origin) else { throw .malformedOrigin(origin) }
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Reads the text of a checkpoint note: three lines, each with its line feed.
    ///
    /// - Throws: `CheckpointError.malformed` for anything that `text` would not write.
    public init(parsing text: String) throws(CheckpointError) {
        let lines = Array(text.utf8).split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.count == 4, lines[3].isEmpty else { throw .malformed(reason: "it does not have three lines") }
        guard let size = TreeSize(decimal: lines[1]) else {
            throw .malformed(reason: "the second line is not a tree size")
        }
        let root: SHA256Digest
        do {
            root = try SHA256Digest(bytes: Base64.decode(Array(lines[2])))
        } catch {
            throw .malformed(reason: "the third line is not a root hash: \(error)")
        }
        guard size > .zero || root == MerkleTree.emptyRoot else {
            throw .malformed(reason: "a log without entries has another root")
        }
        try self.init(origin: String(decoding: lines[0], as: UTF8.self), size: size, root: root)
    }

    /// The text that is signed.
    public var text: String {
        "\(origin)\n\(size)\n\(root.base64)\n"
    }
}

/// Why a checkpoint is not accepted.
public enum CheckpointError: Error, Equatable, CustomStringConvertible {
    case note(NoteError)
    case malformed(reason: String)
    case malformedOrigin(String)
    case wrongOrigin(expected: String, actual: String)
    case tooFewWitnesses(required: Int, present: [String])
    /// The keys and the quorum to verify with contradict each other.
    case impossiblePolicy(reason: String)

    public var description: String {
        switch self {
        case .note(let error): error.description
        case .malformed(let reason): "the note is not a checkpoint: \(reason)"
        case .malformedOrigin(let origin): NoteError.malformedName(origin).description
        case .wrongOrigin(let expected, let actual): "the checkpoint is of the log \(actual); expected \(expected)"
        case .tooFewWitnesses(let required, let present):
            "the checkpoint is cosigned by \(present.count) trusted witnesses"
                + (present.isEmpty ? "" : " (\(present.joined(separator: ", ")))") + "; at least \(required) must"
        case .impossiblePolicy(let reason): "no checkpoint can be verified: \(reason)"
        }
    }
}
