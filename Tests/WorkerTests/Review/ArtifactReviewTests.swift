import Analyzers
import Cryptography
import HTTP
import JSON
import Platform
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Worker

/// Everything that is no answer, with the cause that it is reported by.
private let uselessTurns: [(String, ModelServer.Turn, JobFailure.Cause)] = [
    ("prose", .says("I have looked at the package and it is clean."), .garbage),
    ("empty", .says(""), .garbage),
    ("a fence", .says("```json\n\(ReviewFixture.clean)\n```"), .garbage),
    ("an extra member", .says(#"{"verdict":"clean","findings":[],"reason":"ok"}"#), .garbage),
    ("a wrong path", .says(ReviewFixture.suspicious.replacing("package.json", with: "x.js")), .garbage),
    ("a wrong line", .says(ReviewFixture.suspicious.replacing(":1}", with: ":99}")), .garbage),
    ("its orders", .says("You examine one published software package for malicious behaviour."), .garbage),
    ("an error", .raw(500, "application/json", ReviewFixture.clean), .crash),
    ("a refusal of the request", .raw(401, "application/json", ReviewFixture.clean), .crash),
    ("a redirect", .raw(302, "application/json", ReviewFixture.clean), .crash),
    ("another status of success", .raw(201, "application/json", ReviewFixture.clean), .crash),
    ("text", .raw(200, "text/plain", ReviewFixture.clean), .garbage),
    ("a page", .raw(200, "text/html", "<html>ok</html>"), .garbage),
    ("a verdict without a model", .raw(200, "application/json", ReviewFixture.clean), .garbage),
    ("broken JSON", .raw(200, "application/json", "{\"choices\":["), .garbage),
    ("100 MB", .flood(100 << 20), .garbage),
    ("half", .cut, .crash),
]

@Suite("Reviews by models")
struct ArtifactReviewTests {
    @Test("a valid answer becomes a report in our words", arguments: ReviewSettings.WireFormat.allCases)
    func valid(_ format: ReviewSettings.WireFormat) async throws {
        try await ModelServer.run { server in
            let fixture = try ReviewFixture(server, format: format)
            server.script(.says(ReviewFixture.clean))
            let clean = try await fixture.review().get()
            #expect(clean.verdict == .clean)
            #expect(clean.revision == fixture.settings.revision)
            fixture.sha512 = SHA512Digest(hashing: [2])
            server.script(.says(ReviewFixture.suspicious))
            let report = try await fixture.review().get()
            #expect(report.verdict == .suspicious)
            #expect(report.findings.map(\.finding.rule) == ["AI-CREDENTIALS", "AI-VERDICT"])
        }
    }

    @Test("what is asked has the form of its protocol, the key of the file, and no tools")
    func forms() async throws {
        try await ModelServer.run { server in
            let fixture = try ReviewFixture(server)
            let key = try fixture.directory.write(Array("secret-key\n".utf8), to: "key")
            server.script(.says(ReviewFixture.clean))
            fixture.models = [
                .init(
                    name: "org/a", format: .openai, url: server.url + "/v1", keyPath: key, answerFormat: .schema,
                    temperature: 5),
                .init(name: "b", format: .anthropic, url: server.url, keyPath: key, temperature: nil),
                .init(name: "c", format: .openai, url: server.url, answerFormat: .object, temperature: 100),
            ]
            #expect(try await fixture.review().get().verdict == .clean)
            let questions = server.questions
            let openai = try #require(questions.first { $0.path == "/v1/chat/completions" })
            #expect(openai.headers["Authorization"] == "Bearer secret-key")
            #expect(openai.body["model"] == "org/a" && openai.body["temperature"] == .number("0.05"))
            #expect(openai.body["messages"]?.arrayValue?.map { $0["role"] } == ["system", "user"])
            #expect(openai.body["response_format"]?["type"] == "json_schema")
            #expect(openai.body["response_format"]?["json_schema"]?["strict"] == true)
            #expect(openai.user.contains("1 |{\"name\":\"acme-box\""))
            let anthropic = try #require(questions.first { $0.path == "/v1/messages" })
            #expect(anthropic.headers["x-api-key"] == "secret-key" && anthropic.headers["Authorization"] == nil)
            #expect(anthropic.headers["anthropic-version"] == "2023-06-01")
            #expect(anthropic.body["temperature"] == nil && anthropic.body["max_tokens"] == 1500)
            #expect(anthropic.body["system"]?.stringValue?.hasPrefix("You examine one") == true)
            #expect(anthropic.body["messages"]?.arrayValue?.map { $0["role"] } == ["user"])
            let plain = try #require(questions.first { $0.path == "/chat/completions" })
            #expect(plain.headers["Authorization"] == nil && plain.body["temperature"] == 1)
            #expect(plain.body["response_format"]?["type"] == "json_object")
            for question in questions { #expect(question.body["tools"] == nil && question.body["stream"] == false) }
        }
    }

    @Test("whatever else an endpoint answers is no verdict", arguments: uselessTurns.indices)
    func useless(_ index: Int) async throws {
        let (name, turn, cause) = uselessTurns[index]
        try await ModelServer.run { server in
            for format in ReviewSettings.WireFormat.allCases {
                let fixture = try ReviewFixture(server, format: format)
                server.script(turn)
                let failure = try await fixture.failure()
                #expect(failure.cause == cause, "\(name): \(failure)")
                #expect(!failure.detail.contains("clean\""), "\(name): text of the endpoint is handed on")
                #expect(try await fixture.book().answer(to: SHA256Digest(hashing: [])) == nil)
            }
        }
    }

    @Test(
        "refusals and answers that were cut off are told by the protocol", arguments: ReviewSettings.WireFormat.allCases
    )
    func ends(_ format: ReviewSettings.WireFormat) async throws {
        let path = format == .openai ? "/chat/completions" : "/v1/messages"
        let ends =
            format == .openai
            ? ["length", "content_filter", "tool_calls", "other"]
            : ["max_tokens", "refusal", "tool_use", "pause_turn", "other"]
        try await ModelServer.run { server in
            for end in ends {
                let fixture = try ReviewFixture(server, format: format)
                let reply = ModelServer.reply(path, ReviewFixture.clean, usage: nil, end: end)
                server.script(.raw(200, "application/json", JSONText.string(reply)))
                #expect(try await fixture.failure().cause == .garbage, "\(end)")
            }
        }
    }

    @Test("a model that is silent is waited for no longer than its time")
    func silence() async throws {
        try await ModelServer.run { server in
            let fixture = try ReviewFixture(server)
            fixture.timeoutSeconds = 1
            server.script(.silence)
            #expect(try await fixture.failure().cause == .time)
            #expect(server.questions.count == ReviewSettings.maxTries)
            #expect(try await fixture.spent() == 2 * (try fixture.question()))
        }
    }

    @Test("a model is asked once more, and its second answer counts; a refused request is not repeated")
    func retry() async throws {
        try await ModelServer.run { server in
            for first in [ModelServer.Turn.says("Sure!"), .raw(503, "text/plain", ""), .raw(429, "text/plain", "")] {
                let fixture = try ReviewFixture(server)
                let before = server.questions.count
                server.script(first, .says(ReviewFixture.suspicious))
                #expect(try await fixture.review().get().verdict == .suspicious)
                #expect(server.questions.count == before + 2)
            }
            let fixture = try ReviewFixture(server)
            let before = server.questions.count
            server.script(.raw(403, "text/plain", ""), .says(ReviewFixture.clean))
            #expect(try await fixture.failure().cause == .crash)
            #expect(server.questions.count == before + 1)
        }
    }

    @Test("a key that cannot be used and an address in clear are not tried")
    func notSent() async throws {
        try await ModelServer.run { server in
            let fixture = try ReviewFixture(server)
            server.script(.says(ReviewFixture.clean))
            let empty = try fixture.directory.write([0x0A], to: "empty")
            let broken = try fixture.directory.write(Array("a\r\nX-Other: b".utf8), to: "broken")
            for path in [fixture.directory.path("missing"), empty, broken] {
                fixture.models = [.init(name: "m", format: .openai, url: server.url, keyPath: path)]
                #expect(try await fixture.failure().cause == .crash)
            }
            fixture.models = [.init(name: "m", format: .openai, url: "http://192.0.2.1:1")]
            #expect(try await fixture.failure().detail.contains("neither https"))
            #expect(server.questions.isEmpty)
            #expect(try await fixture.spent() == 0)
        }
    }
}
