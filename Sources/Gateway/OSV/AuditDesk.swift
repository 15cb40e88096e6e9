import Compression
import HTTP
import Platform

/// Answers audits beside the event loops: on threads of their own, and never more at once than memory can bear.
final class AuditDesk: Sendable {
    /// Why an audit's body was not taken, as an answer would say it.
    struct Refusal: Error {
        let status: Int
        let sentence: String
    }

    private static let threads = 2
    /// The most that a body may have on the wire; a lockfile of ten thousand packages has a few hundred kilobytes.
    private static let maxWireBytes = 8 << 20

    private let pool = BlockingPool(name: "audits", threads: AuditDesk.threads)
    private let underWay = Lock(0)
    private let maxUnderWay: Int

    init(maxUnderWay: Int = 32) {
        self.maxUnderWay = maxUnderWay
    }

    /// Reads the body of `request` and runs `body` with it where it may take its time.
    ///
    /// - Parameter maxBytes: how large the body may be when its encoding is taken off.
    /// - Throws: `Refusal` without running it, or the one that it throws.
    func run<Outcome: Sendable>(
        _ request: ServerRequest, maxBytes: Int,
        _ body: @escaping @Sendable ([UInt8]) throws(Refusal) -> Outcome
    ) async throws(Refusal) -> Outcome {
        let isAdmitted = underWay.withLock { count in
            guard count < maxUnderWay else { return false }
            count += 1
            return true
        }
        guard isAdmitted else {
            throw Refusal(status: 429, sentence: "many audits are being answered; ask again in a moment")
        }
        defer { underWay.withLock { $0 -= 1 } }
        let encoding = request.head.headers["Content-Encoding"]?.lowercased() ?? "identity"
        guard ["identity", "gzip", "x-gzip"].contains(encoding) else {
            throw Refusal(
                status: 415, sentence: "the request is encoded in a way that is not read here; send it plain or as gzip"
            )
        }
        let wire: [UInt8]
        do throws(BodyError) {
            wire = try await request.body.collect(maxBytes: min(maxBytes, Self.maxWireBytes))
        } catch {
            throw Refusal(status: error.status, sentence: "\(error)")
        }
        return try await pool.run { () throws(Refusal) in
            try body(encoding == "identity" ? wire : try Self.decompressed(wire, maxBytes))
        }
    }

    private static func decompressed(_ wire: [UInt8], _ maxBytes: Int) throws(Refusal) -> [UInt8] {
        do throws(CompressionError) {
            return try Gzip.decompress(wire, maxBytes: maxBytes)
        } catch {
            switch error {
            case .tooLarge:
                throw Refusal(status: 413, sentence: "the request has more than \(maxBytes) bytes when it is unpacked")
            default: throw Refusal(status: 400, sentence: "the request's gzip encoding is broken: \(error)")
            }
        }
    }
}
