import Analyzers
import Configuration
import Platform
import VerdictStore

/// How workers learn which models are asked: a file in the data folder, written by `serve` and read for each job.
enum ReviewSettingsFile {
    /// Brings the file up to the configuration; without models there is none.
    ///
    /// - Throws: `CommandFailure`; workers then go on as before.
    static func write(_ review: AIReviewSettings?, in data: DataDirectory) throws(CommandFailure) {
        do throws(FileError) {
            try replace(data.reviewSettingsPath, by: review)
        } catch {
            throw CommandFailure(.failure, "workers cannot be told which models to ask: \(error)")
        }
    }

    private static func replace(_ path: String, by review: AIReviewSettings?) throws(FileError) {
        guard let review else {
            if Files.exists(path) { try Files.remove(path) }
            return
        }
        let bytes = ReviewSettings(review).encoded
        if Files.exists(path), try Files.readAll(path) == bytes { return }
        // ✝ Whole or not at all: a worker reads the settings of before or those of now.
        try Files.writeDurably(bytes, to: path)
    }
}

extension ReviewSettings {
    /// What the configuration says of models.
    init(_ review: AIReviewSettings) {
        self.init(
            models: review.models.map(Model.init), quorum: review.quorum,
            maxTokensPerArtifact: review.maxTokensPerArtifact, maxTokensPerDay: review.maxTokensPerDay,
            maxAnswerTokens: review.maxAnswerTokens, timeoutSeconds: Int(review.timeout.components.seconds))
    }
}

extension ReviewSettings.Model {
    fileprivate init(_ model: AIReviewSettings.Model) {
        self.init(
            name: model.name, format: ReviewSettings.WireFormat(model.format), url: model.url, keyPath: model.keyPath,
            answerFormat: ReviewSettings.AnswerFormat(model.answerFormat), temperature: model.temperature)
    }
}

extension ReviewSettings.WireFormat {
    fileprivate init(_ format: AIReviewSettings.WireFormat) {
        switch format {
        case .openai: self = .openai
        case .anthropic: self = .anthropic
        }
    }
}

extension ReviewSettings.AnswerFormat {
    fileprivate init(_ format: AIReviewSettings.AnswerFormat) {
        switch format {
        case .schema: self = .schema
        case .object: self = .object
        case .text: self = .text
        }
    }
}
