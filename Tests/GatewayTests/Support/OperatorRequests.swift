import HTTP
import JSON

@testable import Gateway

extension GatewayFixture {
    /// What an operator's request is answered: a GET, or a POST with a body.
    func operated(_ target: String, _ body: JSONValue? = nil) async throws -> (status: Int, json: JSONValue) {
        let operators = OperatorService(gateway: service, version: "test", expectsWorkers: false)
        let response = await operators.handler.respond(
            to: ServerRequest(
                head: RequestHead(method: body == nil ? .get : .post, target: "/-/api/v1/\(target)", headers: [:]),
                body: RequestBody(bytes: body.map { JSONText.serialize($0) } ?? [])))
        guard case .bytes(let bytes) = response.body else { return (response.status, .null) }
        return (response.status, try JSONText.parse(bytes))
    }
}
