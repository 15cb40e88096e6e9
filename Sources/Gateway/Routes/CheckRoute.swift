import HTTP
import JSON
import Platform

/// `POST /-/check`: the decision about each package of a list or of a lockfile, on the package port and for operators.
///
/// Spec: docs/checking.md; wire.md §7. It needs no login: it says what listings say. Requests are bounded in bytes and in
/// number, and are read and judged beside the event loops.
final class CheckRoute: SystemRouteExtension {
    /// The largest body, with and without gzip: a lockfile of 64 MiB, escaped.
    static let maxBodyBytes = 96 << 20
    private static let maxUnderWay = 8
    /// What the bodies under way may take together.
    private static let maxBytesUnderWay = 256 << 20

    private struct Load {
        var requests = 0
        var bytes = 0
    }

    private let check: PackageCheck
    private let pool = BlockingPool(name: "checks", threads: 1)
    private let load = Lock(Load())

    init(check: PackageCheck) {
        self.check = check
    }

    func respond(to request: ServerRequest, segments: [String], origin: RequestOrigin) async -> ServerResponse? {
        guard segments == ["check"] else { return nil }
        guard request.head.method == .post else {
            return PlainAnswers.wrongMethod("a check is a POST of purls or a lockfile", allowed: "POST")
        }
        return await answer(request)
    }

    func answer(_ request: ServerRequest) async -> ServerResponse {
        let size = min(Int(clamping: request.body.declaredBytes ?? Int64(Self.maxBodyBytes)), Self.maxBodyBytes)
        guard admit(size) else {
            return PlainAnswers.failure(
                429, "other checks are under way; ask again in a moment", headers: ["Retry-After": "3"])
        }
        defer {
            load.withLock { load in
                load.requests -= 1
                load.bytes -= size
            }
        }
        // Away from the event loop that the connection belongs to: reading and judging take their time.
        return await withTaskExecutorPreference(globalConcurrentExecutor) {
            do throws(RequestFault) {
                let parsed = try await read(request)
                return PlainAnswers.json(try await check.report(parsed).json)
            } catch {
                return PlainAnswers.failure(error.status, error.sentence)
            }
        }
    }

    private func admit(_ size: Int) -> Bool {
        load.withLock { load in
            guard load.requests < Self.maxUnderWay, load.bytes + size <= Self.maxBytesUnderWay else { return false }
            load.requests += 1
            load.bytes += size
            return true
        }
    }

    private func read(_ request: ServerRequest) async throws(RequestFault) -> CheckRequest {
        let packed = try await PackedBody(of: request, maxBytes: Self.maxBodyBytes)
        return try await pool.run { () throws(RequestFault) in
            try CheckRequest(try packed.unpacked(maxBytes: Self.maxBodyBytes))
        }
    }
}
