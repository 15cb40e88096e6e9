import Analyzers
import Cryptography
import HTTP
import Platform
import Registry
import VerdictStore

/// Has models review one artifact: asks each, counts the cost, and lets the panel judge.
struct ArtifactReview: Sendable {
    let settings: ReviewSettings
    let ledger: CostLedger
    let cache: ReviewCache
    let clients: ModelClients
    let logger: Logger
    /// Before a question is repeated.
    var pause = Duration.seconds(2)

    /// What is reviewed.
    struct Subject: Sendable {
        let sha512: SHA512Digest
        /// The older artifact in diff mode.
        let base: SHA512Digest?
        let purl: PackageURL
        /// What the report says besides.
        var remarks: [DetailedFinding] = []
    }

    /// The panel's report, or why there is none.
    func report(on material: ReviewMaterial, of subject: Subject) async -> Result<AnalysisReport, AnalysisFailure> {
        guard !material.passages.isEmpty else {
            return .failure(
                AnalysisFailure(cause: .garbage, detail: "the artifact has no text that a model could be shown"))
        }
        let prompt = ReviewPrompt(material, about: subject.purl)
        let turns = await turns(prompt, material, subject)
        let votes = turns.map { turn -> ReviewPanel.Vote in
            switch turn {
            case .success(let answer): .valid(answer)
            case .failure: .invalid
            }
        }
        let panel = ReviewPanel(quorum: settings.quorum)
        if let report = panel.report(votes, about: material, by: settings.revision, remarks: subject.remarks) {
            return .success(report)
        }
        for (model, turn) in zip(settings.models, turns) {
            if case .failure(let failure) = turn {
                return .failure(AnalysisFailure(cause: failure.cause, detail: "\(model.name): \(failure.detail)"))
            }
        }
        preconditionFailure("a panel without a report has an invalid vote")
    }

    /// What became of each model's turn, in the order of the models, all at once.
    private func turns(
        _ prompt: ReviewPrompt, _ material: ReviewMaterial, _ subject: Subject
    ) async -> [Result<ReviewAnswer, AnalysisFailure>] {
        await withTaskGroup(of: (Int, Result<ReviewAnswer, AnalysisFailure>).self) { group in
            for (index, model) in settings.models.enumerated() {
                group.addTask {
                    do throws(AnalysisFailure) {
                        return (index, .success(try await turn(of: model, prompt, material, subject)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var turns: [(Int, Result<ReviewAnswer, AnalysisFailure>)] = []
            for await turn in group { turns.append(turn) }
            return turns.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// One model's answer: one that was kept, or a new one, asked for once more when that may help.
    private func turn(
        of model: ReviewSettings.Model, _ prompt: ReviewPrompt, _ material: ReviewMaterial, _ subject: Subject
    ) async throws(AnalysisFailure) -> ReviewAnswer {
        let question = ReviewCache.question(prompt, to: model, about: subject.sha512, base: subject.base)
        if let kept = await cache.answer(to: question, about: material) { return kept }
        var tries = 1
        while true {
            switch try await ask(model, prompt, material, subject) {
            case .success(let answer):
                await noting("\(model.name)'s answer about \(subject.purl) cannot be kept") {
                    () async throws(DatabaseError) in try await cache.keep(answer, for: question)
                }
                return answer
            case .failure(let fault):
                guard fault.isWorthRepeating, tries < ReviewSettings.maxTries, !Task.isCancelled else {
                    throw fault.failure
                }
                tries += 1
                try? await Task.sleep(for: pause)
            }
        }
    }

    /// Asks once, and counts it whatever comes of it.
    private func ask(
        _ model: ReviewSettings.Model, _ prompt: ReviewPrompt, _ material: ReviewMaterial, _ subject: Subject
    ) async throws(AnalysisFailure) -> Result<ReviewAnswer, TurnFault> {
        let endpoint = ModelEndpoint(
            model: model, client: clients.client(for: model.url), timeout: .seconds(settings.timeoutSeconds),
            maxAnswerTokens: settings.maxAnswerTokens)
        let reservation = try await ledger.reserve(prompt, about: subject.sha512)
        switch await endpoint.ask(prompt) {
        case .failure(let failure):
            await settle(reservation, tokens: failure.isFree ? 0 : nil)
            return .failure(.endpoint(failure))
        case .success(let reply):
            await settle(reservation, tokens: reply.tokens)
            do throws(ReviewAnswer.Fault) {
                return .success(try ReviewAnswer(parsing: reply.text, about: material))
            } catch {
                return .failure(.answer(error))
            }
        }
    }

    private func settle(_ reservation: ReviewBook.Reservation, tokens: Int?) async {
        await noting("what a question cost cannot be written, so the most that it may have cost counts") {
            () async throws(DatabaseError) in try await ledger.settle(reservation, tokens: tokens)
        }
    }

    /// Writes what an answer that was paid for does not depend on.
    private func noting(_ problem: String, _ write: () async throws(DatabaseError) -> Void) async {
        do throws(DatabaseError) { try await write() } catch { logger.error("\(problem): \(error)") }
    }
}

/// Why a model gave no valid answer.
enum TurnFault: Error, Equatable {
    case endpoint(ModelEndpoint.Failure)
    case answer(ReviewAnswer.Fault)

    var isWorthRepeating: Bool {
        switch self {
        case .endpoint(let failure): failure.isWorthRepeating
        case .answer: true
        }
    }

    /// As it is reported to the gateway.
    var failure: AnalysisFailure {
        switch self {
        case .answer(let fault): AnalysisFailure(cause: .garbage, detail: "\(fault)")
        case .endpoint(let failure):
            switch failure {
            case .timedOut: AnalysisFailure(cause: .time, detail: failure.sentence)
            case .tooLong, .contentType, .wire: AnalysisFailure(cause: .garbage, detail: failure.sentence)
            case .notSent, .notReached, .broken, .status: AnalysisFailure(cause: .crash, detail: failure.sentence)
            }
        }
    }
}
