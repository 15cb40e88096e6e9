import Compression
import HTTP

/// Why a request is not answered: a status, and a sentence for whoever sent it.
struct RequestFault: Error, Equatable {
    let status: Int
    let sentence: String
}

/// A request's body as it came, plain or as gzip.
struct PackedBody: Sendable {
    private let wire: [UInt8]
    private let isGzip: Bool

    /// Receives the body of `request`.
    ///
    /// - Parameter maxBytes: how much may come.
    /// - Throws: `RequestFault` when it is more, incomplete, or encoded in another way.
    init(of request: ServerRequest, maxBytes: Int) async throws(RequestFault) {
        let encoding = request.head.headers["Content-Encoding"]?.lowercased() ?? "identity"
        guard ["identity", "gzip", "x-gzip"].contains(encoding) else {
            throw RequestFault(
                status: 415, sentence: "the request is encoded in a way that is not read here; send it plain or as gzip"
            )
        }
        isGzip = encoding != "identity"
        do throws(BodyError) { wire = try await request.body.collect(maxBytes: maxBytes) } catch {
            throw RequestFault(status: error.status, sentence: "\(error)")
        }
    }

    /// The body with its encoding taken off. May take its time: not for event loops.
    ///
    /// - Throws: `RequestFault` when it is broken, or has more than `maxBytes` then.
    func unpacked(maxBytes: Int) throws(RequestFault) -> [UInt8] {
        guard isGzip else { return wire }
        do throws(CompressionError) {
            return try Gzip.decompress(wire, maxBytes: maxBytes)
        } catch {
            switch error {
            case .tooLarge:
                throw RequestFault(
                    status: 413, sentence: "the request has more than \(maxBytes) bytes when it is unpacked")
            default: throw RequestFault(status: 400, sentence: "the request's gzip encoding is broken: \(error)")
            }
        }
    }
}
