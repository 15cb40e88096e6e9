import Advisories
import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing
import TransparencyLog
import VerdictStore

@testable import Gateway

@Suite("News about what is known here")
struct AdvisorySweepTests {
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0")
    private var bytes: [UInt8] { demo.versions[1].bytes }

    private func malware(_ id: String = "MAL-2026-1") -> GatewayFixture.Advisory {
        GatewayFixture.Advisory(id: id, package: "demo", versions: ["1.1.0"])
    }

    private func other() -> GatewayFixture.Advisory {
        GatewayFixture.Advisory(id: "GHSA-none-none-none", package: "unrelated", versions: ["9.9.9"])
    }

    /// Our advisory verdicts about `demo@1.1.0` that stand, oldest first.
    private func verdicts(_ gateway: GatewayFixture) -> [StandingVerdict] {
        gateway.stores.log.knowledge.about(demo.sha512("1.1.0")).verdicts.filter { $0.analyzer == .advisory }
    }

    private func revocations(_ gateway: GatewayFixture) throws -> [RevocationStatement] {
        try gateway.stores.logReader.statements(
            matching: StatementFilter(predicateType: .revocation), limit: 100
        ).compactMap { entry in
            guard case .revocation(let revocation) = entry.logged.statement else { return nil }
            return revocation
        }
    }

    private func mark(_ gateway: GatewayFixture) throws -> SweepMark? {
        try SweepMark(path: gateway.stores.logReader.directory.sweptAdvisoriesPath)
    }

    /// Waits until a round for the snapshot in force has ended with nothing left to do.
    private func swept(_ gateway: GatewayFixture) async throws {
        let id = try #require(try gateway.advisories.current()?.snapshotID)
        try await eventually { try mark(gateway)?.snapshot == id }
    }

    private func audited(_ gateway: GatewayFixture, _ event: String) async throws -> [JSONValue] {
        await gateway.service.parts.records.written()
        let path = DataDirectory(path: gateway.directory.path("data")).auditPath
        return try Files.readAll(path, maxBytes: 1 << 20).split(separator: UInt8(ascii: "\n"))
            .map { try JSONText.parse(Array($0)) }.filter { $0["event"]?.stringValue == event }
    }

    @Test("news about something that was served: a new verdict, then a revocation of what it was served under")
    func served() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([other()])
            let worker = AdvisoryWorker(gateway)
            try await worker.working { () async throws in
                #expect(await gateway.get(demo.path("1.1.0")).status == 200)
                try await swept(gateway)
                let before = try #require(verdicts(gateway).first)
                gateway.clock.advance(by: .seconds(60))
                try gateway.load([other(), malware()])
                try await swept(gateway)
                let after = verdicts(gateway)
                #expect(after.map(\.verdict) == [.malicious], "the clean one is taken back")
                let revoked = try revocations(gateway)
                #expect(revoked.map(\.target) == [.statement(before.statement)])
                let entries = try gateway.stores.logReader.statements(
                    matching: StatementFilter(sinceIndex: before.logIndex + 1), limit: 100)
                let order = entries.reversed().map(\.logged.statement.predicateType)
                #expect(order.suffix(2) == [.verdict, .revocation], "the new verdict acts before the old one goes")
            }
            let changes = try await audited(gateway, "verdict-change")
            #expect(changes.count == 1)
            #expect(changes.first?["purl"]?.stringValue == "pkg:npm/demo@1.1.0")
            #expect(changes.first?["from"]?["verdict"]?.stringValue == "clean")
            #expect(changes.first?["to"]?["advisories"]?.arrayValue == ["MAL-2026-1"])
            #expect(changes.first?["accesses"]?.integerValue == 1 && changes.first?["clients"]?.integerValue == 1)
            let taken = try await audited(gateway, "revocation")
            #expect(taken.count == 1 && taken.first?["accesses"]?.integerValue == 1)
            #expect(taken.first?["integrity"]?.stringValue == "sha512-\(demo.sha512("1.1.0").base64)")
            for target in [demo.path("1.1.0"), "/demo/1.1.0"] {
                let refusal = await gateway.get(target)
                #expect(refusal.status == 403)
                #expect(try refusal.json()["code"]?.stringValue == "BLOCKED_MALICIOUS")
            }
            let listing = try await gateway.get("/demo").json()
            #expect(listing["versions"]?["1.0.0"] != nil && listing["versions"]?["1.1.0"] == nil)
            #expect(listing["dist-tags"]?["latest"]?.stringValue == "1.0.0")
        }
    }

    @Test("what nobody got has a new verdict, and nothing is taken back")
    func neverServed() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            try gateway.load([other()])
            // Judged once, by another deployment's hand or for an operator; neither bytes nor listing are here.
            try await gateway.logVerdict(.clean, by: .advisory, of: bytes, "pkg:npm/demo@1.1.0")
            gateway.clock.advance(by: .seconds(60))
            let worker = AdvisoryWorker(gateway)
            try await worker.working { () async throws in
                try gateway.load([malware()])
                try await swept(gateway)
                #expect(verdicts(gateway).map(\.verdict) == [.clean, .malicious])
                #expect(try revocations(gateway).isEmpty)
            }
            #expect(gateway.upstream.requests.isEmpty, "no listing and no artifact is fetched for it")
            let job = try #require(worker.jobs.withLock { $0 }.last)
            #expect(job["served"]?.integerValue == 0 && job["standing"]?.arrayValue == [])
        }
    }

    @Test("a record that is withdrawn gives a new clean verdict, takes nothing back, and the version installs again")
    func withdrawn() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([other()])
            try await AdvisoryWorker(gateway).working { () async throws in
                #expect(await gateway.get(demo.path("1.1.0")).status == 200)
                for records in [[malware()], [other()]] {
                    gateway.clock.advance(by: .seconds(60))
                    try gateway.load(records)
                    try await swept(gateway)
                }
                #expect(verdicts(gateway).map(\.verdict) == [.malicious, .clean])
                #expect(try revocations(gateway).count == 1)
                #expect(await gateway.get(demo.path("1.1.0")).status == 200)
                // And once more: what was served in between is taken back too.
                gateway.clock.advance(by: .seconds(60))
                try gateway.load([malware("MAL-2026-2")])
                try await swept(gateway)
                #expect(verdicts(gateway).map(\.verdict) == [.malicious, .malicious])
                #expect(try revocations(gateway).count == 2)
            }
        }
    }

    @Test("a vulnerability that becomes known is news as well; the same one under another name is not taken back for")
    func vulnerability() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([other()])
            try await AdvisoryWorker(gateway).working { () async throws in
                #expect(await gateway.get(demo.path("1.1.0")).status == 200)
                gateway.clock.advance(by: .seconds(60))
                try gateway.load([GatewayFixture.Advisory(id: "GHSA-1", package: "demo", versions: ["1.1.0"])])
                try await swept(gateway)
                #expect(verdicts(gateway).map(\.rules) == [["ADV-VULN"]])
                #expect(try revocations(gateway).count == 1)
                #expect(await gateway.get(demo.path("1.1.0")).status == 200, "its score refuses nothing")
            }
        }
    }

    @Test("what was judged before the first snapshot is judged by it, and taken back where it was served")
    func withoutData() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try await AdvisoryWorker(gateway).working { () async throws in
                for version in ["1.0.0", "1.1.0"] {
                    #expect(await gateway.get(demo.path(version)).status == 200)
                }
                #expect(verdicts(gateway).map(\.isWithoutData) == [true])
                gateway.clock.advance(by: .seconds(60))
                try gateway.load([malware()])
                try await swept(gateway)
                #expect(verdicts(gateway).map(\.verdict) == [.malicious])
                let clean = gateway.stores.log.knowledge.about(demo.sha512("1.0.0")).verdicts
                    .filter { $0.analyzer == .advisory }
                #expect(clean.map(\.isWithoutData) == [true, false], "said anew, with nothing to take back")
                #expect(try revocations(gateway).count == 1)
            }
        }
    }

    @Test("an allow that was given before the news holds no longer")
    func allowed() async throws {
        var policy = ScreeningLayer()
        policy.cooldown = .seconds(86_400 * 365 * 20)
        try await GatewayFixture.with(policy: policy, judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([other()])
            try await AdvisoryWorker(gateway).working { () async throws in
                try await gateway.logVerdict(.clean, by: .advisory, of: bytes, "pkg:npm/demo@1.1.0")
                try await gateway.logVerdict(.clean, of: bytes, "pkg:npm/demo@1.1.0")
                try await gateway.rule(.allow, on: bytes, "pkg:npm/demo@1.1.0")
                #expect(await gateway.get(demo.path("1.1.0")).status == 200)
                gateway.clock.advance(by: .seconds(60))
                try gateway.load([malware()])
                try await swept(gateway)
                #expect(verdicts(gateway).map(\.verdict) == [.malicious])
                #expect(try await gateway.get(demo.path("1.1.0")).json()["code"]?.stringValue == "BLOCKED_MALICIOUS")
                // In view of the news a person may allow it again, and more news of the same kind takes nothing back.
                try await gateway.rule(.allow, on: bytes, "pkg:npm/demo@1.1.0", sequence: 2)
                #expect(await gateway.get(demo.path("1.1.0")).status == 200)
                gateway.clock.advance(by: .seconds(60))
                try gateway.load([
                    malware(), GatewayFixture.Advisory(id: "GHSA-9", package: "demo", versions: ["1.1.0"]),
                ])
                try await swept(gateway)
                #expect(verdicts(gateway).map(\.verdict) == [.malicious, .malicious])
                #expect(await gateway.get(demo.path("1.1.0")).status == 200)
            }
        }
    }
}
