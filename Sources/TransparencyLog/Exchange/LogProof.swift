public import Cryptography

/// Why a proof text or a request for a cosignature is not accepted.
public enum ExchangeError: Error, Equatable, CustomStringConvertible {
    case malformed(reason: String)
    case checkpoint(CheckpointError)
    case proof(ProofError)

    public var description: String {
        switch self {
        case .malformed(let reason): "the text is malformed: \(reason)"
        case .checkpoint(let error): error.description
        case .proof(let error): error.description
        }
    }
}

/// One entry's inclusion with the checkpoint that it leads to, as a text that can be checked without any network.
///
/// Spec: C2SP tlog-proof.
public struct LogProof: Hashable, Sendable {
    private static let header = "c2sp.org/tlog-proof@v1"

    public let index: LogIndex
    /// The sibling hashes, from the leaf's to that below the root.
    public let hashes: [SHA256Digest]
    /// Bytes that travel along. Never trust them: nothing signs them.
    public let extra: [UInt8]
    /// The checkpoint note as the log issued it.
    public let note: SignedNote

    public init(index: LogIndex, hashes: [SHA256Digest], extra: [UInt8] = [], note: SignedNote) {
        self.index = index
        self.hashes = hashes
        self.extra = extra
        self.note = note
    }

    /// Reads a proof text. Nothing is verified.
    ///
    /// - Throws: `ExchangeError.malformed`, `.checkpoint`.
    public init(parsing bytes: [UInt8]) throws(ExchangeError) {
        guard let (lines, noteBytes) = ExchangeText.divide(bytes),
            lines.first?.elementsEqual(LogProof.header.utf8) == true
        else { throw .malformed(reason: "it does not begin with \(LogProof.header)") }
        var rest = lines.dropFirst()
        var extra: [UInt8] = []
        if let text = ExchangeText.value("extra", of: rest.first) {
            rest = rest.dropFirst()
            do throws(EncodingError) {
                extra = try Base64.decode(Array(text))
            } catch {
                throw .malformed(reason: "the extra data is not Base64: \(error)")
            }
            guard !extra.isEmpty else { throw .malformed(reason: "the extra data is empty; expected no such line") }
        }
        guard let text = ExchangeText.value("index", of: rest.first), let index = LogIndex(decimal: text) else {
            throw .malformed(reason: "the index line is missing or is not a number")
        }
        guard let hashes = ExchangeText.hashes(rest.dropFirst(), maxCount: 64) else {
            throw .malformed(reason: "the lines after the index are not at most 64 hashes in Base64")
        }
        do throws(NoteError) {
            note = try SignedNote(parsing: noteBytes)
        } catch {
            throw .checkpoint(.note(error))
        }
        self.index = index
        self.hashes = hashes
        self.extra = extra
    }

    /// The proof as it is stored (by convention in a file whose name ends in `.tlog-proof`) and sent.
    public var bytes: [UInt8] {
        let extraLine = extra.isEmpty ? "" : "extra \(Base64.encode(extra))\n"
        let head = "\(LogProof.header)\n\(extraLine)index \(index)\n\(ExchangeText.lines(hashes))\n"
        return Array(head.utf8) + note.bytes
    }

    /// Checks the checkpoint's signatures, then that the entry is in the log at `index`.
    ///
    /// - Throws: `ExchangeError.checkpoint`, `.proof`.
    public func verify(leafHash: SHA256Digest, by verifier: CheckpointVerifier) throws(ExchangeError)
        -> VerifiedCheckpoint
    {
        let verified: VerifiedCheckpoint
        do throws(CheckpointError) {
            verified = try verifier.verify(note)
        } catch {
            throw .checkpoint(error)
        }
        let proof = InclusionProof(index: index, size: verified.checkpoint.size, hashes: hashes)
        do throws(ProofError) {
            try proof.verify(leafHash: leafHash, root: verified.checkpoint.root)
        } catch {
            throw .proof(error)
        }
        return verified
    }
}
