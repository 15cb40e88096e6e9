import Cryptography
import JSON
import TransparencyLog

/// The answer of `/-/log/consistency`: two tree heads and the hashes that lead from the one to the other.
///
/// Spec: docs/verdict-log.md. The roots are computed from the tiles; `note` signs the newer one when it is the published.
struct ConsistencyDescription {
    let origin: String
    let proof: ConsistencyProof
    let olderRoot: SHA256Digest
    let newerRoot: SHA256Digest
    let published: PublishedCheckpoint

    var json: JSONValue {
        let isPublished = proof.newer == published.checkpoint.size
        return [
            "origin": .string(origin), "from": Self.head(proof.older, olderRoot),
            "to": Self.head(proof.newer, newerRoot), "hashes": .array(proof.hashes.map { .string($0.base64) }),
            "note": isPublished ? .string(String(decoding: published.note.bytes, as: UTF8.self)) : .null,
        ]
    }

    private static func head(_ size: TreeSize, _ root: SHA256Digest) -> JSONValue {
        ["size": .integer(Int64(clamping: size.value)), "root": .string(root.base64)]
    }
}
