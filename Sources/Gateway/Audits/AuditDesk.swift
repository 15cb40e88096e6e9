import HTTP
import Platform

/// Answers audits beside the event loops: on threads of their own, and never more at once than memory can bear.
final class AuditDesk: Sendable {
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
    /// - Throws: `RequestFault` without running it, or the one that it throws.
    func run<Outcome: Sendable>(
        _ request: ServerRequest, maxBytes: Int,
        _ body: @escaping @Sendable ([UInt8]) throws(RequestFault) -> Outcome
    ) async throws(RequestFault) -> Outcome {
        let isAdmitted = underWay.withLock { count in
            guard count < maxUnderWay else { return false }
            count += 1
            return true
        }
        guard isAdmitted else {
            throw RequestFault(status: 429, sentence: "many audits are being answered; ask again in a moment")
        }
        defer { underWay.withLock { $0 -= 1 } }
        let packed = try await PackedBody(of: request, maxBytes: min(maxBytes, Self.maxWireBytes))
        return try await pool.run { () throws(RequestFault) in try body(try packed.unpacked(maxBytes: maxBytes)) }
    }
}
