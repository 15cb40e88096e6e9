import Platform
import TransparencyLog

/// Another log's read path, as far as a follower needs it. Nothing that it answers is believed before it was verified.
///
/// Spec: C2SP tlog-tiles.
protocol PeerLog: Sendable {
    /// The newest checkpoint note.
    func checkpoint() async throws(PeerFailure) -> [UInt8]
    /// The bytes of a tile; nil when the log says that it has none such.
    func resource(_ path: TilePath) async throws(PeerFailure) -> [UInt8]?
}

/// Why a peer gave no usable answer. Its text is for operators.
struct PeerFailure: Error, Sendable, Equatable, CustomStringConvertible {
    let what: String
    let reason: String

    var description: String { "\(what): \(reason)" }
}

/// Makes the read path at an address.
typealias PeerConnecting = @Sendable (_ url: String) -> any PeerLog

extension PeerLog {
    /// The entries of `range` that one bundle has, in a log of `size` entries.
    ///
    /// A log that has grown since may have dropped the narrower bundle; then the full one has the same entries first.
    /// - Throws: `PeerFailure`.
    func entries(_ path: TilePath, of range: Range<UInt64>) async throws(PeerFailure) -> [[UInt8]] {
        var found = path
        var bytes = try await resource(path)
        if bytes == nil, path.isPartial {
            found = path.full
            bytes = try await resource(found)
        }
        guard let bytes else { throw PeerFailure(what: path.text, reason: "the log says that it does not exist") }
        let entries: [[UInt8]]
        do throws(TileError) { entries = try EntryBundle.decode(bytes, path: found) } catch {
            throw PeerFailure(what: path.text, reason: "\(error)")
        }
        let first = path.index * UInt64(TilePath.fullWidth)
        let start = Int(max(range.lowerBound, first) - first)
        let end = Int(min(range.upperBound, first + UInt64(path.width)) - first)
        precondition(start <= end && end <= entries.count, "the bundle \(path) is not one of the range")
        return Array(entries[start..<end])
    }
}

/// A log whose newest checkpoint was handed over by somebody else.
struct PresentedPeer: PeerLog {
    let note: [UInt8]
    let log: any PeerLog

    func checkpoint() async throws(PeerFailure) -> [UInt8] { note }

    func resource(_ path: TilePath) async throws(PeerFailure) -> [UInt8]? { try await log.resource(path) }
}
