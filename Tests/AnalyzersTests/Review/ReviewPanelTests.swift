import Cryptography
import Screening
import TestSupport
import Testing

@testable import Analyzers

@Suite("A panel of models")
struct ReviewPanelTests {
    private func answer(_ text: String) throws -> ReviewPanel.Vote {
        .valid(try ReviewAnswer(parsing: Array(text.utf8), about: shownSample))
    }

    private var clean: ReviewPanel.Vote { get throws { try answer(#"{"verdict":"clean","findings":[]}"#) } }
    private var suspicious: ReviewPanel.Vote {
        get throws {
            try answer(
                #"{"verdict":"suspicious","findings":[{"rule":"AI-CREDENTIALS","path":"package/index.js","line":4}]}"#)
        }
    }
    private var malicious: ReviewPanel.Vote {
        get throws {
            try answer(
                #"{"verdict":"malicious","findings":[{"rule":"AI-CREDENTIALS","path":"package/index.js","line":4}]}"#)
        }
    }

    private func report(_ votes: [ReviewPanel.Vote], quorum: Int) -> AnalysisReport? {
        let settings = ReviewSettings(models: [.init(name: "m", format: .openai, url: "https://m.example")], quorum: 1)
        return ReviewPanel(quorum: quorum).report(votes, about: shownSample, by: settings.revision)
    }

    @Test("the worst valid answer counts")
    func worst() throws {
        #expect(report([try clean, try clean], quorum: 2)?.verdict == .clean)
        #expect(report([try clean, try suspicious], quorum: 2)?.verdict == .suspicious)
        #expect(report([try malicious, try clean, try suspicious], quorum: 3)?.verdict == .malicious)
        #expect(report([try suspicious, try malicious], quorum: 1)?.verdict == .malicious)
    }

    @Test("nothing is clean without the quorum, and what is worse stands without it")
    func quorum() throws {
        #expect(report([.invalid], quorum: 1) == nil)
        #expect(report([try clean, .invalid], quorum: 2) == nil)
        #expect(report([try clean, .invalid, .invalid], quorum: 2) == nil)
        let enough = try #require(report([try clean, .invalid], quorum: 1))
        #expect(enough.verdict == .clean)
        #expect(enough.findings.map(\.finding.evidence).contains("ai-without-quorum"))
        #expect(report([try malicious, .invalid, .invalid], quorum: 3)?.verdict == .malicious)
        #expect(report([try suspicious, .invalid], quorum: 2)?.verdict == .suspicious)
    }

    @Test("a report has our words alone, each claim once with how many models made it")
    func findings() throws {
        let report = try #require(report([try suspicious, try malicious, try clean], quorum: 3))
        #expect(report.findings.map(\.finding.rule) == ["AI-VERDICT", "AI-CREDENTIALS", "AI-PARTIAL", "AI-PARTIAL"])
        let claim = try #require(report.findings.first { $0.finding.rule == "AI-CREDENTIALS" })
        #expect(claim.finding.count == 2 && claim.finding.line == 4 && claim.finding.path == "package/index.js")
        #expect(claim.finding.severity == .suspicious && claim.finding.evidence == "ai-credentials")
        #expect(claim.message == "a model points out that passwords, keys, tokens, wallets or browser data are read")
        for finding in report.findings { #expect(RuleCatalog.sentence(for: finding.finding) == finding.message) }
    }
}

@Suite("Settings of reviews")
struct ReviewSettingsTests {
    private let model = ReviewSettings.Model(
        name: "org/model:7b", format: .openai, url: "http://127.0.0.1:8080/v1", keyPath: "/k", answerFormat: .schema,
        temperature: 25)

    @Test("the ruleset's digest follows the models and how they are asked, and not where they are or what they cost")
    func digest() {
        func digest(
            name: String = "a", url: String = "https://x.example", format: ReviewSettings.WireFormat = .openai,
            answer: ReviewSettings.AnswerFormat = .text, temperature: Int? = 0, quorum: Int = 1,
            day: Int = 2_000_000, artifact: Int = 60_000
        ) -> String {
            let first = ReviewSettings.Model(
                name: name, format: format, url: url, answerFormat: answer, temperature: temperature)
            let settings = ReviewSettings(
                models: [first, model], quorum: quorum, maxTokensPerArtifact: artifact, maxTokensPerDay: day)
            return settings.revision.ruleset.digest.hex
        }
        let same = digest()
        #expect(digest(url: "https://y.example", day: 5_000_000) == same)
        let others = [
            digest(name: "b"), digest(format: .anthropic), digest(answer: .schema), digest(temperature: 10),
            digest(temperature: nil), digest(quorum: 2), digest(artifact: 50_000),
        ]
        #expect(Set(others + [same]).count == others.count + 1)
    }

    @Test("a statement names the models, and the settings go through their file unchanged")
    func file() throws {
        let settings = ReviewSettings(
            models: [model, .init(name: "second", format: .anthropic, url: "https://m.example", temperature: nil)],
            quorum: 2, maxTokensPerArtifact: 50_000, maxTokensPerDay: 70_000, maxAnswerTokens: 900, timeoutSeconds: 7)
        #expect(settings.revision.model == "org/model:7b,second")
        #expect(settings.revision.id == .aiReview)
        #expect(ReviewSettings(decoding: settings.encoded) == settings)
        let text = String(decoding: settings.encoded, as: UTF8.self)
        for (old, new) in [
            (#""quorum":2"#, #""quorum":3"#), (#""quorum":2"#, #""quorum":0"#),
            (#""maxTokensPerDay":70000"#, #""maxTokensPerDay":0"#),
            (#""format":"openai""#, #""format":"other""#), (#""timeoutSeconds":7"#, #""timeoutSeconds":"7""#),
        ] {
            let changed = text.replacing(old, with: new)
            #expect(changed != text)
            #expect(ReviewSettings(decoding: Array(changed.utf8)) == nil, "\(new)")
        }
    }

    @Test("every model can be asked as often as it may be without passing the artifact's ceiling")
    func room() throws {
        for (models, ceiling) in [(1, 60_000), (3, 60_000), (8, 200_000)] {
            let panel = (0..<models).map {
                ReviewSettings.Model(name: "m\($0)", format: .openai, url: "https://m.example")
            }
            let settings = ReviewSettings(models: panel, quorum: models, maxTokensPerArtifact: ceiling)
            let tokens = try #require(settings.materialTokens)
            let question = tokens + ReviewPrompt.overheadTokens + settings.maxAnswerTokens
            #expect(question * models * ReviewSettings.maxTries <= ceiling)
            // A prompt over as much material as there is room for costs no more than that.
            let line = String(repeating: "é", count: 40)
            let artifact = try npmTarball { tar in
                for index in 0..<30 {
                    tar.addFile("package/\(index).js", (0..<100).map { "// \($0) \(line)\n" }.joined())
                }
            }
            let material = try reviewMaterial(artifact, room: settings.materialRoom)
            let prompt = ReviewPrompt(material, about: artifact.context.purl)
            #expect(prompt.tokens + settings.maxAnswerTokens <= question)
        }
        let tight = ReviewSettings.leastTokensPerArtifact(models: 2, answerTokens: 1500)
        let two = [model, ReviewSettings.Model(name: "b", format: .openai, url: "https://m.example")]
        #expect(ReviewSettings(models: two, quorum: 2, maxTokensPerArtifact: tight).materialTokens != nil)
        #expect(ReviewSettings(models: two, quorum: 2, maxTokensPerArtifact: tight - 4).materialTokens == nil)
    }
}
