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

@Suite("Differences for people")
struct DifferenceTests {
    private static let ruleset = RulesetReference(name: "diff", digest: SHA256Digest(hashing: [7]))
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0").with("1.2.0")

    private func withGateway(
        _ body: @escaping @Sendable (GatewayFixture, AdvisoryWorker) async throws -> Void
    ) async throws {
        var policy = ScreeningLayer()
        policy.analyzers = [.diff]
        policy.holdUntil = []
        let (demo, effective) = (demo, ScreeningPolicy.resolving([policy]))
        try await GatewayFixture.with(policy: policy, judge: nil) { gateway in
            gateway.reload { configuration in
                configuration.analyzerRulesets[.diff] = Self.ruleset
                configuration.findingSentence = { "sentence of \($0.rule)" }
                for name in configuration.policies.keys { configuration.policies[name] = effective }
            }
            demo.publish(on: gateway.upstream)
            try await body(gateway, AdvisoryWorker(gateway))
        }
    }

    /// Fetches a version and answers the job about it, clean or with findings, and with a report for people.
    private func judge(
        _ version: String, _ gateway: GatewayFixture, _ worker: AdvisoryWorker, findings: [Finding] = [],
        isFull: Bool = false, report: @Sendable (JSONValue) -> JSONValue? = { _ in nil }
    ) async throws {
        #expect(await gateway.get(demo.path(version)).status == 200)
        let job = try #require(try await worker.lease())
        var basis = Basis.full
        if let base = job["base"], !isFull {
            basis = .diff(
                base: try SHA512Digest(hex: base["sha512"]?.stringValue ?? ""),
                baseStatement: try StatementID(hex: base["statement"]?.stringValue ?? ""),
                anchorStatement: try StatementID(hex: base["anchorStatement"]?.stringValue ?? ""),
                depth: Int(base["depth"]?.integerValue ?? -9) + 1)
        }
        let statement = VerdictStatement(
            subject: Subject(
                purl: try PackageURL(parsing: job["purl"]?.stringValue ?? ""),
                sha512: try SHA512Digest(hex: job["sha512"]?.stringValue ?? ""),
                sha256: try SHA256Digest(hex: job["sha256"]?.stringValue ?? "")),
            analyzer: AnalyzerRevision(id: .diff, version: "1", ruleset: Self.ruleset), basis: basis,
            verdict: findings.map(\.severity.verdict).max() ?? .clean, findings: findings,
            createdAt: gateway.clock.now())
        let leaf = try Envelope.signing(.verdict(statement), with: gateway.keys.verdict)
        var body: JSONObject = [
            "id": job["id"] ?? .null, "lease": job["lease"] ?? .null, "leaf": AdvisoryWorker.text(leaf),
        ]
        if let report = report(job) { body.append("report", report) }
        let answer = await worker.post("jobs/complete", .object(body))
        let said = try answer.text()
        #expect(answer.status == 200, "\(said)")
    }

    private static let held = [
        Finding(rule: "D-INSTALL", severity: .suspicious, path: "package/package.json", line: 3),
        Finding(rule: "ESC-SCRIPTS", severity: .info),
    ]

    private static func shown(_ text: String) -> ShownDifference {
        var shown = ShownDifference(base: .init(files: 2, isComplete: true), new: .init(files: 2, isComplete: true))
        shown.sums.changedFiles = 1
        shown.sums.addedLines = 2
        shown.came = [.init(word: "network", reach: "install", path: "package/x.js", line: 4)]
        shown.manifests = [
            .init(manifest: "package.json", group: "scripts", name: "postinstall", kind: .added, old: nil, new: text)
        ]
        var file = ShownDifference.File(path: "lib/\(text).js", kind: .added)
        file.new = .init(fileClass: .text, isExecutable: true, isPrivileged: false, sizeBytes: 9)
        file.lines = .init(added: 2, removed: 0, isCut: false)
        file.hunks = [.init(old: [0, 0], new: [1, 2], lines: ["+\(text)", "+b"])]
        shown.files = [file]
        return shown
    }

    /// What a worker hands in about a job.
    private static func report(_ shown: ShownDifference, name: String = "demo") -> @Sendable (JSONValue) -> JSONValue? {
        { job in
            var base: JSONObject = [:]
            for member in ["purl", "filename", "sha512"] { base.append(member, job["base"]?[member] ?? .null) }
            base.set("purl", .string("pkg:npm/\(name)@1.0.0"))
            return ["verdict": "suspicious", "difference": ["base": .object(base), "difference": shown.record()]]
        }
    }

    private func ask(_ worker: AdvisoryWorker, _ target: String) async -> ServerResponse {
        await worker.operators.handler.respond(
            to: ServerRequest(
                head: RequestHead(method: .get, target: "/-/api/v1/\(target)", headers: [:]),
                body: RequestBody(bytes: [])))
    }

    @Test("the page behind a refusal shows what a release was compared with, why it was reviewed, and what changed")
    func page() async throws {
        try await withGateway { gateway, worker in
            try await judge("1.0.0", gateway, worker)
            let hostile = "<script>alert(1)</script>&'\""
            try await judge(
                "1.1.0", gateway, worker, findings: Self.held, isFull: true, report: Self.report(Self.shown(hostile)))
            let refused = await gateway.get(demo.path("1.1.0"))
            #expect(refused.status == 403)
            let page = try await gateway.follow(try #require(try refused.json()["why"]?.stringValue))
            #expect(page.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'")
            let text = try page.text()
            #expect(text.contains("Compared with <b>demo@1.0.0</b>."))
            #expect(text.contains("<li>sentence of ESC-SCRIPTS</li>"))
            #expect(text.contains("<li>sentence of D-INSTALL: <code>package/package.json:3</code></li>"))
            #expect(text.contains("1 file changed, 0 removed; 2 lines added, 0 removed"))
            #expect(text.contains("<b>network</b> at installation: <code>package/x.js:4</code>"))
            let escaped = "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#39;&quot;"
            #expect(text.contains("<code>package.json: scripts.postinstall</code> added: <code>\(escaped)</code>"))
            #expect(text.contains("<summary><code>lib/\(escaped).js</code> <span>added, +2 −0, now executable</span>"))
            #expect(text.contains("<b>@@ -0,0 +1,2 @@</b>\n<ins>+\(escaped)</ins>\n<ins>+b</ins>\n"))
            #expect(!text.contains("<script"))
            let why = try await ask(worker, "why?purl=pkg:npm/demo@1.1.0").json()
            let compared = try #require(why["statements"]?.arrayValue?.first?["difference"])
            #expect(compared["base"]?["purl"] == "pkg:npm/demo@1.0.0")
            #expect(compared["difference"]?["files"]?.arrayValue?.first?["addedLines"] == 2)
            #expect(compared["difference"]?["files"]?.arrayValue?.first?["hunks"] == nil)
        }
    }

    @Test("a chain is told with its entries of the log, on the page and for programs")
    func chain() async throws {
        try await withGateway { gateway, worker in
            for version in ["1.0.0", "1.1.0"] { try await judge(version, gateway, worker) }
            try await judge("1.2.0", gateway, worker, findings: [Self.held[0]])
            let first = try #require(gateway.stores.log.knowledge.verifiedBase(by: .diff, about: demo.sha512("1.0.0")))
            let refused = await gateway.get(demo.path("1.2.0"))
            let page = try await gateway.follow(try #require(try refused.json()["why"]?.stringValue)).text()
            let why = try await gateway.get("/-/why?purl=pkg:npm/demo@1.2.0").json()
            let verdict = try #require(why["artifacts"]?.arrayValue?.first?["verdicts"]?.arrayValue?.first)
            let basis = try #require(verdict["basis"])
            #expect(basis["anchorStatement"]?.stringValue == first.statement.hex && basis["depth"] == 2)
            let (base, anchor) = (
                try #require(basis["baseLogIndex"]?.integerValue), try #require(basis["anchorLogIndex"]?.integerValue)
            )
            #expect(anchor < base)
            #expect(
                page.contains(
                    "Compared with <b>demo@1.1.0</b> (log index \(base)), 2 differences after the full review of "
                        + "<b>demo@1.0.0</b> (log index \(anchor))."))
            #expect(page.contains("What changed was not kept here"))
            #expect(!page.contains("because:"))
        }
    }

    @Test("what a worker says in another form, or about another package, is not kept; its verdict counts all the same")
    func refused() async throws {
        let wrong: [@Sendable (JSONValue) -> JSONValue?] = [
            Self.report(Self.shown("\u{1B}[2J")), Self.report(Self.shown("a"), name: "other"),
            { _ in ["difference": ["base": 1]] }, { _ in ["difference": .null] }, { _ in 7 },
        ]
        for report in wrong {
            try await withGateway { gateway, worker in
                try await judge("1.0.0", gateway, worker)
                try await judge("1.1.0", gateway, worker, findings: Self.held, report: report)
                let statement = try #require(
                    gateway.stores.log.knowledge.about(demo.sha512("1.1.0")).verdicts.first?.statement)
                #expect(try await gateway.stores.differences.record(of: statement) == nil)
                #expect(await gateway.get(demo.path("1.1.0")).status == 403)
            }
        }
    }

    @Test("operators are told which two artifacts make a difference, and get their bytes")
    func pairs() async throws {
        try await withGateway { gateway, worker in
            func plan(_ more: JSONObject = [:]) async throws -> (status: Int, body: JSONValue) {
                var body: JSONObject = ["purl": "pkg:npm/demo@1.2.0"]
                for member in more.members { body.set(member.name, member.value) }
                let answer = await worker.post("differences", .object(body))
                return (answer.status, try answer.json())
            }
            try await judge("1.0.0", gateway, worker)
            let absent = try await plan()
            #expect(absent.status == 404)
            #expect(absent.body["error"]?.stringValue?.contains("--fetch") == true)
            try await judge("1.2.0", gateway, worker)
            let chosen = try await plan()
            #expect(chosen.status == 200 && chosen.body["choice"] == "chain")
            #expect(chosen.body["base"]?["purl"] == "pkg:npm/demo@1.0.0")
            #expect(chosen.body["new"]?["filename"]?.stringValue == demo.filename("1.2.0"))
            #expect(try await plan(["against": "1.1.0"]).status == 404)
            let fetched = try await plan(["against": "pkg:npm/demo@1.1.0", "fetch": true])
            #expect(fetched.status == 200 && fetched.body["choice"] == "asked")
            #expect(fetched.body["base"]?["sha512"]?.stringValue == demo.sha512("1.1.0").hex)
            for (against, status) in [("9.0.0", 404), ("1.2.0", 400), ("pkg:npm/other@1.0.0", 400), ("x y", 400)] {
                #expect(try await plan(["against": .string(against)]).status == status, "\(against)")
            }
            #expect(
                try await plan(["purl": "pkg:npm/demo@1.0.0"]).body["error"]?.stringValue?.contains("no older") == true)
            #expect(try await plan(["purl": .null]).status == 400)
            let bytes = await ask(worker, "artifacts/\(demo.sha512("1.1.0").hex)")
            #expect(bytes.status == 200 && bytes.headers["Cache-Control"] == "no-store")
            guard case .file(let file, _, let count) = bytes.body else {
                Issue.record("no file was sent")
                return
            }
            #expect(try file.read(at: 0, count: Int(count)) == demo.versions[1].bytes)
            #expect(await ask(worker, "artifacts/\(demo.sha512("9").hex)").status == 404)
            #expect(await ask(worker, "artifacts/..%2f..%2fkeys").status == 400)
            #expect(await gateway.get("/-/api/v1/artifacts/\(demo.sha512("1.1.0").hex)").status == 404, "not in public")
            try gateway.stores.artifacts.discardDamaged(demo.sha512("1.0.0"))
            let evicted = try await plan()
            #expect(evicted.status == 404)
            #expect(evicted.body["error"]?.stringValue?.contains("no longer in the cache") == true)
            #expect(try await plan(["fetch": true]).body["base"]?["purl"] == "pkg:npm/demo@1.0.0")
        }
    }
}
