import Cryptography
import JSON
public import Screening

/// How artifacts are reviewed by models: which are asked, in which way, and what that may cost.
///
/// `jurat serve` writes it into the data folder for its workers, so it holds no secret: keys are named by their files.
public struct ReviewSettings: Sendable, Equatable {
    /// The form in which an endpoint is spoken to.
    public enum WireFormat: String, Sendable, CaseIterable {
        /// Chat completions as many servers have them.
        case openai
        /// Messages as Anthropic has them.
        case anthropic
    }

    /// What an endpoint is asked to hold the answer to. Whatever it does, the answer is checked.
    public enum AnswerFormat: String, Sendable, CaseIterable {
        /// Our JSON schema, as `response_format` of the kind `json_schema`.
        case schema
        /// Any JSON object, as `response_format` of the kind `json_object`, with our schema beside it.
        case object
        /// Nothing.
        case text
    }

    /// One model.
    public struct Model: Sendable, Equatable {
        /// As the endpoint knows it; printable ASCII without spaces and commas.
        public let name: String
        public let format: WireFormat
        /// The address that the format's path is put behind, without a slash at its end.
        public let url: String
        /// The file that holds the key; nil for endpoints that ask for none.
        public let keyPath: String?
        public let answerFormat: AnswerFormat
        /// In hundredths; nil leaves it to the endpoint.
        public let temperature: Int?

        public init(
            name: String, format: WireFormat, url: String, keyPath: String? = nil, answerFormat: AnswerFormat = .text,
            temperature: Int? = 0
        ) {
            self.name = name
            self.format = format
            self.url = url
            self.keyPath = keyPath
            self.answerFormat = answerFormat
            self.temperature = temperature
        }
    }

    /// At least one.
    public let models: [Model]
    /// How many of them must answer validly before anything is clean.
    public let quorum: Int
    /// Tokens that may be spent on one artifact on one day, by all models and repetitions together.
    public let maxTokensPerArtifact: Int
    /// Tokens that may be spent on one day, which begins at midnight UTC.
    public let maxTokensPerDay: Int
    /// Tokens of one answer.
    public let maxAnswerTokens: Int
    /// For one answer, from connecting to its last byte.
    public let timeoutSeconds: Int

    /// How often a model is asked at most for one review.
    public static let maxTries = 2
    /// With less room than this for a package, a review would be of nothing.
    public static let leastMaterialTokens = 500

    public init(
        models: [Model], quorum: Int, maxTokensPerArtifact: Int = 60_000, maxTokensPerDay: Int = 2_000_000,
        maxAnswerTokens: Int = 1500, timeoutSeconds: Int = 120
    ) {
        precondition((1...models.count).contains(quorum), "a quorum is at least one and at most all models")
        self.models = models
        self.quorum = quorum
        self.maxTokensPerArtifact = maxTokensPerArtifact
        self.maxTokensPerDay = maxTokensPerDay
        self.maxAnswerTokens = maxAnswerTokens
        self.timeoutSeconds = timeoutSeconds
    }

    /// The tokens that a package's lines may cost in one prompt, so that every model can be asked as often as it may be
    /// without passing the artifact's ceiling; nil when that leaves too few.
    public var materialTokens: Int? {
        let each = maxTokensPerArtifact / (models.count * Self.maxTries)
        let left = each - maxAnswerTokens - ReviewPrompt.overheadTokens
        return left >= Self.leastMaterialTokens ? left : nil
    }

    /// The least ceiling for one artifact with so many models.
    public static func leastTokensPerArtifact(models: Int, answerTokens: Int) -> Int {
        models * maxTries * (answerTokens + ReviewPrompt.overheadTokens + leastMaterialTokens)
    }

    /// The bytes that encoded material may take. A token stands for no fewer than one byte of it.
    public var materialRoom: Int { min((materialTokens ?? 0) * 3, ReviewMaterial.maxBytes) }

    // MARK: The analyzer

    /// The models as statements name them.
    public var modelNames: String { models.map(\.name).joined(separator: ",") }

    /// The analyzer with these settings; its ruleset covers rules, prompt, models and what else decides what they see.
    public var revision: AnalyzerRevision {
        AnalyzerRevision(
            id: .aiReview, version: RuleCatalog.reviewVersion, model: modelNames,
            ruleset: RulesetReference(name: "ai-review", digest: rulesetDigest))
    }

    private var rulesetDigest: SHA256Digest {
        var lines = [
            "jurat review ruleset", RuleCatalog.digest(of: .aiReview, version: RuleCatalog.reviewVersion).hex,
            ReviewPrompt.templateDigest.hex, "\(quorum)", "\(materialRoom)", "\(maxAnswerTokens)",
        ]
        for model in models {
            lines += [
                model.name, model.format.rawValue, model.answerFormat.rawValue,
                model.temperature.map { "\($0)" } ?? "none",
            ]
        }
        return SHA256Digest(hashing: Array(lines.map { "\($0.utf8.count) \($0)\n" }.joined().utf8))
    }
}

// MARK: As a file

extension ReviewSettings {
    /// The settings as canonical JSON.
    public var encoded: [UInt8] {
        let value: JSONValue = [
            "maxAnswerTokens": .integer(Int64(maxAnswerTokens)),
            "maxTokensPerArtifact": .integer(Int64(maxTokensPerArtifact)),
            "maxTokensPerDay": .integer(Int64(maxTokensPerDay)), "models": .array(models.map(\.record)),
            "quorum": .integer(Int64(quorum)), "timeoutSeconds": .integer(Int64(timeoutSeconds)),
        ]
        do throws(CanonicalJSONError) {
            return try CanonicalJSON.encode(value)
        } catch {
            preconditionFailure("settings are made of values that canonical JSON has: \(error)")
        }
    }

    /// Reads settings; nil for what `encoded` does not write.
    public init?(decoding bytes: [UInt8]) {
        guard let object = try? CanonicalJSON.parse(bytes), let list = object["models"]?.arrayValue,
            let quorum = object["quorum"]?.integerValue, let artifact = object["maxTokensPerArtifact"]?.integerValue,
            let day = object["maxTokensPerDay"]?.integerValue, let answer = object["maxAnswerTokens"]?.integerValue,
            let seconds = object["timeoutSeconds"]?.integerValue
        else { return nil }
        let models = list.compactMap(Model.init)
        guard models.count == list.count, !models.isEmpty, (1...Int64(models.count)).contains(quorum),
            [artifact, day, answer, seconds].allSatisfy({ $0 > 0 })
        else { return nil }
        self.init(
            models: models, quorum: Int(quorum), maxTokensPerArtifact: Int(artifact), maxTokensPerDay: Int(day),
            maxAnswerTokens: Int(answer), timeoutSeconds: Int(seconds))
    }
}

extension ReviewSettings.Model {
    fileprivate var record: JSONValue {
        var object: JSONObject = [
            "answerFormat": .string(answerFormat.rawValue), "format": .string(format.rawValue), "name": .string(name),
            "url": .string(url),
        ]
        if let keyPath { object.append("keyPath", .string(keyPath)) }
        if let temperature { object.append("temperature", .integer(Int64(temperature))) }
        return .object(object)
    }

    fileprivate init?(reading value: JSONValue) {
        guard let name = value["name"]?.stringValue, let url = value["url"]?.stringValue,
            let format = value["format"]?.stringValue.flatMap(ReviewSettings.WireFormat.init(rawValue:)),
            let answer = value["answerFormat"]?.stringValue.flatMap(ReviewSettings.AnswerFormat.init(rawValue:))
        else { return nil }
        self.init(
            name: name, format: format, url: url, keyPath: value["keyPath"]?.stringValue, answerFormat: answer,
            temperature: value["temperature"]?.integerValue.map { Int($0) })
    }
}
