import Analyzers
import Cryptography
import Platform
import VerdictStore

/// Sees to it that questions to models stay below the ceilings, over all workers and restarts.
struct CostLedger: Sendable {
    let book: ReviewBook
    let settings: ReviewSettings
    let clock: any WallClock

    private var ceilings: ReviewBook.Ceilings {
        ReviewBook.Ceilings(perArtifact: settings.maxTokensPerArtifact, perDay: settings.maxTokensPerDay)
    }

    /// Sets aside what one question may cost at most.
    ///
    /// - Throws: `AnalysisFailure` with the cause `limit` when a ceiling forbids it.
    func reserve(
        _ prompt: ReviewPrompt, about sha512: SHA512Digest
    ) async throws(AnalysisFailure) -> ReviewBook.Reservation {
        let tokens = prompt.tokens + settings.maxAnswerTokens
        let day = Self.day(clock.now())
        let outcome: ReviewBook.Outcome
        do throws(DatabaseError) {
            outcome = try await book.reserve(tokens, for: sha512, on: day, within: ceilings)
        } catch {
            throw ReviewShelf.failure(error)
        }
        switch outcome {
        case .reserved(let reservation): return reservation
        case .artifactCeiling(let left):
            throw AnalysisFailure(
                cause: .limit,
                detail: "a question of up to \(tokens) tokens is more than the \(left) left for this artifact today")
        case .dayCeiling(let left):
            throw AnalysisFailure(
                cause: .limit, detail: "a question of up to \(tokens) tokens is more than the \(left) left for today")
        }
    }

    /// Counts what a question cost: what the endpoint says, or all that was set aside when it says nothing.
    ///
    /// - Throws: `AnalysisFailure`; all that was set aside then counts.
    func settle(_ reservation: ReviewBook.Reservation, tokens: Int?) async throws(AnalysisFailure) {
        do throws(DatabaseError) {
            try await book.settle(reservation, spent: tokens ?? reservation.tokens)
        } catch {
            throw ReviewShelf.failure(error)
        }
    }

    /// Days since 1970, UTC.
    static func day(_ now: Timestamp) -> Int64 { now.secondsSinceEpoch / 86_400 }
}

/// Valid answers, so that the same question about the same bytes is paid for once.
struct ReviewCache: Sendable {
    let book: ReviewBook

    /// What a question is, besides the artifact: the older artifact, every word of it, and who is asked in which way.
    static func question(
        _ prompt: ReviewPrompt, to model: ReviewSettings.Model, about sha512: SHA512Digest, base: SHA512Digest?
    ) -> SHA256Digest {
        let lines = [
            "jurat review question", sha512.hex, base?.hex ?? "", prompt.digest.hex, model.name, model.url,
            model.format.rawValue, model.answerFormat.rawValue, model.temperature.map { "\($0)" } ?? "",
        ]
        return SHA256Digest(hashing: Array(lines.map { "\($0.utf8.count) \($0)\n" }.joined().utf8))
    }

    /// The kept answer, checked like a new one.
    func answer(to question: SHA256Digest, about material: ReviewMaterial) async -> ReviewAnswer? {
        // Without what was kept, the model is asked again.
        guard let kept = try? await book.answer(to: question) else { return nil }
        return try? ReviewAnswer(parsing: kept, about: material)
    }

    /// - Throws: `AnalysisFailure`.
    func keep(_ answer: ReviewAnswer, for question: SHA256Digest) async throws(AnalysisFailure) {
        do throws(DatabaseError) {
            try await book.keep(answer.encoded, for: question)
        } catch {
            throw ReviewShelf.failure(error)
        }
    }
}
