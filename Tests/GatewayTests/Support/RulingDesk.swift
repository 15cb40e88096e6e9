import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Gateway

/// An operator with the operator API of a gateway, which has served `demo@1.1.0`.
struct RulingDesk: Sendable {
    let gateway: GatewayFixture
    let operators: OperatorService
    let demo = NPMFixture("demo").with("1.0.0").with("1.1.0")
    /// A key that no key event introduced.
    let stranger = Ed25519SigningKey.generate()

    var bytes: [UInt8] { demo.versions[1].bytes }

    static func with(_ body: @Sendable (RulingDesk) async throws -> Void) async throws {
        try await GatewayFixture.with { (gateway) async throws in
            let desk = RulingDesk(
                gateway: gateway,
                operators: OperatorService(gateway: gateway.service, version: "test", expectsWorkers: false))
            desk.demo.publish(on: gateway.upstream)
            #expect(await gateway.get(desk.demo.path("1.1.0")).status == 200)
            try await body(desk)
        }
    }

    func ruling(
        _ decision: DispositionDecision, on bytes: [UInt8]? = nil, key: Ed25519SigningKey? = nil, actor: String = "ana",
        reason: String = "read it", registries: [String] = [], inViewOf: [StatementID] = [], until: Timestamp? = nil,
        sequence: UInt64 = 1, supersedes: StatementID? = nil
    ) throws -> Envelope {
        let bytes = bytes ?? self.bytes
        let subject = Subject(
            purl: try PackageURL(parsing: "pkg:npm/demo@1.1.0"), sha512: SHA512Digest(hashing: bytes),
            sha256: SHA256Digest(hashing: bytes))
        let statement = DispositionStatement(
            subject: subject, decision: decision,
            scope: DispositionScope(registries: try registries.map { try GatewayFixture.registry($0) }),
            inViewOf: inViewOf, overrides: nil, reason: reason, actor: actor, createdAt: gateway.clock.now(),
            expiresAt: until, sequence: sequence, supersedes: supersedes)
        return try Envelope.signing(.disposition(statement), with: key ?? gateway.keys.ana)
    }

    func text(_ envelope: Envelope) -> String { String(decoding: envelope.leafBytes, as: UTF8.self) }

    func leaf(_ envelope: Envelope) -> JSONValue { ["leaf": .string(text(envelope))] }

    func short(_ key: Ed25519SigningKey) -> String { String(key.publicKey.keyID.hex.prefix(12)) }

    func post(_ body: JSONValue, to path: String = "dispositions") async -> ServerResponse {
        await operators.handler.respond(
            to: ServerRequest(
                head: RequestHead(method: .post, target: "/-/api/v1/\(path)", headers: [:]),
                body: RequestBody(bytes: JSONText.serialize(body))))
    }

    func get(_ path: String) async -> ServerResponse {
        await operators.handler.respond(
            to: ServerRequest(
                head: RequestHead(method: .get, target: "/-/api/v1/\(path)", headers: [:]),
                body: RequestBody(bytes: [])))
    }

    /// The sentence with which something is refused; the log must not have grown.
    func refusal(_ body: JSONValue, sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        let size = gateway.stores.log.size
        let answer = await post(body)
        #expect(answer.status == 422, sourceLocation: sourceLocation)
        #expect(gateway.stores.log.size == size, "a refused ruling is logged", sourceLocation: sourceLocation)
        return try answer.json()["error"]?.stringValue ?? ""
    }

    /// Logs a key event, signed by the root key.
    func log(_ event: KeyEventStatement) async throws {
        _ = try await gateway.stores.log.append(Envelope.signing(.keyEvent(event), with: gateway.keys.root))
    }

    /// The audit lines about rulings, once as many are written as were noted.
    func audited(atLeast count: Int = 1) async throws -> [JSONValue] {
        let path = DataDirectory(path: gateway.directory.path("data")).auditPath
        func lines() throws -> [JSONValue] {
            guard Files.exists(path) else { return [] }
            return try Files.readAll(path, maxBytes: 1 << 20).split(separator: UInt8(ascii: "\n"))
                .map { try JSONText.parse(Array($0)) }
                .filter { $0["event"]?.stringValue == "disposition" }
        }
        try await eventually { try lines().count >= count }
        return try lines()
    }
}
