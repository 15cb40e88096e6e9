import Analyzers
import HTTP
import JSON
import Platform
import Testing

@testable import Worker

/// An endpoint of models on this machine that answers as a test says: a real server, spoken to over a real connection.
final class ModelServer: Sendable {
    /// What becomes of one request.
    enum Turn: Sendable {
        /// The model writes this text, in the form that was asked in.
        case says(String)
        /// As `says`, with these counts.
        case counts(String, Int, Int)
        /// Whatever the endpoint answers instead.
        case raw(Int, String, String)
        /// No answer until the server ends.
        case silence
        /// So many bytes, of JSON that never ends.
        case flood(Int)
        /// The connection is cut in the middle of the answer.
        case cut
    }

    struct Question: Sendable {
        let path: String
        let headers: HeaderFields
        let body: JSONValue

        /// The text that holds the quotation.
        var user: String { body["messages"]?.arrayValue?.last?["content"]?.stringValue ?? "" }
    }

    private struct State {
        var turns: [Turn] = []
        var questions: [Question] = []
        var silent: [CheckedContinuation<Void, Never>] = []
        var hasEnded = false
        /// Who waits for so many questions.
        var watchers: [(count: Int, resume: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Lock(State())
    let port: UInt16

    var url: String { "http://127.0.0.1:\(port)" }
    var questions: [Question] { state.withLock { $0.questions } }

    private init(port: UInt16) { self.port = port }

    /// Runs a server while `body` does.
    static func run(_ body: (ModelServer) async throws -> Void) async throws {
        let handler = Forwarding()
        let http = HTTPServer(
            listeners: [ListenerConfiguration(name: "models", address: .tcp(host: "127.0.0.1", port: 0))], loops: 1,
            handler: handler, logger: .silent)
        try await http.start()
        guard case .tcp(_, let port)? = http.address(of: "models") else { throw NoPort() }
        let server = ModelServer(port: port)
        handler.target.withLock { $0 = server }
        do {
            try await body(server)
        } catch {
            await server.end(http)
            throw error
        }
        await server.end(http)
    }

    /// Returns when so many questions have come.
    func asked(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.questions.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// The next requests get these answers, in order; further ones get the last.
    func script(_ turns: Turn...) { state.withLock { $0.turns = turns } }

    private func end(_ http: HTTPServer) async {
        let silent = state.withLock { state in
            state.hasEnded = true
            defer { state.silent = [] }
            return state.silent
        }
        for waiter in silent { waiter.resume() }
        await http.shutdown(gracePeriod: .zero)
    }

    fileprivate func respond(to request: ServerRequest) async -> ServerResponse {
        let bytes = (try? await request.body.collect(maxBytes: 8 << 20)) ?? []
        let question = Question(
            path: request.head.path, headers: request.head.headers, body: (try? JSONText.parse(bytes)) ?? .null)
        let (turn, watchers) = state.withLock { state -> (Turn, [CheckedContinuation<Void, Never>]) in
            state.questions.append(question)
            let count = state.questions.count
            let reached = state.watchers.filter { $0.count <= count }.map(\.resume)
            state.watchers.removeAll { $0.count <= count }
            return (
                state.turns.count > 1 ? state.turns.removeFirst() : state.turns.first ?? .raw(500, "text/plain", ""),
                reached
            )
        }
        for watcher in watchers { watcher.resume() }
        switch turn {
        case .says(let text): return Self.answer(Self.reply(question.path, text, usage: nil))
        case .counts(let text, let input, let output):
            return Self.answer(Self.reply(question.path, text, usage: (input, output)))
        case .raw(let status, let type, let text):
            return ServerResponse(status: status, headers: ["Content-Type": type], body: .bytes(Array(text.utf8)))
        case .silence:
            await wait()
            return ServerResponse(status: 500)
        case .flood(let count):
            return Self.stream { writer in
                try await writer.write(Array(#"{"choices":[{"message":{"content":""#.utf8))
                for _ in 0..<(count >> 16) { try await writer.write([UInt8](repeating: 0x20, count: 1 << 16)) }
            }
        case .cut:
            return Self.stream { writer in
                try await writer.write(Array(#"{"choices":[{"mess"#.utf8))
                throw NoPort()
            }
        }
    }

    private func wait() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.silent.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    private static func answer(_ value: JSONValue) -> ServerResponse {
        ServerResponse(
            status: 200, headers: ["Content-Type": "application/json; charset=utf-8"],
            body: .bytes(JSONText.serialize(value)))
    }

    private static func stream(_ body: @escaping @Sendable (BodyWriter) async throws -> Void) -> ServerResponse {
        ServerResponse(status: 200, headers: ["Content-Type": "application/json"], body: .stream(body))
    }

    /// A whole answer in the form of the path that was asked.
    static func reply(_ path: String, _ text: String, usage: (Int, Int)?, end: String? = nil) -> JSONValue {
        if path.hasSuffix("/v1/messages") {
            let part: JSONObject = ["type": "text", "text": .string(text)]
            var message: JSONObject = [
                "id": "msg_1", "type": "message", "role": "assistant", "model": "m",
                "content": .array([.object(part)]), "stop_reason": .string(end ?? "end_turn"), "stop_sequence": .null,
            ]
            if let usage {
                message.append(
                    "usage", ["input_tokens": .integer(Int64(usage.0)), "output_tokens": .integer(Int64(usage.1))])
            }
            return .object(message)
        }
        let message: JSONObject = ["role": "assistant", "content": .string(text), "refusal": .null]
        let choice: JSONObject = [
            "index": 0, "message": .object(message), "logprobs": .null, "finish_reason": .string(end ?? "stop"),
        ]
        var completion: JSONObject = [
            "id": "c-1", "object": "chat.completion", "created": 1, "model": "m", "choices": .array([.object(choice)]),
        ]
        if let usage {
            completion.append(
                "usage",
                ["prompt_tokens": .integer(Int64(usage.0)), "completion_tokens": .integer(Int64(usage.1))])
        }
        return .object(completion)
    }
}

private struct NoPort: Error {}

/// Stands in until the server's port is known.
private final class Forwarding: RequestHandler {
    let target = Lock<ModelServer?>(nil)

    func respond(to request: ServerRequest) async -> ServerResponse {
        guard let server = target.withLock({ $0 }) else { return ServerResponse(status: 503) }
        return await server.respond(to: request)
    }
}
