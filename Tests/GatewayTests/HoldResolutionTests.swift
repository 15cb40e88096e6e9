import Cryptography
import HTTP
import JSON
import Platform
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Gateway

@Suite("What an operator rules from")
struct HoldResolutionTests {
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0")

    private func resolve(_ gateway: GatewayFixture) async throws -> (status: Int, body: JSONValue) {
        let operators = OperatorService(gateway: gateway.service, version: "test", expectsWorkers: false)
        let desk = RulingDesk(gateway: gateway, operators: operators)
        let answer = await desk.post(
            ["operator": .string(gateway.keys.ana.publicKey.keyID.hex)], to: "holds/pkg:npm%2Fdemo@1.1.0/resolve")
        return (status: answer.status, body: try answer.json())
    }

    @Test("the bytes are fetched and analysed first, so that a ruling is in view of every verdict")
    func analysed() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let (status, body) = try await resolve(gateway)
            #expect(status == 200)
            #expect(body["subject"]?["sha512"]?.stringValue == demo.sha512("1.1.0").hex)
            let known = gateway.stores.log.knowledge.about(demo.sha512("1.1.0")).verdicts.map(\.statement.hex)
            #expect(known.count >= 2)
            #expect(Set(body["statements"]?.arrayValue?.map { $0.text("statement") } ?? []) == Set(known))
            #expect(body["nextSequence"] == 1)
        }
    }

    @Test("patience with an analysis that does not come ends after two minutes of the gateway's time, not before")
    func patience() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            async let resolved = resolve(gateway)
            await eventually { gateway.pause.sleeperCount > 0 }
            gateway.pause.elapse(.seconds(119))
            await eventually { gateway.pause.sleeperCount > 0 }
            gateway.pause.elapse(.seconds(1))
            let (status, body) = try await resolved
            #expect(status == 200)
            #expect(body["statements"]?.arrayValue?.isEmpty == true)
            #expect(body["code"]?.stringValue == "HELD_PENDING")
        }
    }

    @Test("an analysis that cannot be asked for is said: nothing is ruled on in view of nothing")
    func fullQueue() async throws {
        try await GatewayFixture.with(capacity: 1, judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let (status, body) = try await resolve(gateway)
            #expect(status == 503)
            #expect(body["error"]?.stringValue?.contains("cannot be asked for") == true)
        }
    }
}

extension JSONValue {
    fileprivate func text(_ name: String) -> String { self[name]?.stringValue ?? "" }
}
