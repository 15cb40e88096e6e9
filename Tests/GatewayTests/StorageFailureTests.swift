import Cryptography
import HTTP
import Platform
import Registry
import TestSupport
import Testing
import VerdictStore

@testable import Gateway

@Suite("When our own storage fails")
struct StorageFailureTests {
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0")

    @Test("a client gets a request id and a plain sentence, and the log has the file under the same id")
    func noPathsInAnswers() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let incoming = gateway.directory.path("cache/artifacts/incoming")
            try Files.removeTree(incoming)
            try Files.writeDurably([], to: incoming)
            let answer = await gateway.get(demo.path("1.0.0"))
            #expect(answer.status == 500)
            let id = try #require(answer.headers["X-Request-Id"])
            let text = try answer.text()
            #expect(text.contains(id))
            #expect(!text.contains("/cache") && !text.contains(gateway.directory.path), "\(text)")
            #expect(answer.reason?.contains("/cache") == false)
            #expect(gateway.logged.all.contains { $0.contains(id) && $0.contains(incoming) })
        }
    }

    @Test("a small artifact that was changed on disk is fetched again, not served and not an error")
    func damagedArtifact() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try await gateway.service.parts.fetch("demo", demo.path("1.0.0"), gateway)
            let path = gateway.stores.artifacts.path(of: demo.sha512("1.0.0"))
            var bytes = try Files.readAll(path)
            bytes[0] ^= 1
            try Files.writeDurably(bytes, to: path)
            let fetches = gateway.upstream.requests.count
            let answer = await gateway.get(demo.path("1.0.0"))
            #expect(answer.status == 200)
            #expect(try answer.bytes() == demo.versions[0].bytes)
            #expect(try Files.readAll(path) == demo.versions[0].bytes)
            #expect(gateway.upstream.requests.count > fetches)
            #expect(gateway.logged.all.contains { $0.contains("its bytes were changed") })
        }
    }

    @Test("an artifact whose file is gone is fetched again within the same request")
    func missingFile() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try await gateway.service.parts.fetch("demo", demo.path("1.0.0"), gateway)
            try Files.remove(gateway.stores.artifacts.path(of: demo.sha512("1.0.0")))
            let answer = await gateway.get(demo.path("1.0.0"))
            #expect(answer.status == 200)
            #expect(try answer.bytes() == demo.versions[0].bytes)
        }
    }
}

extension GatewayParts {
    /// Has an artifact analysed and stored without its bytes being read into memory.
    fileprivate func fetch(
        _ name: String, _ path: String, _ gateway: GatewayFixture
    ) async throws {
        let package = try PackageName(parsing: name, ecosystem: .npm)
        let source = try #require(settings.current.topology.definition(named: GatewayFixture.registry("npmjs")))
        let view = try await admission.view(of: package, at: source)
        let filename = String(path.split(separator: "/").last ?? "")
        let artifact = try #require(view.listing.artifact(named: filename))
        _ = await gate.outcome(for: artifact, of: view, patience: .seconds(60))
    }
}
