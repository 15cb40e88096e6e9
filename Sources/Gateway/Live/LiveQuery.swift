import HTTP
import JSON
import Registry

/// One question to a service with the OSV API, and what its answer says.
///
/// Spec: OSV API, `POST /v1/query`. Nothing but the package URL and the version leaves.
struct LiveQuery: Sendable {
    let name: PackageName
    let version: PackageVersion

    /// Why an answer is none.
    enum Fault: Error, Sendable, CustomStringConvertible {
        case upstream(UpstreamError)
        case status(Int)
        case notJSON(String)
        case notAnAnswer
        case tooManyPages
        case tooManyRecords

        var description: String {
            switch self {
            case .upstream(let error): "\(error)"
            case .status(let status): "it answered \(status)"
            case .notJSON(let reason): "its answer is not JSON: \(reason)"
            case .notAnAnswer: "its answer is not what the OSV API answers"
            case .tooManyPages: "its answer has more than \(LiveQuery.maxPages) pages"
            case .tooManyRecords: "its answer has more than \(LiveQuery.maxRecords) records"
            }
        }
    }

    static let maxPages = 4
    /// A version with a few dozen is among the worst there are.
    static let maxRecords = 4000
    private static let maxAnswerBytes: Int64 = 8 << 20

    /// The records that the service knows of the version, each as it wrote it.
    func ask(_ service: LiveFallback, _ client: any UpstreamFetching) async throws(Fault) -> [[UInt8]] {
        var records: [[UInt8]] = []
        var page: String?
        for _ in 0..<Self.maxPages {
            let answer = try await send(service, client, page)
            guard let members = answer.objectValue else { throw .notAnAnswer }
            switch members["vulns"] {
            case nil: break
            case .some(let value):
                guard let found = value.arrayValue else { throw .notAnAnswer }
                guard records.count + found.count <= Self.maxRecords else { throw .tooManyRecords }
                records += found.map { JSONText.serialize($0) }
            }
            guard let next = members["next_page_token"]?.stringValue, !next.isEmpty else { return records }
            page = next
        }
        throw .tooManyPages
    }

    private func send(
        _ service: LiveFallback, _ client: any UpstreamFetching, _ page: String?
    ) async throws(Fault) -> JSONValue {
        var body: JSONObject = [
            "version": .string(version.text), "package": ["purl": .string(PackageURL(name, version: nil).text)],
        ]
        if let page { body.append("page_token", .string(page)) }
        var request = UpstreamRequest(method: .post, url: "\(service.url)/v1/query")
        request.headers = ["Content-Type": "application/json", "Accept": "application/json"]
        request.body = JSONText.serialize(.object(body))
        request.connectTimeout = service.timeout
        request.stallTimeout = service.timeout
        request.totalTimeout = service.timeout
        request.maxBodyBytes = Self.maxAnswerBytes
        let answer: (status: Int, bytes: [UInt8])
        do throws(UpstreamError) { answer = try await client.sendForBytes(request) } catch { throw .upstream(error) }
        guard answer.status == 200 else { throw .status(answer.status) }
        do throws(JSONError) { return try JSONText.parse(answer.bytes) } catch { throw .notJSON("\(error)") }
    }
}
