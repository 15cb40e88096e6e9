/// How artifacts are reviewed by models, as `aiReview` says.
public struct AIReviewSettings: Sendable, Equatable {
    /// The form in which an endpoint is spoken to.
    public enum WireFormat: String, Sendable, CaseIterable {
        case openai, anthropic
    }

    /// What an endpoint is asked to hold the answer to.
    public enum AnswerFormat: String, Sendable, CaseIterable {
        case schema, object, text
    }

    /// One model of the panel.
    public struct Model: Sendable, Equatable {
        public let name: String
        public let format: WireFormat
        /// Without a slash at its end; https, or http to this machine.
        public let url: String
        /// The file that holds the key; nil where none is needed.
        public let keyPath: String?
        public let answerFormat: AnswerFormat
        /// In hundredths; nil leaves it to the endpoint.
        public let temperature: Int?
    }

    /// At least one, no two alike.
    public let models: [Model]
    /// How many models must answer validly before anything is clean.
    public let quorum: Int
    public let maxTokensPerArtifact: Int
    public let maxTokensPerDay: Int
    public let maxAnswerTokens: Int
    public let timeout: Duration
    /// How many artifacts are with models at once, over all workers.
    public let concurrency: Int

    /// The most artifacts that may be with models at once.
    public static let maxConcurrency = 32
    /// The most models of a panel.
    public static let maxModels = 8
    /// What instructions, and the least of a package that is worth asking about, take of every question.
    public static let leastQuestionTokens = 3000
    /// How often each model may be asked about one artifact.
    static let maxTries = 2

    /// The least that the ceiling for one artifact may be with so many models.
    public static func leastTokensPerArtifact(models: Int, answerTokens: Int) -> Int {
        models * maxTries * (answerTokens + leastQuestionTokens)
    }
}

extension ConfigurationLoader {
    /// The `aiReview` section with every default written out; the models beside the first stand in `panel`.
    static func write(_ review: AIReviewSettings?, to text: inout YAMLWriter) {
        guard let review, let first = review.models.first else {
            text.bare("aiReview", "null")
            return
        }
        text.section("aiReview") { text in
            write(first, to: &text)
            text.list("panel", of: Array(review.models.dropFirst())) { write($0, to: &$1) }
            text.bare("quorum", "\(review.quorum)")
            text.bare("maxTokensPerArtifact", "\(review.maxTokensPerArtifact)")
            text.bare("maxTokensPerDay", "\(review.maxTokensPerDay)")
            text.bare("maxAnswerTokens", "\(review.maxAnswerTokens)")
            text.bare("timeout", Quantity.text(review.timeout))
            text.bare("concurrency", "\(review.concurrency)")
        }
    }

    private static func write(_ model: AIReviewSettings.Model, to text: inout YAMLWriter) {
        text.line("model", model.name)
        text.bare("protocol", model.format.rawValue)
        text.line("url", model.url)
        text.line("keyFile", model.keyPath)
        text.bare("answerFormat", model.answerFormat.rawValue)
        text.bare("temperature", model.temperature.map { Quantity.text(hundredths: $0) } ?? "null")
    }
}
