import Analyzers
import Configuration
import Platform
import Registry
import Screening
import VerdictStore

/// What the doctor says about reviews by models: whether they are on, what they are shown, and what they may cost.
enum ModelChecks {
    static func all(_ configuration: ServiceConfiguration, _ data: DataDirectory, now: Timestamp) async -> [DoctorCheck]
    {
        guard let review = configuration.aiReview else {
            return [DoctorCheck("models", .ok, "none is asked about packages (aiReview is not set)")]
        }
        return [panel(configuration, review)] + review.models.compactMap(key) + [await costs(review, data, now: now)]
    }

    private static func panel(_ configuration: ServiceConfiguration, _ review: AIReviewSettings) -> DoctorCheck {
        let names = review.models.map(\.name).joined(separator: ", ")
        let asking = configuration.topology.definitions.map(\.name).filter {
            configuration.policies[$0]?.analyzers.contains(.aiReview) ?? false
        }
        guard !asking.isEmpty else {
            return DoctorCheck(
                "models", .warn, "\(names): configured, and no registry asks for 'ai-review'",
                advice: "add 'ai-review' to screening.analyzers, or remove aiReview")
        }
        return DoctorCheck(
            "models", .ok,
            "\(names), \(review.quorum) of \(review.models.count) must answer, up to \(review.concurrency) artifacts at once; for \(asking.map(\.text).joined(separator: ", ")); "
                + "their clean lifts nothing")
    }

    /// Whether a key file can be used; nil for a model without one.
    private static func key(_ model: AIReviewSettings.Model) -> DoctorCheck? {
        guard let path = model.keyPath else { return nil }
        let name = "key of \(model.name)"
        do throws(FileError) {
            let isEmpty = try Files.readAll(path, maxBytes: 4096).allSatisfy { $0 <= 0x20 }
            guard !isEmpty else {
                return DoctorCheck(name, .fail, "\(path) is empty", advice: "write the key into it, on one line")
            }
            guard try Files.permissions(path) & 0o077 == 0 else {
                return DoctorCheck(name, .warn, "\(path) can be read by others", advice: "chmod 600 \(path)")
            }
            return DoctorCheck(name, .ok, "\(path), for this user alone")
        } catch {
            return DoctorCheck(name, .fail, "\(error)", advice: "make it readable for the user that runs the workers")
        }
    }

    private static func costs(
        _ review: AIReviewSettings, _ data: DataDirectory, now: Timestamp
    ) async -> DoctorCheck {
        let ceilings = "at most \(review.maxTokensPerArtifact) tokens an artifact and \(review.maxTokensPerDay) a day"
        guard Files.exists(data.reviewsPath) else { return DoctorCheck("model costs", .ok, "\(ceilings); none so far") }
        do throws(DatabaseError) {
            let book = try ReviewBook(path: data.reviewsPath)
            let today = try await book.spending(on: now.secondsSinceEpoch / 86_400)
            await book.close()
            let isSpent = today.tokens + review.maxTokensPerArtifact / 2 > review.maxTokensPerDay
            return DoctorCheck(
                "model costs", isSpent ? .warn : .ok,
                "\(ceilings); today \(today.tokens) for \(today.artifacts) artifacts",
                advice: isSpent ? "what comes now waits for tomorrow (UTC), or raise aiReview.maxTokensPerDay" : nil)
        } catch {
            return DoctorCheck("model costs", .fail, "\(error)", advice: "without it no model is asked")
        }
    }
}
