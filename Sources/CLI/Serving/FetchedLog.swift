import Cryptography
import HTTP
import Platform
import TransparencyLog

/// Another log's read path (C2SP tlog-tiles), as far as a witness needs it.
struct FetchedLog: Sendable {
    /// The address below which `checkpoint` and `tile` are.
    let url: String
    private let client = UpstreamClient(
        proxyEnvironment: ProcessEnvironment(variables: [:]), userAgent: "jurat/\(JuratVersion.text)",
        maxConnectionsPerHost: 4)

    init(url: String) { self.url = url }

    func checkpoint() async throws(CommandFailure) -> SignedNote {
        let bytes = try await fetch("checkpoint", maxBytes: 64 << 10)
        do throws(NoteError) { return try SignedNote(parsing: bytes) } catch {
            throw CommandFailure(.verificationFailed, "\(url)/checkpoint: \(error)")
        }
    }

    /// The hashes from one size to another, put together from tiles. Nothing is verified.
    func consistency(from older: TreeSize, to newer: TreeSize) async -> Result<[SHA256Digest], CommandFailure> {
        do {
            var tiles: [TilePath: HashTile] = [:]
            for node in try ConsistencyProof.plan(older: older, newer: newer).nodes {
                guard let path = TilePath.holding(node, inTreeOf: newer), tiles[path] == nil else { continue }
                tiles[path] = try HashTile(path: path, parsing: try await fetch(path.text, maxBytes: 8192))
            }
            return .success(
                try ConsistencyProof.prove(older: older, newer: newer) { node in
                    TilePath.holding(node, inTreeOf: newer).flatMap { tiles[$0]?.hash(at: node) }
                }.hashes)
        } catch let failure as CommandFailure {
            return .failure(failure)
        } catch {
            return .failure(CommandFailure(.verificationFailed, "\(error)"))
        }
    }

    private func fetch(_ path: String, maxBytes: Int) async throws(CommandFailure) -> [UInt8] {
        var request = UpstreamRequest(url: "\(url)/\(path)")
        request.maxBodyBytes = Int64(maxBytes)
        request.totalTimeout = .seconds(60)
        let status: Int
        do throws(UpstreamError) {
            let response = try await client.send(request)
            status = response.status
            if status == 200 { return try await response.collect(maxBytes: maxBytes) }
        } catch {
            throw CommandFailure(.failure, "\(url)/\(path) cannot be fetched: \(error)")
        }
        throw CommandFailure(.failure, "\(url)/\(path) cannot be fetched: the answer was status \(status)")
    }
}
