import Compression
import HTTP
import JSON
import Platform
import TransparencyLog
import VerdictStore

/// `/-/log/…`: the log as static resources that any C2SP client reads, and proofs made from them.
///
/// Spec: C2SP tlog-tiles for `checkpoint` and `tile/…`, tlog-proof for `proof`; docs/verdict-log.md for `consistency`.
struct LogRoutes: SystemRouteExtension {
    let reads: LogReads
    let source: any CheckpointPublishing
    let logger: Logger

    private static let text = "text/plain; charset=utf-8"
    /// A full resource never changes and is never removed.
    private static let forever = "public, max-age=31536000, immutable"
    /// One at the end of the log never changes either, but nobody asks for it again once it has grown.
    private static let brief = "public, max-age=3600"

    func respond(to request: ServerRequest, segments: [String], origin: RequestOrigin) async -> ServerResponse? {
        guard segments.first == "log", segments.count > 1 else { return nil }
        guard request.head.method == .get || request.head.method == .head else {
            return PlainAnswers.wrongMethod("The log can only be read", allowed: "GET, HEAD")
        }
        let query = QueryFields(request.head.query)
        if segments[1] == "tile" {
            return await resource(segments.dropFirst().joined(separator: "/"), request)
        }
        guard let published = source.published else {
            return PlainAnswers.failure(
                503, "no checkpoint has been cosigned by enough witnesses yet", headers: ["Retry-After": "5"])
        }
        switch segments[1] {
        case "checkpoint" where segments.count == 2:
            return Self.answer(published.note.bytes, Self.text, caching: "no-cache")
        case "proof" where segments.count == 2: return await proof(query, published)
        case "consistency" where segments.count == 2: return await consistency(query, published)
        default:
            return PlainAnswers.failure(
                404, "the log has checkpoint, tile/<L>/<N>, tile/entries/<N>, proof and consistency below /-/log/")
        }
    }

    private static func answer(_ bytes: [UInt8], _ type: String, caching: String) -> ServerResponse {
        ServerResponse(
            status: 200, headers: ["Content-Type": type, "Cache-Control": caching], body: .bytes(bytes))
    }

    /// Runs a read and turns what went wrong into an answer, without a word about files and folders.
    private func reading(
        _ body: @escaping @Sendable (LogReader) throws(LogError) -> ServerResponse
    ) async -> ServerResponse {
        do throws(LogReads.Failure) {
            return try await reads.run(body)
        } catch {
            switch error {
            case .busy:
                return PlainAnswers.failure(
                    429, "many are reading the log; ask again in a moment", headers: ["Retry-After": "1"])
            case .log(.noSuchStatement(let prefix)):
                return PlainAnswers.failure(404, "\(LogError.noSuchStatement(prefix: prefix))")
            case .log(.ambiguousStatement(let prefix)):
                return PlainAnswers.failure(400, "\(LogError.ambiguousStatement(prefix: prefix))")
            case .log(let error):
                logger.error("the log cannot be read: \(error)")
                return PlainAnswers.failure(500, "the log cannot be read; the service's own log says why")
            }
        }
    }
}

// MARK: Static resources

extension LogRoutes {
    private func resource(_ text: String, _ request: ServerRequest) async -> ServerResponse {
        guard let path = TilePath(parsing: text) else {
            return PlainAnswers.failure(
                400, "this is not the path of a tile; expected for example tile/0/x001/067 or tile/entries/002.p/88")
        }
        let wantsGzip = path.content == .entries && Negotiation.acceptsGzip(request.head.headers.all("Accept-Encoding"))
        return await reading { reader throws(LogError) in
            guard let bytes = try reader.resource(path) else {
                return PlainAnswers.failure(404, "the log is not long enough for \(path)")
            }
            // Hashes do not compress; envelopes do, by more than half.
            var answer = Self.answer(
                wantsGzip ? Gzip.compress(bytes) : bytes, "application/octet-stream",
                caching: path.isPartial ? Self.brief : Self.forever)
            if path.content == .entries { answer.headers.set("Vary", "Accept-Encoding") }
            if wantsGzip { answer.headers.set("Content-Encoding", "gzip") }
            return answer
        }
    }
}

// MARK: Proofs

extension LogRoutes {
    /// A number of a query; nil when it is missing, a complaint when it is not one.
    private static func number(_ name: String, of query: QueryFields) throws(BadNumber) -> UInt64? {
        guard let text = query[name] else { return nil }
        guard let value = TreeSize(decimal: text.utf8)?.value else { throw BadNumber(name: name) }
        return value
    }

    private struct BadNumber: Error {
        let name: String

        var answer: ServerResponse {
            PlainAnswers.failure(400, "\(name) is not a number; expected decimal digits without leading zeroes")
        }
    }

    /// The inclusion of one entry under the published checkpoint; the entry itself travels as the extra data.
    private func proof(_ query: QueryFields, _ published: PublishedCheckpoint) async -> ServerResponse {
        let index: UInt64?
        do throws(BadNumber) { index = try Self.number("index", of: query) } catch { return error.answer }
        let statement = query["statement"].map { $0.lowercased() }
        guard (index == nil) != (statement == nil) else {
            return PlainAnswers.failure(
                400, "name one entry: ?statement=<first digits of its identifier> or ?index=<number>")
        }
        return await reading { reader throws(LogError) in
            let entry: LogEntry?
            if let statement {
                entry = try reader.statement(withPrefix: statement)
            } else {
                entry = try reader.entry(at: index ?? 0)
            }
            guard let entry, let proof = try reader.proof(of: entry, under: published.note) else {
                return PlainAnswers.failure(
                    404, "the published log has \(published.size) entries and not this one; a new entry may follow soon"
                )
            }
            return Self.answer(proof.bytes, Self.text, caching: "no-cache")
        }
    }

    private func consistency(_ query: QueryFields, _ published: PublishedCheckpoint) async -> ServerResponse {
        let sizes: (from: UInt64, to: UInt64)
        do throws(BadNumber) {
            guard let from = try Self.number("from", of: query) else {
                return PlainAnswers.failure(400, "name two sizes of the log: ?from=<older>&to=<newer, or the newest>")
            }
            sizes = (from: from, to: try Self.number("to", of: query) ?? published.size)
        } catch {
            return error.answer
        }
        guard sizes.from <= sizes.to else {
            return PlainAnswers.failure(400, "from is \(sizes.from), larger than to, which is \(sizes.to)")
        }
        guard sizes.to <= published.size else {
            return PlainAnswers.failure(404, "the published log has \(published.size) entries, not \(sizes.to)")
        }
        return await reading { reader throws(LogError) in
            let record = try reader.consistency(from: sizes.from, to: sizes.to, note: published.note)
            guard let record else { return PlainAnswers.failure(404, "the log has no \(sizes.to) entries") }
            return PlainAnswers.json(record.json)
        }
    }
}
