import HTTP
import JSON
import Platform

/// The operator API on the admin socket. Who can open the socket (mode 0600) is an operator; nothing here signs anything.
///
/// Spec: docs/operator-api.md.
struct OperatorHandler: RequestHandler {
    let jobs: JobRoutes
    let holds: HoldRoutes
    let differences: DifferenceRoute
    let artifacts: ArtifactBytesRoute
    let dispositions: DispositionRoute
    let statements: StatementRoute
    let bundles: BundleRoute
    let keyEvents: KeyEventRoute
    let check: CheckRoute
    let status: StatusRoutes
    let metrics: MetricsRoute
    let trust: TrustRoutes
    let who: WhoRoute
    let rescan: RescanRoute
    let warm: WarmRoutes
    /// Loads the newest advisory snapshot at once.
    let reloadAdvisories: @Sendable () async -> Void

    private static let prefix = "/-/api/v1/"
    private static let maxBodyBytes = 1 << 20

    func respond(to request: ServerRequest) async -> ServerResponse {
        let path = request.head.path
        if path == MetricsRoute.path {
            guard request.head.method == .get || request.head.method == .head else {
                return PlainAnswers.wrongMethod("Metrics can only be read", allowed: "GET, HEAD")
            }
            return await metrics.respond()
        }
        guard path.hasPrefix(Self.prefix) else { return notFound(path) }
        let parts = path.dropFirst(Self.prefix.count).split(separator: "/", omittingEmptySubsequences: false)
            .map { PercentText.decoded(String($0)) }
        guard !parts.contains(where: { $0 == nil }) else {
            return PlainAnswers.failure(400, "the path is not valid UTF-8")
        }
        let words = parts.compactMap(\.self)
        switch request.head.method {
        case .get, .head: return await read(words, QueryFields(request.head.query), path)
        case .post:
            // A bundle is not JSON, and lockfiles may be large: these routes read the body themselves.
            if words == ["bundles"] { return await bundles.take(request) }
            if words == ["check"] { return await check.answer(request) }
            if words.count == 2, words[0] == "warm" { return await warm.change(words[1], request) }
            let body: JSONValue
            do {
                let bytes = try await request.body.collect(maxBytes: Self.maxBodyBytes)
                body = bytes.isEmpty ? .object([:]) : try JSONText.parse(bytes)
            } catch let error as BodyError {
                return PlainAnswers.failure(error.status, "\(error)")
            } catch {
                return PlainAnswers.failure(400, "the body is not JSON: \(error)")
            }
            return await change(words, body, path)
        case .put, .patch, .delete, .options:
            return PlainAnswers.wrongMethod("the operator API takes GET and POST", allowed: "GET, HEAD, POST")
        }
    }

    private func read(_ words: [String], _ query: QueryFields, _ path: String) async -> ServerResponse {
        switch words {
        case ["status"]: return await status.status()
        case ["canary"]: return await status.canary()
        case ["holds"]: return await holds.list()
        case ["trust"]: return await trust.list()
        case ["rescan"]: return rescan.progress()
        case ["warm"]: return await warm.list(query)
        case ["warm", "progress"]: return warm.progress(query)
        case ["who"]: return await who.answer(query)
        case ["why"]:
            guard let subject = query["purl"] ?? query["ref"] ?? query["integrity"] ?? query["request"] else {
                return PlainAnswers.failure(400, "name a purl, ref, integrity or request")
            }
            return await holds.show(subject, registry: query["registry"])
        case let words where words.count == 2 && words[0] == "artifacts": return artifacts.answer(words[1])
        case let words where words.count == 2 && words[0] == "holds":
            return await holds.show(words[1], registry: query["registry"])
        default: return notFound(path)
        }
    }

    private func change(_ words: [String], _ body: JSONValue, _ path: String) async -> ServerResponse {
        switch words {
        case ["jobs", "lease"]: return await jobs.lease(body)
        case ["jobs", "heartbeat"]: return await jobs.heartbeat(body)
        case ["jobs", "complete"]: return await jobs.complete(body)
        case ["jobs", "fail"]: return await jobs.fail(body)
        case ["trust", "follow"]: return trust.follow(body)
        case ["trust", "check"]: return await trust.check(body)
        case ["rescan"]: return await rescan.ask(body)
        case ["dispositions"]: return await dispositions.append(body)
        case ["differences"]: return await differences.answer(body)
        case ["key-events"]: return await keyEvents.append(body)
        case ["statements"]: return await statements.append(body)
        case ["advisories", "reload"]:
            await reloadAdvisories()
            return PlainAnswers.json(["reloaded": true])
        case let words where words.count == 3 && words[0] == "holds" && words[2] == "resolve":
            return await holds.resolve(words[1], body: body)
        default: return notFound(path)
        }
    }

    private func notFound(_ path: String) -> ServerResponse {
        PlainAnswers.failure(404, "the operator API has no \(Logger.printable(String(path.prefix(200))))")
    }
}
