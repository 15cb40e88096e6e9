import Analyzers
import Cryptography
import Platform
import VerdictStore

/// Where it is written what models cost and answered.
protocol ReviewRecords: Sendable {
    func reserve(
        _ tokens: Int, for sha512: SHA512Digest, on day: Int64, within ceilings: ReviewBook.Ceilings
    ) async throws(DatabaseError) -> ReviewBook.Outcome
    func settle(_ reservation: ReviewBook.Reservation, spent: Int) async throws(DatabaseError)
    func spending(on day: Int64) async throws(DatabaseError) -> ReviewBook.Spending
    func answer(to question: SHA256Digest) async throws(DatabaseError) -> [UInt8]?
    func keep(_ answer: [UInt8], for question: SHA256Digest) async throws(DatabaseError)
}

extension ReviewBook: ReviewRecords {}

/// Sees to it that questions to models stay below the ceilings, over all workers and restarts.
struct CostLedger: Sendable {
    let book: any ReviewRecords
    let settings: ReviewSettings
    let clock: any WallClock
    /// Whether the artifact was reviewed before: such reviews leave half of the day to what is new.
    var isRescan = false

    private var ceilings: ReviewBook.Ceilings {
        ReviewBook.Ceilings(
            perArtifact: settings.maxTokensPerArtifact,
            perDay: isRescan ? settings.maxTokensPerDay / 2 : settings.maxTokensPerDay)
    }

    /// Makes sure that a review which may wait finds anything left of the day, before it costs as much as a child.
    ///
    /// - Throws: `AnalysisFailure` with the cause `limit` when it does not.
    func requireRoom() async throws(AnalysisFailure) {
        // What is new may find an answer that was kept, for which nothing has to be left.
        guard isRescan else { return }
        let spent: Int
        do throws(DatabaseError) {
            spent = try await book.spending(on: Self.day(clock.now())).tokens
        } catch {
            throw ReviewShelf.failure(error)
        }
        guard spent + ReviewPrompt.overheadTokens + settings.maxAnswerTokens <= ceilings.perDay else {
            throw AnalysisFailure(
                cause: .limit, detail: "half of today's tokens are spent, and the rest is for what is new")
        }
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
    /// - Throws: `DatabaseError`; all that was set aside then counts.
    func settle(_ reservation: ReviewBook.Reservation, tokens: Int?) async throws(DatabaseError) {
        try await book.settle(reservation, spent: tokens ?? reservation.tokens)
    }

    /// Days since 1970, UTC.
    static func day(_ now: Timestamp) -> Int64 { now.secondsSinceEpoch / 86_400 }
}

/// Valid answers, so that the same question about the same bytes is paid for once.
struct ReviewCache: Sendable {
    let book: any ReviewRecords
    let unkept: UnkeptAnswers

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
        if let held = unkept.answer(to: question) {
            // Perhaps there is room on the disk again.
            try? await keep(held, for: question)
            return try? ReviewAnswer(parsing: held, about: material)
        }
        // Without what was kept, the model is asked again.
        guard let kept = try? await book.answer(to: question) else { return nil }
        return try? ReviewAnswer(parsing: kept, about: material)
    }

    /// Keeps an answer; one that cannot be written is held until this process ends, since it was paid for.
    ///
    /// - Throws: `DatabaseError` when it could not be written.
    func keep(_ answer: ReviewAnswer, for question: SHA256Digest) async throws(DatabaseError) {
        try await keep(answer.encoded, for: question)
    }

    private func keep(_ answer: [UInt8], for question: SHA256Digest) async throws(DatabaseError) {
        unkept.hold(answer, to: question)
        try await book.keep(answer, for: question)
        unkept.forget(question)
    }
}

/// Answers that are not on disk.
final class UnkeptAnswers: Sendable {
    private let answers = Lock<[SHA256Digest: [UInt8]]>([:])
    private static let maxCount = 1000

    func answer(to question: SHA256Digest) -> [UInt8]? { answers.withLock { $0[question] } }

    func forget(_ question: SHA256Digest) { answers.withLock { $0[question] = nil } }

    /// Beyond the bound nothing more is held, and what is asked again is paid for again.
    func hold(_ answer: [UInt8], to question: SHA256Digest) {
        answers.withLock { answers in
            if answers.count < Self.maxCount || answers[question] != nil { answers[question] = answer }
        }
    }
}
