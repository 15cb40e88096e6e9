import Analyzers
import HTTP
import JSON

/// The two forms in which endpoints are spoken to: what is sent, and where in the answer the model's text stands.
///
/// Pure. Spec: the public references of OpenAI's chat completions and of Anthropic's messages.
struct ModelWire {
    let model: ReviewSettings.Model
    let maxAnswerTokens: Int

    /// The version of Anthropic's interface that is spoken here.
    private static let anthropicVersion = "2023-06-01"

    /// What an endpoint answered, as far as it matters.
    struct Reply: Equatable {
        let text: [UInt8]
        /// As the endpoint counted them; nil when it did not.
        let tokens: Int?
    }

    /// Why an endpoint's answer holds no whole text of a model.
    enum Fault: String, Error {
        case notJSON, otherForm, refused, truncated, tools

        var sentence: String {
            switch self {
            case .notJSON: "the endpoint's answer is not JSON"
            case .otherForm: "the endpoint's answer has another form than its protocol"
            case .refused: "the model refused to answer"
            case .truncated: "the model's answer was cut off"
            case .tools: "the model asked for tools, of which it has none"
            }
        }
    }

    // MARK: Asking

    var url: String {
        switch model.format {
        case .openai: "\(model.url)/chat/completions"
        case .anthropic: "\(model.url)/v1/messages"
        }
    }

    /// The header fields, with the key where there is one.
    func headers(key: String?) -> HeaderFields {
        var headers: HeaderFields = ["Content-Type": "application/json", "Accept": "application/json"]
        switch model.format {
        case .openai:
            if let key { headers.append("Authorization", "Bearer \(key)") }
        case .anthropic:
            headers.append("anthropic-version", Self.anthropicVersion)
            if let key { headers.append("x-api-key", key) }
        }
        return headers
    }

    /// The question: instructions, quotation, bounds. No tools, no stream, nothing that identifies anybody.
    func body(_ prompt: ReviewPrompt) -> [UInt8] {
        var body: JSONObject = [
            "model": .string(model.name), "max_tokens": .integer(Int64(maxAnswerTokens)), "stream": .bool(false),
        ]
        if let temperature = model.temperature { body.append("temperature", Self.number(hundredths: temperature)) }
        switch model.format {
        case .openai:
            body.append(
                "messages",
                .array([Self.message("system", prompt.system), Self.message("user", prompt.user)]))
            if let format = responseFormat { body.append("response_format", format) }
        case .anthropic:
            body.append("system", .string(prompt.system))
            body.append("messages", .array([Self.message("user", prompt.user)]))
        }
        return JSONText.serialize(.object(body))
    }

    private static func message(_ role: String, _ content: String) -> JSONValue {
        ["role": .string(role), "content": .string(content)]
    }

    private static func number(hundredths: Int) -> JSONValue {
        guard hundredths % 100 != 0 else { return .integer(Int64(hundredths / 100)) }
        let fraction = hundredths % 100
        return .number("\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)")
    }

    private var responseFormat: JSONValue? {
        switch model.answerFormat {
        case .text: return nil
        case .object: return ["type": .string("json_object"), "schema": ReviewAnswer.schema]
        case .schema:
            let schema: JSONObject = [
                "name": .string("review"), "strict": .bool(true), "schema": ReviewAnswer.schema,
            ]
            return ["type": .string("json_schema"), "json_schema": .object(schema)]
        }
    }

    // MARK: Reading

    /// The model's text in the endpoint's answer. What else the endpoint adds is its own affair.
    func reply(in bytes: [UInt8]) throws(Fault) -> Reply {
        let limits = JSONLimits(maxDepth: 64, maxBytes: ModelEndpoint.maxAnswerBytes)
        guard let answer = (try? JSONText.parse(bytes, limits: limits))?.objectValue else { throw .notJSON }
        switch model.format {
        case .openai: return try chatCompletion(answer)
        case .anthropic: return try message(answer)
        }
    }

    private func chatCompletion(_ answer: JSONObject) throws(Fault) -> Reply {
        guard let choices = answer["choices"]?.arrayValue, choices.count == 1, let message = choices[0]["message"]
        else { throw .otherForm }
        if let refusal = message["refusal"], !refusal.isNull { throw .refused }
        if let calls = message["tool_calls"]?.arrayValue, !calls.isEmpty { throw .tools }
        switch choices[0]["finish_reason"]?.stringValue {
        case "stop": break
        case "length": throw .truncated
        case "content_filter": throw .refused
        case "tool_calls", "function_call": throw .tools
        case .some, nil: throw .otherForm
        }
        guard let text = message["content"]?.stringValue else { throw .otherForm }
        return Reply(text: Array(text.utf8), tokens: Self.sum(answer["usage"], "prompt_tokens", "completion_tokens"))
    }

    private func message(_ answer: JSONObject) throws(Fault) -> Reply {
        guard answer["type"]?.stringValue == "message", answer["role"]?.stringValue == "assistant",
            let parts = answer["content"]?.arrayValue
        else { throw .otherForm }
        switch answer["stop_reason"]?.stringValue {
        case "end_turn": break
        case "max_tokens", "model_context_window_exceeded": throw .truncated
        case "refusal": throw .refused
        case "tool_use", "pause_turn": throw .tools
        case .some, nil: throw .otherForm
        }
        var text: [UInt8] = []
        for part in parts {
            switch part["type"]?.stringValue {
            case "text":
                guard let piece = part["text"]?.stringValue else { throw .otherForm }
                text += Array(piece.utf8)
            // What a model thinks to itself is no part of its answer.
            case "thinking", "redacted_thinking": break
            case "tool_use": throw .tools
            case .some, nil: throw .otherForm
            }
        }
        return Reply(text: text, tokens: Self.sum(answer["usage"], "input_tokens", "output_tokens"))
    }

    /// Both counts together; nil unless both are there and make sense.
    private static func sum(_ usage: JSONValue?, _ first: String, _ second: String) -> Int? {
        let counts = [first, second].compactMap { usage?[$0]?.integerValue }
        guard counts.count == 2, counts.allSatisfy({ (0...1_000_000_000).contains($0) }) else { return nil }
        return Int(counts[0] + counts[1])
    }
}
