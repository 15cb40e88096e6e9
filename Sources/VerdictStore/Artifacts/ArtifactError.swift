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
    case file(FileError)
    case database(DatabaseError)

    public var description: String {
        switch self {
        case .integrityMismatch(let mismatch):
            "the artifact was refused: \(mismatch); ask the registry's operator, and try again only if it was repaired"
        case .tooLarge(let maxBytes):
            "the artifact is larger than \(maxBytes) bytes; raise the registry's artifact limit if it is legitimate"
        case .ended: "the artifact's ingest has ended; begin another one"
        case .file(let error): "\(error)"
        case .database(let error): "\(error)"
        }
    }
}
