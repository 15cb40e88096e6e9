import Cryptography
import HTTP
import Platform
import TransparencyLog

/// Another log's read path (C2SP tlog-tiles). Nothing that it answers is verified here.
struct FetchedLog: Sendable {
    /// The address below which `checkpoint` and `tile` are, without a slash at its end.
    let url: String
    private let client: UpstreamClient

    /// Takes the address of a read path, or of the checkpoint in it.
    init(url: String, environment: ProcessEnvironment) {
        var url = url
        while url.hasSuffix("/") { url.removeLast() }
        if url.hasSuffix("/checkpoint") { url.removeLast("/checkpoint".count) }
        self.url = url
        client = UpstreamClient(
            proxyEnvironment: environment, userAgent: "jurat/\(JuratVersion.text)", maxConnectionsPerHost: 4)
    }

    func checkpoint() async throws(CommandFailure) -> SignedNote {
        let bytes = try await fetch("checkpoint", maxBytes: SignedNote.maxBytes)
        do throws(NoteError) { return try SignedNote(parsing: bytes) } catch {
            throw CommandFailure(.verificationFailed, "\(url)/checkpoint: \(error)")
        }
    }

    /// The entries of one bundle.
    func entries(_ path: TilePath) async throws(CommandFailure) -> [[UInt8]] {
        let bytes = try await fetch(path.text, maxBytes: 16 << 20)
        do throws(TileError) { return try EntryBundle.decode(bytes, path: path) } catch {
            throw CommandFailure(.verificationFailed, "\(url)/\(path): \(error)")
        }
    }

    /// The hashes from one size to another, put together from tiles.
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
        request.acceptsGzip = true
        request.totalTimeout = .seconds(60)
        let (status, bytes): (Int, [UInt8])
        do throws(UpstreamError) { (status, bytes) = try await client.sendForBytes(request) } catch {
            throw CommandFailure(.failure, "\(request.url) cannot be fetched: \(Logger.printable("\(error)"))")
        }
        guard status == 200 else {
            throw CommandFailure(
                .failure, "\(request.url) answered with status \(status); expected a log's read path")
        }
        return bytes
    }
}
