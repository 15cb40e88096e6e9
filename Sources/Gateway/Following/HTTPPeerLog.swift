import HTTP
import Platform
import TransparencyLog

/// A log's read path over HTTP, bounded in size and time.
struct HTTPPeerLog: PeerLog {
    /// The address below which `checkpoint` and `tile` are, without a slash at its end.
    let url: String
    let client: any UpstreamFetching

    private static let maxNoteBytes = 64 << 10
    /// 256 entries at the limit of an entry, with their lengths.
    private static let maxTileBytes = TilePath.fullWidth * ((32 << 10) + 2)
    private static let stallTimeout = Duration.seconds(20)
    private static let totalTimeout = Duration.seconds(120)
    private static let maxRedirects = 3

    func checkpoint() async throws(PeerFailure) -> [UInt8] {
        guard let note = try await fetch("checkpoint", maxBytes: Self.maxNoteBytes) else {
            throw PeerFailure(what: "\(url)/checkpoint", reason: "not found; is this the address of a log's read path?")
        }
        return note
    }

    func resource(_ path: TilePath) async throws(PeerFailure) -> [UInt8]? {
        try await fetch(path.text, maxBytes: Self.maxTileBytes)
    }

    private func fetch(_ path: String, maxBytes: Int) async throws(PeerFailure) -> [UInt8]? {
        var request = UpstreamRequest(url: "\(url)/\(path)")
        request.maxBodyBytes = Int64(maxBytes)
        request.acceptsGzip = true
        request.stallTimeout = Self.stallTimeout
        request.totalTimeout = Self.totalTimeout
        request.redirects = .follow(limit: Self.maxRedirects)
        // The follower itself tries again later, and a peer in trouble is not asked three times at once.
        request.retries = 0
        let (status, bytes): (Int, [UInt8])
        do throws(UpstreamError) { (status, bytes) = try await client.sendForBytes(request) } catch {
            throw PeerFailure(what: request.url, reason: Logger.printable("\(error)"))
        }
        switch status {
        case 200: return bytes
        case 404, 410: return nil
        default: throw PeerFailure(what: request.url, reason: "the log answered with status \(status)")
        }
    }
}
