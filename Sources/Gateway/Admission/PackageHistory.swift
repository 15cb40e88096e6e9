import Cryptography
import Registry

/// Why our own records could not be read or written. Nothing is served on the strength of a record that is not there.
struct HistoryError: Error, Sendable, CustomStringConvertible {
    let reason: String

    var description: String { "the history of listings cannot be used: \(reason)" }
}

/// Names one artifact of one source.
struct ArtifactKey: Hashable, Sendable {
    let source: RegistryName
    let name: PackageName
    let filename: String
}

/// What earlier listings and fetches said; the durable side of `PackageRecord`.
protocol PackageHistory: Sendable {
    /// Records what a listing claims about each artifact, and answers everything known about them by file name.
    ///
    /// - Throws: `HistoryError`; nothing was recorded then.
    func observe(
        _ artifacts: [ListedArtifact], of name: PackageName, at source: RegistryName
    ) async throws(HistoryError) -> [String: ArtifactRecord]

    /// Records which bytes were fetched for an artifact, and answers what is known about it now; durable on return.
    ///
    /// - Throws: `HistoryError`.
    func recordBytes(
        _ digests: ComputedDigests, of artifact: ListedArtifact, key: ArtifactKey
    ) async throws(HistoryError) -> ArtifactRecord

    /// Records that the source sent other bytes than it claims; durable on return.
    ///
    /// - Throws: `HistoryError`.
    func recordTampering(
        _ mismatch: IntegrityMismatch, of artifact: ListedArtifact, key: ArtifactKey
    ) async throws(HistoryError)
}
