import Analyzers
import HTTP
import Platform

/// One model at its endpoint: sends a question and takes the answer, bounded in time and size.
///
/// Only https, or http to this machine. Redirects are not followed: the question and the key go nowhere else.
struct ModelEndpoint: Sendable {
    let model: ReviewSettings.Model
    let client: any UpstreamFetching
    let timeout: Duration
    let maxAnswerTokens: Int

    /// The longest answer of an endpoint.
    static let maxAnswerBytes = 1 << 20
    private static let maxKeyBytes = 4096

    /// Why there is no text of the model.
    enum Failure: Error, Equatable {
        /// Nothing was sent: the key cannot be read or the address is none that may be used.
        case notSent(String)
        /// No connection was made.
        case notReached(String)
        case timedOut
        case tooLong
        /// The connection broke or the endpoint does not speak HTTP.
        case broken(String)
        case status(Int)
        case contentType
        case wire(ModelWire.Fault)

        /// A sentence for the operator, without a word of the endpoint.
        var sentence: String {
            switch self {
            case .notSent(let reason), .notReached(let reason), .broken(let reason): reason
            case .timedOut: "the model did not answer in time"
            case .tooLong: "the endpoint's answer is longer than \(ModelEndpoint.maxAnswerBytes) bytes"
            case .status(let status): "the endpoint answered with status \(status)"
            case .contentType: "the endpoint's answer is not application/json"
            case .wire(let fault): fault.sentence
            }
        }

        /// Whether the endpoint did no work that could cost anything: it was not asked, or it refused the request.
        var isFree: Bool {
            switch self {
            case .notSent, .notReached: true
            case .status(let status): (400..<500).contains(status)
            case .timedOut, .tooLong, .broken, .contentType, .wire: false
            }
        }

        /// Whether asking once more may help.
        var isWorthRepeating: Bool {
            switch self {
            case .notSent: false
            case .status(let status): status >= 500 || status == 408 || status == 425 || status == 429
            case .notReached, .timedOut, .tooLong, .broken, .contentType, .wire: true
            }
        }
    }

    /// Asks the model.
    func ask(_ prompt: ReviewPrompt) async -> Result<ModelWire.Reply, Failure> {
        guard model.url.hasPrefix("https://") || IPAddress.isLoopback(url: model.url) else {
            return .failure(.notSent("the address of the model is neither https nor on this machine"))
        }
        let wire = ModelWire(model: model, maxAnswerTokens: maxAnswerTokens)
        do throws(Failure) {
            let key = try readKey()
            var request = UpstreamRequest(
                method: .post, url: wire.url, headers: wire.headers(key: key), body: wire.body(prompt),
                maxBodyBytes: Int64(Self.maxAnswerBytes), redirects: .refuse, retries: 0)
            request.connectTimeout = min(timeout, .seconds(10))
            request.stallTimeout = timeout
            request.totalTimeout = timeout
            let bytes = try await send(request)
            do throws(ModelWire.Fault) { return .success(try wire.reply(in: bytes)) } catch { throw .wire(error) }
        } catch {
            return .failure(error)
        }
    }

    private func send(_ request: UpstreamRequest) async throws(Failure) -> [UInt8] {
        let response: UpstreamResponse
        do throws(UpstreamError) { response = try await client.send(request) } catch { throw Self.failure(error) }
        guard response.status == 200 else { throw .status(response.status) }
        guard Self.isJSON(response.headers["Content-Type"]) else { throw .contentType }
        do throws(UpstreamError) {
            return try await response.collect(maxBytes: Self.maxAnswerBytes)
        } catch {
            throw Self.failure(error)
        }
    }

    private static func failure(_ error: UpstreamError) -> Failure {
        switch error {
        case .invalidURL, .couldNotResolve, .couldNotConnect, .tlsFailed, .redirectRefused, .timedOut(.connect):
            .notReached("\(error)")
        case .timedOut(.stall), .timedOut(.total): .timedOut
        case .tooLarge: .tooLong
        case .connectionLost: .broken("the connection to the model's endpoint was lost")
        case .protocolViolation: .broken("the model's endpoint does not answer in valid HTTP")
        case .aborted: .broken("the question to the model was given up")
        }
    }

    /// The key, read anew each time so that a changed file counts at once.
    private func readKey() throws(Failure) -> String? {
        guard let path = model.keyPath else { return nil }
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.readAll(path, maxBytes: Self.maxKeyBytes)
        } catch {
            throw .notSent("the key of \(model.name) cannot be read: \(error)")
        }
        var trimmed = bytes.drop { $0 <= 0x20 }
        while let last = trimmed.last, last <= 0x20 { trimmed.removeLast() }
        guard !trimmed.isEmpty, trimmed.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .notSent("\(path) holds no key: expected one line of printable characters")
        }
        return String(decoding: trimmed, as: UTF8.self)
    }

    private static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        let kind = contentType.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }
        return kind.lowercased() == "application/json"
    }
}
