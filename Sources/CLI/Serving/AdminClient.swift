import HTTP
import JSON
import Platform
import Registry

/// The operator's side of the admin socket: one JSON request, one JSON answer.
///
/// Spec: cli.md; the answers are documented in docs/operator-api.md.
struct AdminClient: Sendable {
    /// What every address of the operator API begins with.
    static let api = "/-/api/v1"

    let socketPath: String
    private let client: UpstreamClient

    init(socketPath: String) {
        self.socketPath = socketPath
        client = UpstreamClient(
            proxyEnvironment: ProcessEnvironment(variables: [:]), userAgent: "jurat/\(JuratVersion.text)",
            maxConnectionsPerHost: 2)
    }

    /// - Throws: `CommandFailure` with `notReady` when no server listens, `notFound` for a 404 and `failure` with the
    ///   server's own sentence for any other refusal.
    func get(_ path: String, query: [(String, String?)] = []) async throws(CommandFailure) -> JSONValue {
        let pairs = query.compactMap { name, value in value.map { "\(name)=\(percentEncoded($0))" } }
        let target = pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
        return try await send(.get, target, body: nil)
    }

    func post(_ path: String, _ body: JSONValue) async throws(CommandFailure) -> JSONValue {
        try await send(.post, path, body: JSONText.serialize(body))
    }

    /// Sends bytes of another kind than JSON.
    func post(_ path: String, contentType: String, _ bytes: [UInt8]) async throws(CommandFailure) -> JSONValue {
        try await send(.post, path, body: bytes, contentType: contentType)
    }

    /// Takes bytes into memory; what they are is for the caller to check.
    ///
    /// - Throws: `CommandFailure` as `get`, and `failure` when there are many more than `maxBytes`.
    func download(_ path: String, maxBytes: Int64) async throws(CommandFailure) -> OpenFile {
        var request = try self.request(.get, path)
        // A refusal is an answer too, and may be longer than a tiny artifact.
        request.maxBodyBytes = max(maxBytes, 64 << 10)
        do {
            let response = try await client.send(request)
            guard response.status == 200 else {
                let answer = try? JSONText.parse(try await response.collect(maxBytes: 1 << 20))
                throw CommandFailure(
                    response.status == 404 ? .notFound : .failure, sentence(of: answer ?? .null, response.status))
            }
            var file = try MemoryFile(name: "artifact")
            while let bytes = try await response.next() { try file.append(bytes) }
            return try file.sealed()
        } catch let failure as CommandFailure {
            throw failure
        } catch UpstreamError.couldNotConnect {
            throw noServer
        } catch {
            throw CommandFailure(.failure, "the server at \(socketPath) did not send all of it: \(error)")
        }
    }

    private func request(_ method: HTTP.Method, _ target: String) throws(CommandFailure) -> UpstreamRequest {
        guard Files.exists(socketPath) else { throw noServer }
        var request = UpstreamRequest(method: method, url: "http://jurat\(target)")
        request.unixSocketPath = socketPath
        request.retries = 0
        // Resolving a hold fetches and analyses the artifact first.
        request.stallTimeout = .seconds(180)
        request.totalTimeout = .seconds(300)
        return request
    }

    private func send(
        _ method: HTTP.Method, _ target: String, body: [UInt8]?, contentType: String = "application/json"
    ) async throws(CommandFailure) -> JSONValue {
        var request = try self.request(method, target)
        var headers: HeaderFields = ["Accept": "application/json"]
        if body != nil { headers.set("Content-Type", contentType) }
        request.headers = headers
        request.body = body
        let status: Int
        let bytes: [UInt8]
        do {
            let response = try await client.send(request)
            status = response.status
            bytes = try await response.collect(maxBytes: 256 << 20)
        } catch .couldNotConnect {
            throw noServer
        } catch {
            throw CommandFailure(.failure, "the server at \(socketPath) did not answer: \(error)")
        }
        let answer: JSONValue
        do { answer = bytes.isEmpty ? .null : try JSONText.parse(bytes, limits: JSONLimits(maxBytes: 256 << 20)) } catch
        {
            throw CommandFailure(.failure, "the server at \(socketPath) answered no JSON (status \(status)): \(error)")
        }
        switch status {
        case 200..<300: return answer
        case 404: throw CommandFailure(.notFound, sentence(of: answer, status))
        case 422: throw CommandFailure(.verificationFailed, sentence(of: answer, status))
        default: throw CommandFailure(.failure, sentence(of: answer, status))
        }
    }

    private var noServer: CommandFailure {
        CommandFailure(.notReady, "no server listens at \(socketPath): start one with `jurat serve` in this folder")
    }

    private func sentence(of answer: JSONValue, _ status: Int) -> String {
        answer["error"]?.stringValue ?? "the server refused with status \(status)"
    }
}
