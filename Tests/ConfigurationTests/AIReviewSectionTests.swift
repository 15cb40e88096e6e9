import Configuration
import Screening
import Testing

@Suite("The aiReview section")
struct AIReviewSectionTests {
    private func review(_ text: String) throws -> AIReviewSettings? {
        try Loading.configuration(Loading.minimal("aiReview: \(text)")).aiReview
    }

    private func problems(_ text: String) -> [String] { Loading.problems(Loading.minimal("aiReview: \(text)")) }

    @Test("off unless it is set; one model has defaults for everything else")
    func defaults() throws {
        #expect(try review("null") == nil)
        #expect(try Loading.configuration(Loading.minimal()).aiReview == nil)
        let settings = try #require(try review("{ model: m, url: 'https://models.example/v1/' }"))
        let model = try #require(settings.models.first)
        #expect(settings.models.count == 1 && settings.quorum == 1)
        #expect(model.name == "m" && model.url == "https://models.example/v1" && model.format == .openai)
        #expect(model.answerFormat == .schema && model.temperature == 0 && model.keyPath == nil)
        #expect(settings.maxTokensPerArtifact == 60_000 && settings.maxTokensPerDay == 2_000_000)
        #expect(settings.maxAnswerTokens == 1500 && settings.timeout == .seconds(120) && settings.concurrency == 2)
    }

    @Test("models of the panel take over what they leave out, but no key goes to another address")
    func panel() throws {
        let text = """

              model: first
              url: https://a.example
              keyFile: keys/a
              temperature: 0.25
              answerFormat: object
              quorum: 3
              timeout: 5m
              concurrency: 4
              maxTokensPerArtifact: 90000
              panel:
                - { model: second }
                - { model: third, url: 'https://b.example', temperature: null }
                - { model: fourth, protocol: anthropic, url: 'https://c.example', keyFile: /etc/c }
                - { model: fifth, url: 'http://127.0.0.1:8080', answerFormat: text }
            """
        let settings = try #require(try review(text))
        #expect(settings.models.map(\.name) == ["first", "second", "third", "fourth", "fifth"])
        #expect(settings.models.map(\.keyPath) == ["/etc/jurat/keys/a", "/etc/jurat/keys/a", nil, "/etc/c", nil])
        #expect(settings.models.map(\.temperature) == [25, 25, nil, 25, 25])
        #expect(settings.models.map(\.answerFormat) == [.object, .object, .object, .text, .text])
        #expect(settings.quorum == 3 && settings.timeout == .seconds(300) && settings.concurrency == 4)
        let configuration = try Loading.configuration(Loading.minimal("aiReview:" + text))
        let again = try Loading.configuration(ConfigurationLoader.effectiveText(configuration))
        #expect(again.aiReview == settings)
        let off = try Loading.configuration(Loading.minimal())
        #expect(ConfigurationLoader.effectiveText(off).contains("\naiReview: null\n"))
    }

    @Test("ceilings of panels grow with the models, unless they are set")
    func ceilings() throws {
        let text = "{ model: a, url: 'https://a.example', panel: [ { model: b }, { model: c } ] }"
        #expect(try review(text)?.maxTokensPerArtifact == 180_000)
        #expect(
            problems("{ model: a, url: 'https://a.example', maxTokensPerArtifact: 5000 }") == [
                "line 3: aiReview.maxTokensPerArtifact: 5000 tokens are too few for a model that may be asked twice; "
                    + "the least with these settings is 9000"
            ])
        #expect(
            problems("{ model: a, url: 'https://a.example', maxTokensPerDay: 100 }").first?
                .hasPrefix("line 3: aiReview.maxTokensPerDay: fewer tokens a day (100)") == true)
    }

    @Test(
        "mistakes are named with what was expected",
        arguments: [
            ("{ url: 'https://a.example' }", "aiReview.model: this key is required"),
            ("{ model: a }", "aiReview.url: say where the model is reached"),
            ("{ model: a, url: null }", "aiReview.url: say where the model is reached"),
            ("{ model: 'a b', url: 'https://a.example' }", "aiReview.model: expected a model's name"),
            ("{ model: 'a,b', url: 'https://a.example' }", "aiReview.model: expected a model's name"),
            ("{ model: a, url: 'http://a.example' }", "aiReview.url: plain http is for models on this machine"),
            ("{ model: a, url: 'http://192.168.0.1/' }", "aiReview.url: plain http is for models on this machine"),
            ("{ model: a, url: 'https://u:p@a.example' }", "aiReview.url: expected an address"),
            ("{ model: a, url: 'https://a.example', protocol: openapi }", "did you mean 'openai'?"),
            (
                "{ model: a, url: 'https://a.example', temperature: 2.5 }",
                "aiReview.temperature: expected a temperature"
            ),
            ("{ model: a, url: 'https://a.example', temperature: '1.234' }", "aiReview.temperature: expected"),
            (
                "{ model: a, url: 'https://a.example', quorum: 2 }",
                "aiReview.quorum: 2 answers cannot come from 1 models"
            ),
            ("{ model: a, url: 'https://a.example', timeout: 0s }", "aiReview.timeout: expected a duration"),
            ("{ model: a, url: 'https://a.example', concurrency: 0 }", "aiReview.concurrency: "),
            ("{ model: a, url: 'https://a.example', concurrency: 33 }", "aiReview.concurrency: "),
            ("{ model: a, url: 'https://a.example', key: x }", "aiReview.key: unknown key"),
            (
                "{ model: a, url: 'https://a.example', protocol: anthropic, answerFormat: schema }",
                "aiReview.answerFormat: endpoints of the protocol anthropic"
            ),
            ("{ model: a, url: 'https://a.example', panel: [ { model: a } ] }", "aiReview.panel[0].model: 'a' at this"),
            ("{ model: a, url: 'https://a.example', panel: [ b ] }", "aiReview.panel[0]: expected a mapping"),
            ("{}", "aiReview.model: this key is required"), ("yes", "aiReview: expected a mapping"),
        ])
    func mistakes(_ text: String, _ expected: String) {
        let found = problems(text)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    @Test(
        "plain http is for this machine alone",
        arguments: ["http://localhost:1", "http://127.1.2.3", "http://[::1]:9/v1"])
    func loopback(_ url: String) throws {
        #expect(try review("{ model: m, url: '\(url)' }")?.models.first?.url == url)
    }

    @Test("policy may name ai-review only with a model, at every level")
    func policy() throws {
        let model = "aiReview: { model: m, url: 'https://a.example' }"
        let screening = "screening: { analyzers: [advisory, static, ai-review], holdUntil: [static, ai-review] }"
        let configuration = try Loading.configuration(Loading.minimal("\(model)\n\(screening)"))
        #expect(configuration.defaultPolicy.holdUntil == [.static_, .aiReview])
        let refused = "'ai-review' asks a model and none is configured; set aiReview, or remove it here"
        #expect(
            Loading.problems(Loading.minimal(screening)) == [
                "line 3: screening.analyzers: \(refused)", "line 3: screening.holdUntil: \(refused)",
            ])
        #expect(
            Loading.problems(Loading.minimal("ecosystems: { npm: { analyzers: [advisory, static, ai-review] } }"))
                == ["line 3: ecosystems.npm.analyzers: \(refused)"])
        let registry = """
            registries:
              a:
                ecosystem: npm
                type: upstream
                url: "https://registry.npmjs.org/"
                public: true
                screening: { analyzers: [advisory, static, ai-review] }
            """
        #expect(Loading.problems(registry) == ["line 7: registries.a.screening.analyzers: \(refused)"])
    }
}
