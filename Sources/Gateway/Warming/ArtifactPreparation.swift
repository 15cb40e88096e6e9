import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// Has artifacts fetched and analysed that nobody waits for: the one way to do so.
///
/// Behind everything that clients wait for, never into the half of the job queue that is theirs, and never what policy
/// refuses whatever an analysis says.
struct ArtifactPreparation: Sendable {
    let admission: Admission
    let fetcher: ArtifactFetcher
    let desk: AnalysisDesk
    let wait: AnalysisWait
    let room: QueueRoom
    let pausing: any Pausing

    /// How the analyses of an artifact ended.
    enum Settlement: Sendable, Equatable {
        case settled
        /// Some of them were given up; why, in words.
        case givenUp(String)
        /// Nothing came of them for longer than any analysis takes.
        case unsettled
        /// They cannot be asked for now; why.
        case refused(String)
    }

    /// Longer than all attempts of an analysis take; then other packages come first.
    private static let patience = Duration.seconds(3600)
    /// A job may end without a change that anybody hears of, such as when its worker dies.
    private static let longestSilence = Duration.seconds(60)

    /// Whether an analysis ahead makes sense: what is served, what waits for one, and what is only too young, so that the
    /// cooldown doubles as scan time.
    static func isWanted(_ judgement: Judgement) -> Bool {
        switch judgement.decision.outcome {
        case .serve: true
        case .block: false
        case .hold: judgement.isAwaitingAnalysis || judgement.decision.code == .heldCooldown
        }
    }

    /// Fetches an artifact and asks for its analyses, without waiting for them.
    ///
    /// - Throws: `ArtifactFetchError` or `AnalysisDeskError`.
    func ask(for artifact: ListedArtifact, of view: PackageView) async throws {
        guard await room.places() != nil else { return }
        let digests = try await fetcher.ensure(artifact, of: view)
        let current = admission.renewed(view)
        _ = try await desk.progress(of: current.judge(artifact), in: current, bytes: digests, priority: .warm)
    }

    /// Asks for the analyses of an artifact that is here, and waits until none is under way.
    func settle(_ artifact: ListedArtifact, of view: PackageView, _ digests: ComputedDigests) async -> Settlement {
        guard await room.places() != nil else { return .refused("the job queue cannot be asked") }
        let rounds = Int(Self.patience / Self.longestSilence)
        for _ in 0..<rounds where !Task.isCancelled {
            let end = await waiting(atMost: Self.longestSilence, pausing) {
                await wait.untilAnalysed(artifact, view, digests, priority: .warm)
            }
            switch end {
            case .ended: continue
            case .value(.failure(let error)): return .refused(Self.words(error))
            case .value(.success(let progress)):
                // What found no room in the queue is asked for again: the next version is to stand on it.
                if progress.values.contains(.notRequested), !desk.isComplete(admission.renewed(view).judge(artifact)),
                    await room.places() != nil
                {
                    continue
                }
                return Self.settlement(progress)
            }
        }
        return .unsettled
    }

    private static func settlement(_ progress: AnalysisDesk.Progress) -> Settlement {
        let causes = progress.sorted { $0.key.text < $1.key.text }.compactMap { analyzer, state -> String? in
            switch state {
            case .unavailable(let cause): "\(analyzer.text): \(cause)"
            case .notRequested, .running: nil
            }
        }
        return causes.isEmpty ? .settled : .givenUp(causes.joined(separator: "; "))
    }

    private static func words(_ error: AnalysisDeskError) -> String {
        switch error {
        case .full: "the job queue is full"
        case .failed(let reason): reason
        case .abandoned: "the gateway is stopping"
        }
    }
}
