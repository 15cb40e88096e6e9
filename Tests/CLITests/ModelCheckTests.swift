import Analyzers
import Configuration
import Cryptography
import Gateway
import Platform
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import CLI

@Suite("Models in the doctor and in the data folder")
struct ModelCheckTests {
    private func configuration(_ directory: TemporaryDirectory, _ extra: String) throws -> ServiceConfiguration {
        let text = """
            data: ./data
            registries:
              npmjs: { ecosystem: npm, type: upstream, url: "https://npm.example/", public: true }
            \(extra)
            """
        return try ConfigurationLoader.load(
            bytes: Array(text.utf8), baseDirectory: directory.path,
            environment: ProcessEnvironment(variables: [:]), readFile: { _ in [] }
        ).get()
    }

    private let model =
        "aiReview: { model: house, url: 'https://models.example/v1', keyFile: key, maxTokensPerDay: 100000 }"
    private let screening = "screening: { analyzers: [advisory, static, ai-review] }"

    @Test("the doctor says whether models are asked, by whom, with which key, and what that costs")
    func doctor() async throws {
        let directory = try TemporaryDirectory()
        let now = Timestamp(secondsSinceEpoch: 1_767_225_600)
        let off = try configuration(directory, "")
        let data = DataDirectory(path: off.dataPath)
        try data.create()
        let none = await ModelChecks.all(off, data, now: now)
        #expect(none.map(\.state) == [.ok] && none[0].finding.contains("none is asked"))
        let idle = await ModelChecks.all(try configuration(directory, model), data, now: now)
        #expect(idle.map(\.name) == ["models", "key of house", "model costs"])
        #expect(idle.map(\.state) == [.warn, .fail, .ok])
        let on = try configuration(directory, "\(model)\n\(screening)")
        let key = try directory.write(Array("\n".utf8), to: "key")
        #expect(await ModelChecks.all(on, data, now: now).map(\.state) == [.ok, .fail, .ok])
        try directory.write(Array("secret".utf8), to: "key")
        try Files.setPermissions(0o644, of: key)
        #expect(await ModelChecks.all(on, data, now: now).map(\.state) == [.ok, .warn, .ok])
        try Files.setPermissions(0o600, of: key)
        let book = try ReviewBook(path: data.reviewsPath)
        let ceilings = ReviewBook.Ceilings(perArtifact: 100_000, perDay: 100_000)
        _ = try await book.reserve(90_000, for: SHA512Digest(hashing: []), on: 20_454, within: ceilings)
        await book.close()
        let spent = await ModelChecks.all(on, data, now: now)
        #expect(spent.map(\.state) == [.ok, .ok, .warn])
        #expect(spent[2].finding.contains("today 90000 for 1 artifacts"))
        #expect(spent.allSatisfy { !$0.finding.contains("secret") })
        let place = try #require(OutgoingChecks.places(on).first { $0.name == "model house" })
        #expect(place.url == "https://models.example/v1" && place.tells.contains("text of artifacts"))
    }

    @Test("workers are told about models by a file that comes, changes and goes with the configuration")
    func file() throws {
        let directory = try TemporaryDirectory()
        let on = try configuration(directory, model)
        let data = DataDirectory(path: on.dataPath)
        try data.create()
        try ReviewSettingsFile.write(nil, in: data)
        #expect(!Files.exists(data.reviewSettingsPath))
        try ReviewSettingsFile.write(on.aiReview, in: data)
        let written = try Files.readAll(data.reviewSettingsPath)
        let review = try #require(on.aiReview)
        #expect(ReviewSettings(decoding: written) == ReviewSettings(review))
        #expect(ReviewSettings(review).models.first?.keyPath == directory.path("key"))
        #expect(try Files.permissions(data.reviewSettingsPath) & 0o077 == 0)
        try ReviewSettingsFile.write(nil, in: data)
        #expect(!Files.exists(data.reviewSettingsPath))
    }

    @Test("the gateway knows the analyzer only with a model, under the rules that its statements name")
    func gateway() throws {
        let directory = try TemporaryDirectory()
        let ruleset = StaticAnalyzer.revision.ruleset
        let off = ServedConfiguration.gateway(try configuration(directory, ""), staticRuleset: ruleset)
        #expect(off.analyzerRulesets[.aiReview] == nil)
        let configured = try configuration(directory, model)
        let on = ServedConfiguration.gateway(configured, staticRuleset: ruleset)
        let review = try #require(configured.aiReview)
        #expect(on.analyzerRulesets[.aiReview] == ReviewSettings(review).revision.ruleset)
        #expect(on.analyzerVersions[.aiReview] == ReviewSettings(review).revision.version)
    }

    @Test("whatever ceiling a configuration may set leaves room for a package", arguments: 1...8)
    func ceilings(_ models: Int) {
        for answer in [256, 1500, 32_768] {
            #expect(
                AIReviewSettings.leastTokensPerArtifact(models: models, answerTokens: answer)
                    >= ReviewSettings.leastTokensPerArtifact(models: models, answerTokens: answer))
        }
    }
}
