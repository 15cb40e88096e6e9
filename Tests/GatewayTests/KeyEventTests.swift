import Cryptography
import HTTP
import JSON
import Platform
import Screening
import Testing
import TransparencyLog
import VerdictStore

@testable import Gateway

@Suite("Key events over the operator API")
struct KeyEventTests {
    /// What a serving process was asked to do, in order, with the log's size at that moment.
    private final class Effects: Sendable {
        private let done = Lock<[String]>([])

        var all: [String] { done.withLock { $0 } }
        func add(_ what: String) { done.withLock { $0.append(what) } }
    }

    private func operators(_ gateway: GatewayFixture, _ effects: Effects) -> OperatorService {
        let log = gateway.stores.log
        return OperatorService(
            gateway: gateway.service, version: "test", expectsWorkers: false,
            keyEffects: KeyEventEffects(
                reloadLogKeys: { effects.add("log keys at \(log.size.value)") },
                restartWorkers: { effects.add("workers at \(log.size.value)") }))
    }

    private func post(_ envelope: Envelope, to operators: OperatorService) async throws -> (
        status: Int, body: JSONValue
    ) {
        let leaf: JSONValue = ["leaf": .string(String(decoding: envelope.leafBytes, as: UTF8.self))]
        let response = await operators.handler.respond(
            to: ServerRequest(
                head: RequestHead(method: .post, target: "/-/api/v1/key-events", headers: [:]),
                body: RequestBody(bytes: JSONText.serialize(leaf))))
        return (response.status, try response.json())
    }

    private func event(
        _ kind: KeyEventKind, _ key: Ed25519PublicKey, _ role: KeyRole, from index: UInt64? = nil
    ) -> Statement {
        .keyEvent(
            KeyEventStatement(
                event: kind, publicKey: key, role: role, scope: .standard(for: role), invalidFromIndex: index,
                reason: "a test"))
    }

    @Test("log keys are read again before the event is logged, workers start again after it")
    func effects() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            let effects = Effects()
            let operators = operators(gateway, effects)
            let size = gateway.stores.log.size.value
            for role in [KeyRole.log, .verdict, .witness] {
                let add = event(.add, Ed25519SigningKey.generate().publicKey, role)
                let answer = try await post(Envelope.signing(add, with: gateway.keys.root), to: operators)
                #expect(answer.status == 200)
            }
            #expect(effects.all == ["log keys at \(size)", "workers at \(size + 2)"])
            #expect(gateway.stores.log.size.value == size + 3)
        }
    }

    @Test("what is no key event, and what no root key signed, is refused and nothing is done")
    func refused() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            let effects = Effects()
            let operators = operators(gateway, effects)
            let size = gateway.stores.log.size
            let add = event(.add, Ed25519SigningKey.generate().publicKey, .verdict)
            let byVerdictKey = try await post(Envelope.signing(add, with: gateway.keys.verdict), to: operators)
            #expect(byVerdictKey.status == 422)
            let revocation = RevocationStatement(
                target: .key(gateway.keys.verdict.publicKey.keyID), reason: "a test",
                createdAt: Timestamp(secondsSinceEpoch: 1_767_225_600))
            let other = try await post(
                Envelope.signing(.revocation(revocation), with: gateway.keys.root), to: operators)
            #expect(other.status == 422 && other.body["error"]?.stringValue?.contains("no key event") == true)
            let last = event(.retire, gateway.keys.log.publicKey, .log, from: size.value)
            let lastKey = try await post(Envelope.signing(last, with: gateway.keys.root), to: operators)
            #expect(lastKey.status == 422)
            #expect(lastKey.body["error"]?.stringValue?.contains("rotate the log key first") == true)
            #expect(gateway.stores.log.size == size)
            #expect(effects.all.allSatisfy { $0.hasPrefix("log keys") })
        }
    }
}
