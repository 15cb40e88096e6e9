import HTTP
import JSON

/// Why a question was not answered, in the shape in which clients of the OSV API expect it.
struct OSVFault: Error, Equatable {
    /// The codes of RPC systems that the public API uses.
    enum Code: Int64 {
        case invalidArgument = 3
        case notFound = 5
        case resourceExhausted = 8
        case unimplemented = 12
        case unavailable = 14
    }

    let code: Code
    let status: Int
    let message: String

    static func invalid(_ message: String) -> OSVFault {
        OSVFault(code: .invalidArgument, status: 400, message: message)
    }

    static func notFound(_ message: String) -> OSVFault { OSVFault(code: .notFound, status: 404, message: message) }

    static func unavailable(_ message: String) -> OSVFault {
        OSVFault(code: .unavailable, status: 503, message: message)
    }

    static func wrongMethod(_ message: String) -> OSVFault {
        OSVFault(code: .unimplemented, status: 405, message: message)
    }

    init(code: Code, status: Int, message: String) {
        self.code = code
        self.status = status
        self.message = message
    }

    init(_ refusal: RequestFault) {
        let isTooMuch = refusal.status == 429 || refusal.status == 413
        self.init(
            code: isTooMuch ? .resourceExhausted : .invalidArgument, status: refusal.status, message: refusal.sentence)
    }

    func response(allowed: String? = nil) -> ServerResponse {
        var headers: HeaderFields = ["Content-Type": "application/json", "Cache-Control": "no-store"]
        if let allowed { headers.append("Allow", allowed) }
        if status == 429 || status == 503 { headers.append("Retry-After", "5") }
        let body = JSONText.serialize(["code": .integer(code.rawValue), "message": .string(message)])
        return ServerResponse(
            status: status, reason: PlainAnswers.phrase(message), headers: headers, body: .bytes(body))
    }
}
