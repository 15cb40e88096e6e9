public import Cryptography
public import Platform
public import Registry

/// Why bytes could not become, or be read as, an artifact of the store.
public enum ArtifactError: Error, Sendable, CustomStringConvertible {
    /// The bytes are not those that the registry claims. Nothing was kept.
    case integrityMismatch(IntegrityMismatch)
    /// More bytes arrived than the limit allows. Nothing was kept.
    case tooLarge(maxBytes: Int64)
    /// The ingest was finished or given up before.
    case ended
    /// The stored file does not hold the bytes that it is named for: it was changed after it was verified.
    case damaged(SHA512Digest)
    case file(FileError)
    case database(DatabaseError)

    public var description: String {
        switch self {
        case .integrityMismatch(let mismatch):
            "the artifact was refused: \(mismatch); ask the registry's operator, and try again only if it was repaired"
        case .tooLarge(let maxBytes):
            "the artifact is larger than \(maxBytes) bytes; raise the registry's artifact limit if it is legitimate"
        case .ended: "the artifact's ingest has ended; begin another one"
        case .damaged(let digest):
            "the stored artifact sha512 \(digest.hex.prefix(16))… was changed on disk; delete its file, it is fetched again"
        case .file(let error): "\(error)"
        case .database(let error): "\(error)"
        }
    }
}
