import HTTP
import JSON
import Platform

/// Answers that carry no decision: errors, redirects and small JSON documents.
enum PlainAnswers {
    /// `{"error": sentence}`, which npm, pnpm and yarn print; the reason phrase says the same where it fits.
    static func failure(_ status: Int, _ sentence: String, headers: HeaderFields = [:]) -> ServerResponse {
        var headers = headers
        headers.set("Content-Type", "application/json")
        headers.set("Cache-Control", "no-store")
        let body = JSONText.serialize(["error": .string(sentence)])
        return ServerResponse(status: status, reason: phrase(sentence), headers: headers, body: .bytes(body))
    }

    static func json(_ value: JSONValue, status: Int = 200, headers: HeaderFields = [:]) -> ServerResponse {
        var headers = headers
        headers.set("Content-Type", "application/json")
        if !headers.contains("Cache-Control") { headers.set("Cache-Control", "no-store") }
        return ServerResponse(status: status, headers: headers, body: .bytes(JSONText.serialize(value)))
    }

    static func text(_ text: String, contentType: String, headers: HeaderFields = [:]) -> ServerResponse {
        var headers = headers
        headers.set("Content-Type", contentType)
        return ServerResponse(status: 200, headers: headers, body: .bytes(Array(text.utf8)))
    }

    /// A permanent redirect to a path of our own; `location` starts with our public base.
    static func redirect(to location: String, isPermanent: Bool = true) -> ServerResponse {
        ServerResponse(
            status: isPermanent ? 301 : 302, headers: ["Location": location, "Cache-Control": "no-store"])
    }

    /// The route exists, but not for this method; `allowed` is the `Allow` header.
    static func wrongMethod(_ sentence: String, allowed: String) -> ServerResponse {
        failure(405, sentence, headers: ["Allow": allowed])
    }

    /// What to answer when a source gave nothing. Never 404 but for the source's own 404.
    static func sourceFailure(_ error: SourceError, asking what: String) -> ServerResponse {
        switch error {
        case .notFound:
            return failure(404, "\(what) was not found at its source")
        case .resting:
            // One number for every client: exact remaining time would have them all return in the same second.
            return failure(502, "\(what): \(error)", headers: ["Retry-After": "30"])
        case .overloaded:
            return failure(429, "\(what): \(error)", headers: ["Retry-After": "3"])
        case .storage(let id):
            return failure(error.status, "\(what): \(error)", headers: ["X-Request-Id": id])
        case .unreachable, .timedOut, .unusable, .abandoned:
            return failure(error.status, "\(what): \(error)")
        }
    }

    /// A sentence as a reason phrase: printable ASCII, at most 160 bytes.
    static func phrase(_ sentence: String) -> String {
        let bytes = sentence.utf8.map { $0 >= 0x20 && $0 < 0x7F ? $0 : UInt8(ascii: "?") }
        return String(decoding: bytes.prefix(160), as: UTF8.self)
    }
}
