import HTTP
import JSON

/// The OSV API at the root of the package port and below `/-/osv/`, for `uv audit`, pip-audit and other scanners.
///
/// It tells what public advisories and our own log say, and passes no question on to anybody.
/// Spec: wire.md, section 7; the API of OSV, version 1.
struct OSVRoutes: SystemRouteExtension {
    let advisories: any AdvisorySource
    let findings: OwnFindings
    let audits: AuditDesk

    /// The largest question that is read, with its encoding taken off.
    private static let maxBytes = 4 << 20
    private static let maxIDBytes = 128

    /// The answer to a request outside `/-/`; nil when it is none of this API.
    func respondAtRoot(to request: ServerRequest, origin: RequestOrigin) async -> ServerResponse? {
        guard request.head.pathBytes.starts(with: "/v1/".utf8) else { return nil }
        let segments = request.head.path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        return await respondAmongPackages(segments.map(String.init), request, origin)
    }

    func respond(to request: ServerRequest, segments: [String], origin: RequestOrigin) async -> ServerResponse? {
        switch segments.first {
        case "osv": return await answer(Array(segments.dropFirst()), request, origin)
        // Where a client that is told `…/-/osv`, without a slash at the end, looks for what it takes to be beside it.
        case "v1": return await respondAmongPackages(segments, request, origin)
        default: return nil
        }
    }

    /// A package may be called `v1`, and npm has routes below `/-/v1/`: only what npm never asks for is taken from it.
    private func respondAmongPackages(
        _ segments: [String], _ request: ServerRequest, _ origin: RequestOrigin
    ) async -> ServerResponse? {
        let isQuestion = request.head.method == .post && [["v1", "query"], ["v1", "querybatch"]].contains(segments)
        let isRecord = segments.count == 3 && segments[1] == "vulns"
        return isQuestion || isRecord ? await answer(segments, request, origin) : nil
    }

    private func answer(
        _ segments: [String], _ request: ServerRequest, _ origin: RequestOrigin
    ) async -> ServerResponse {
        let isRead = request.head.method == .get || request.head.method == .head
        let isPost = request.head.method == .post
        do throws(OSVFault) {
            switch segments {
            case ["v1", "query"] where isPost:
                return try await asking(request, origin) { body, lookup throws(OSVFault) in
                    try lookup.full(OSVQuery(reading: try Self.parse(body)))
                }
            case ["v1", "querybatch"] where isPost:
                return try await asking(request, origin) { body, lookup throws(OSVFault) in
                    JSONText.serialize(try lookup.brief(try Self.queries(try Self.parse(body))))
                }
            case ["v1", "query"], ["v1", "querybatch"]:
                return OSVFault.wrongMethod("questions are sent by POST").response(allowed: "POST")
            default: break
            }
            guard segments.count == 3, segments[0] == "v1", segments[1] == "vulns" else {
                throw .notFound("this API has v1/query, v1/querybatch and v1/vulns/<id>")
            }
            guard isRead else { return OSVFault.wrongMethod("records can only be read").response(allowed: "GET, HEAD") }
            guard let id = PercentText.decoded(segments[2]), (1...Self.maxIDBytes).contains(id.utf8.count),
                id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else { throw .invalid("this is not the id of a record") }
            return try await asking(request, origin) { _, lookup throws(OSVFault) in try lookup.record(id) }
        } catch {
            return error.response()
        }
    }

    /// Answers where it may take its time.
    private func asking(
        _ request: ServerRequest, _ origin: RequestOrigin,
        _ answer: @escaping @Sendable ([UInt8], inout OSVLookup) throws(OSVFault) -> [UInt8]
    ) async throws(OSVFault) -> ServerResponse {
        let result: Result<[UInt8], OSVFault>
        do throws(RequestFault) {
            result = try await audits.run(request, maxBytes: Self.maxBytes) { [advisories, findings] body in
                var lookup = OSVLookup(advisories.current(), findings, publicBase: origin.publicBase)
                return Result { () throws(OSVFault) in try answer(body, &lookup) }
            }
        } catch {
            throw OSVFault(error)
        }
        return ServerResponse(
            status: 200, headers: ["Content-Type": "application/json", "Cache-Control": "no-store"],
            body: .bytes(try result.get()))
    }

    private static func parse(_ body: [UInt8]) throws(OSVFault) -> JSONValue {
        do throws(JSONError) {
            return try JSONText.parse(body, limits: JSONLimits(maxDepth: 16))
        } catch {
            throw .invalid("\(error)")
        }
    }

    private static func queries(_ request: JSONValue) throws(OSVFault) -> [OSVQuery] {
        guard let listed = request["queries"]?.arrayValue else {
            throw .invalid("an object with an array of \"queries\" is expected")
        }
        guard listed.count <= OSVLookup.maxQueries else {
            throw .invalid("\(listed.count) queries are too many at once; send at most \(OSVLookup.maxQueries)")
        }
        var queries: [OSVQuery] = []
        for (place, query) in listed.enumerated() {
            do throws(OSVFault) {
                queries.append(try OSVQuery(reading: query))
            } catch {
                throw .invalid("queries[\(place)]: \(error.message)")
            }
        }
        return queries
    }
}
