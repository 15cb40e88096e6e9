import Cryptography
import HTTP
import Platform
import Screening
import TestSupport
import Testing
import TransparencyLog
import VerdictStore

@testable import Gateway

@Suite("Witnesses of our own log")
struct WitnessingTests {
    /// A witness without a network: the real book and the real handler behind a client that calls them.
    private final class Witnesses: UpstreamFetching {
        private let handlers = Lock<[String: WitnessHandler]>([:])
        let asked = Lock<[String]>([])

        func install(_ handler: WitnessHandler?, at host: String) { handlers.withLock { $0[host] = handler } }

        func send(_ request: UpstreamRequest) async throws(UpstreamError) -> UpstreamResponse {
            asked.withLock { $0.append(request.url) }
            let host = String(request.url.dropFirst("http://".count).prefix { $0 != "/" })
            guard let handler = handlers.withLock({ $0[host] }) else {
                throw .couldNotConnect(host: host, reason: "nobody there")
            }
            let answer = await handler.respond(
                to: ServerRequest(
                    head: RequestHead(method: .post, target: "/add-checkpoint"),
                    body: RequestBody(bytes: request.body ?? [])))
            guard case .bytes(let bytes) = answer.body else { throw .aborted }
            return UpstreamResponse(
                status: answer.status, headers: answer.headers, finalURL: request.url, body: bytes)
        }
    }

    private struct Witness {
        let name: String
        let key = Ed25519SigningKey.generate()

        func handler(_ gateway: GatewayFixture) throws -> WitnessHandler {
            let log = try NoteVerifier(name: "jurat.test/log", publicKey: gateway.keys.log.publicKey)
            return WitnessHandler(
                book: try WitnessBook(
                    directory: gateway.directory.path(name), cosigner: Cosigner(name: name, key: key),
                    logs: [CheckpointVerifier(logKeys: [log])], clock: gateway.clock), logger: .silent)
        }

        func own() throws -> OwnWitness {
            OwnWitness(url: "http://\(name)", key: try Cosigner(name: name, key: key).verifier)
        }
    }

    private func service(
        _ gateway: GatewayFixture, _ client: Witnesses, _ witnesses: [Witness], quorum: Int
    ) throws -> WitnessingService {
        var configuration = gateway.service.settings.current.configuration
        configuration.witnessing = WitnessPolicy(witnesses: try witnesses.map { try $0.own() }, quorum: quorum)
        return WitnessingService(
            log: gateway.stores.log, reads: LogReads(reader: gateway.stores.logReader),
            settings: Settings(configuration), client: client, path: gateway.directory.path("published"),
            clock: gateway.clock, pausing: gateway.pause, logger: .silent)
    }

    @Test("a checkpoint is shown once the quorum has cosigned it, survives a restart, and waits for a missing witness")
    func quorum() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            let client = Witnesses()
            let (one, two) = (Witness(name: "one"), Witness(name: "two"))
            client.install(try one.handler(gateway), at: "one")
            let handlerTwo = try two.handler(gateway)
            let service = try service(gateway, client, [one, two], quorum: 2)
            #expect(service.published == nil)
            await service.look()
            #expect(service.published == nil, "one of two")
            #expect(service.report.state == .degraded)

            client.install(handlerTwo, at: "two")
            await service.look()
            #expect(service.published == nil, "a witness in trouble is left alone for a while")
            gateway.clock.advance(by: .seconds(11))
            await service.look()
            let first = try #require(service.published)
            #expect(first.size == gateway.stores.log.size.value && service.report.state == .ok)
            let log = try NoteVerifier(name: "jurat.test/log", publicKey: gateway.keys.log.publicKey)
            let verifier = try CheckpointVerifier(
                logKeys: [log], witnesses: [one.own().key, two.own().key], quorum: 2)
            #expect(try verifier.verify(first.note).cosignatures.count == 2)

            let count = client.asked.withLock { $0.count }
            await service.look()
            #expect(client.asked.withLock { $0.count } == count, "nothing new, nobody is asked")
            #expect(try self.service(gateway, client, [one, two], quorum: 2).published?.note == first.note)
            #expect(try self.service(gateway, client, [one], quorum: 1).published?.note == first.note)
            let third = Witness(name: "third")
            #expect(try self.service(gateway, client, [third], quorum: 1).published == nil, "another policy")

            try await gateway.logVerdict(.clean, of: [1], "pkg:npm/demo@1.0.0")
            client.install(nil, at: "one")
            await service.look()
            #expect(service.published?.size == first.size)
            #expect(service.report.problem?.contains("published up to \(first.size)") == true)
        }
    }

    @Test("a witness that has seen another history stops publication and is named")
    func otherHistory() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            let client = Witnesses()
            let witness = Witness(name: "one")
            let handler = try witness.handler(gateway)
            client.install(handler, at: "one")
            // The same log key signed a longer log that this gateway does not have.
            let leaves = (0..<50).map { MerkleTree.leafHash([UInt8($0)]) }
            let signer = try NoteSigner(name: "jurat.test/log", key: gateway.keys.log)
            let checkpoint = try Checkpoint(
                origin: "jurat.test/log", size: TreeSize(50), root: MerkleTree.root(ofLeafHashes: leaves))
            let other = WitnessRequest(older: .zero, hashes: [], note: try SignedNote.sign(checkpoint.text, by: signer))
            let answer = await handler.respond(
                to: ServerRequest(
                    head: RequestHead(method: .post, target: "/add-checkpoint"), body: RequestBody(bytes: other.bytes)))
            #expect(answer.status == 200)
            let service = try service(gateway, client, [witness], quorum: 1)
            await service.look()
            #expect(service.published == nil)
            #expect(service.report.problem?.contains("it has seen 50 entries, more than this log") == true)
        }
    }
}
