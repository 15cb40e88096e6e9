import Configuration
import Gateway
import JSON
import Platform
import Screening
import TestSupport
import Testing
import VerdictStore
import Worker

@testable import CLI

@Suite("The doctor")
struct DoctorTests {
    private func configuration(_ directory: TemporaryDirectory, _ extra: String = "") throws -> ServiceConfiguration {
        let text = """
            listen: 127.0.0.1:1
            data: ./data
            cache: { path: ./cache }
            registries:
              npmjs: { ecosystem: npm, type: upstream, url: "https://npm.example/", public: true }
            \(extra)
            """
        return try ConfigurationLoader.load(
            bytes: Array(text.utf8), baseDirectory: directory.path,
            environment: ProcessEnvironment(variables: [:]), readFile: { _ in [] }
        ).get()
    }

    @Test("one failed check makes the report fail; warnings do not")
    func report() {
        let fine = DoctorReport(checks: [
            DoctorCheck("a", .ok, "fine"), DoctorCheck("b", .warn, "so so", advice: "look"),
        ])
        #expect(fine.isWell && fine.json["ok"] == .bool(true))
        let console = Console(isTerminal: false, hasColour: false, result: { _ in }, note: { _ in })
        #expect(
            fine.text(on: console)
                == "ok    a  fine\nwarn  b  so so\n         → look\n2 checks, 0 failed, 1 with a warning\n")
        let failed = DoctorReport(checks: [DoctorCheck("a", .fail, "gone", advice: "mend it")])
        #expect(!failed.isWell)
        #expect(failed.json["checks"]?.arrayValue?.first?["advice"] == .string("mend it"))
    }

    @Test("folders and keys that others can read or write are found")
    func permissions() throws {
        let directory = try TemporaryDirectory()
        let configuration = try configuration(directory)
        let data = DataDirectory(path: configuration.dataPath)
        #expect(DeploymentChecks.folders(configuration, data).map(\.state) == [.fail])
        try data.create()
        let first = DeploymentChecks.folders(configuration, data)
        #expect(first.map(\.name) == ["data folder", "cache", "verdict log"])
        #expect(first.map(\.state) == [.ok, .ok, .fail])
        try Files.setPermissions(0o755, of: data.path)
        #expect(DeploymentChecks.folders(configuration, data).first?.state == .warn)
        try Files.setPermissions(0o777, of: data.path)
        #expect(DeploymentChecks.folders(configuration, data).first?.state == .fail)
        #expect(DeploymentChecks.keys(data).state == .fail)
        let key = data.keysDirectory + "/log.key"
        try Files.writeDurably([1], to: key, mode: 0o600)
        #expect(DeploymentChecks.keys(data).state == .ok)
        try Files.setPermissions(0o640, of: key)
        let found = DeploymentChecks.keys(data)
        #expect(found.state == .fail && found.advice?.contains("chmod 600") == true)
    }

    @Test("a clock before the log's last write is wrong")
    func clock() throws {
        let directory = try TemporaryDirectory()
        let data = DataDirectory(path: directory.path("data"))
        try data.create()
        try Files.writeDurably([1], to: data.verdictsPath)
        let written = try Files.modificationTime(data.verdictsPath)
        #expect(DeploymentChecks.clock(data, now: written.adding(.seconds(1))).state == .ok)
        #expect(DeploymentChecks.clock(data, now: written.adding(.seconds(-3600))).state == .fail)
    }

    @Test("a taken port is told from a free one")
    func port() async throws {
        let directory = try TemporaryDirectory()
        let data = DataDirectory(path: directory.path("data"))
        let text = "registries: { a: { ecosystem: npm, type: upstream, url: 'https://npm.example/', public: true } }"
        func check(_ port: UInt16) async throws -> DoctorCheck {
            let loaded = try ConfigurationLoader.load(
                bytes: Array("listen: 127.0.0.1:\(port)\n\(text)".utf8), baseDirectory: directory.path,
                environment: ProcessEnvironment(variables: [:]), readFile: { _ in [] }
            ).get()
            return await DeploymentChecks.port(loaded, data)
        }
        var sockets = try ListeningSocket.openShared(host: "127.0.0.1", port: 0, count: 1)
        let port = try #require(sockets.first).port
        #expect(try await check(port).state == .fail)
        sockets = []
        #expect(try await check(port) == DoctorCheck("port", .ok, "127.0.0.1:\(port) is free"))
    }

    @Test("a missing layer of the sandbox fails, and warns where the configuration accepts less")
    func kernel() {
        let gap = SandboxReport.Gap(layer: .landlock, reason: "switched off")
        let report = SandboxReport(applied: [.noNewPrivileges, .notInspectable, .seccomp], gaps: [gap])
        let strict = SandboxChecks.kernel(report, landlockVersion: nil, mayBeDegraded: false)
        #expect(strict.map(\.state) == [.ok, .ok, .fail, .ok])
        #expect(SandboxChecks.kernel(report, landlockVersion: nil, mayBeDegraded: true).map(\.state)[2] == .warn)
        let full = SandboxReport(applied: SandboxLayer.allCases, gaps: [])
        #expect(SandboxChecks.setting(full, mayBeDegraded: false).isEmpty)
        #expect(SandboxChecks.setting(full, mayBeDegraded: true).map(\.state) == [.warn])
        let version = SandboxChecks.kernel(full, landlockVersion: 7, mayBeDegraded: false)
        #expect(version.contains { $0.finding == "available, version 7" })
    }

    @Test("every refusal of the proof is shown with its reason, and what went through fails")
    func proof() {
        let outcomes: [SandboxProof.Outcome] = [.refused(13), .ended(31), .allowed, .unknown("silence")]
        let trials = outcomes.map {
            SandboxProof.Trial(attempt: .readFile, outcome: $0, layers: "all", start: .microseconds(1500))
        }
        let checks = SandboxChecks.proof(SandboxProof(trials: trials), mayBeDegraded: false)
        #expect(checks.map(\.state) == [.ok, .ok, .fail, .fail, .ok])
        #expect(checks[0].finding == "refused (EACCES)")
        #expect(checks[1].finding.contains("SIGSYS"))
        #expect(checks[4].finding == "1.5 ms until a process is confined; layers: all")
        let none = SandboxChecks.proof(SandboxProof(trials: []), mayBeDegraded: false)
        #expect(none.map(\.state) == [.fail], "no process was ever confined")
    }

    @Test("readiness tells of a sandbox that may be less than whole, with what the kernel lacks")
    func readiness() {
        let full = SandboxReport(applied: SandboxLayer.allCases, gaps: [])
        let gap = SandboxReport.Gap(layer: .landlock, reason: "switched off")
        let less = SandboxReport(applied: [.noNewPrivileges, .notInspectable, .seccomp], gaps: [gap])
        #expect(HealthReport(.required, full) == HealthReport(name: "sandbox", state: .ok))
        #expect(HealthReport(.degraded, full).state == .degraded)
        #expect(HealthReport(.degraded, less).problem?.contains("landlock: switched off") == true)
    }

    @Test("what leaves the machine is named with its receiver, without secrets")
    func outgoing() throws {
        let directory = try TemporaryDirectory()
        let sources = "npm: 'https://bundles.example/npm.zip?token=secret', pypi: ./pypi.zip"
        let configuration = try configuration(directory, "advisories: { sources: { \(sources) } }")
        #expect(OutgoingChecks.places(configuration).map(\.name) == ["registry npmjs", "advisories npm"])
        let check = OutgoingChecks.outgoing(configuration)
        #expect(check.state == .ok && check.finding.contains("npm.example"))
        #expect(!check.finding.contains("secret"))
    }

    @Test("rules of this installation are compiled, and refused with file and line")
    func rules() throws {
        let directory = try TemporaryDirectory()
        let configuration = try configuration(directory, "static: { rules: ./rules }")
        #expect(configuration.userRulesPath == directory.path("rules"))
        #expect(DeploymentChecks.rules(configuration).map(\.state) == [.fail])
        try Files.createDirectory(directory.path("rules"))
        try directory.write(Array("rule a { condition: true }".utf8), to: "rules/a.yar")
        #expect(DeploymentChecks.rules(configuration).map(\.state) == [.ok])
        try directory.write(Array("rule a {\n condition: $b }".utf8), to: "rules/a.yar")
        #expect(DeploymentChecks.rules(configuration).first?.finding.contains("a.yar, line 2") == true)
    }
}

@Suite("Rules of a serving process")
struct UserRuleBookTests {
    private let good = Array("rule a { condition: true }".utf8)
    private let other = Array("rule b { condition: true }".utf8)
    private let bad = Array("rule a { condition: $nothing }".utf8)

    @Test("changed rules come into use, bad ones are refused and those before stay, also over a restart")
    func reload() throws {
        let directory = try TemporaryDirectory()
        let (folder, store) = (directory.path("rules"), directory.path("store"))
        try Files.createDirectory(folder)
        func open() throws -> UserRuleBook {
            try UserRuleBook.open(folder: folder, directory: store, logger: .silent)
        }
        let book = try open()
        let none = book.ruleset
        #expect(book.problem == nil && !book.look())
        try directory.write(good, to: "rules/a.yar")
        #expect(book.look() && !book.look())
        let first = book.ruleset
        #expect(first != none)
        try directory.write(bad, to: "rules/b.yar")
        #expect(!book.look())
        #expect(book.ruleset == first && book.problem?.contains("b.yar, line 1") == true)
        let restarted = try open()
        #expect(restarted.ruleset == first && restarted.problem != nil)
        try directory.write(other, to: "rules/b.yar")
        #expect(book.look() && book.problem == nil && book.ruleset != first)
        book.use(folder: nil)
        #expect(book.ruleset == none && book.problem == nil)
    }

    @Test("bad rules at the first start stop it, with file and line")
    func firstStart() throws {
        let directory = try TemporaryDirectory()
        try Files.createDirectory(directory.path("rules"))
        try directory.write(bad, to: "rules/a.yar")
        #expect(throws: CommandFailure.self) {
            try UserRuleBook.open(
                folder: directory.path("rules"), directory: directory.path("store"), logger: .silent)
        }
    }
}
