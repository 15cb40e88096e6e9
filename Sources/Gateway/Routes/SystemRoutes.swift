import HTTP
import JSON

/// The gateway's own addresses below `/-/`: health, why, the address that speaks, and what other parts add.
final class SystemRoutes: Sendable {
    private let readiness: Readiness
    private let why: WhyRoute
    private let extensions: [any SystemRouteExtension]

    init(readiness: Readiness, why: WhyRoute, extensions: [any SystemRouteExtension]) {
        self.readiness = readiness
        self.why = why
        self.extensions = extensions
    }

    /// The answer to a request for one of our own addresses; nil when the path is none of them.
    func respond(to request: ServerRequest, origin: RequestOrigin) async -> ServerResponse? {
        let path = request.head.path
        guard path.hasPrefix("/-/") else { return nil }
        let segments = path.dropFirst(3).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let isRead = request.head.method == .get || request.head.method == .head
        switch segments {
        case ["livez"]: return isRead ? PlainAnswers.json(["status": "ok"]) : Self.readOnly
        case ["readyz"]: return isRead ? await ready() : Self.readOnly
        default: break
        }
        if segments.count == 2, segments[0] == "why" {
            return isRead ? await why.page(segments[1]) : Self.readOnly
        }
        if segments.count == 3, segments[0] == "refused" {
            return isRead ? await why.spoken(segments[1], request, origin) : Self.readOnly
        }
        for part in extensions {
            if let answer = await part.respond(to: request, segments: segments, origin: origin) { return answer }
        }
        return nil
    }

    private static var readOnly: ServerResponse {
        PlainAnswers.wrongMethod("This address can only be read", allowed: "GET, HEAD")
    }

    /// 200 while everything that readiness depends on is in order, else 503; the body names each part.
    private func ready() async -> ServerResponse {
        let reports = await readiness.reports()
        let isReady = reports.allSatisfy { $0.state != .failed }
        var body: JSONObject = ["status": .string(isReady ? "ready" : "not ready")]
        for report in reports { body.set(report.name, .string(report.state.rawValue)) }
        body.append("problems", .array(reports.compactMap(\.problem).map { .string($0) }))
        return PlainAnswers.json(.object(body), status: isReady ? 200 : 503)
    }
}

/// Addresses below `/-/` that other parts add: tiles and proofs of the log, `why` as JSON, checks.
protocol SystemRouteExtension: Sendable {
    /// The answer, or nil when the address is none of this part's.
    ///
    /// - Parameter segments: the raw segments behind `/-/`.
    func respond(to request: ServerRequest, segments: [String], origin: RequestOrigin) async -> ServerResponse?
}
