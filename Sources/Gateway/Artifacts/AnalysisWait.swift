import Cryptography
import Registry
import Screening
import VerdictStore

/// Asks for what an artifact's analyses lack, and waits until each is in the log or was given up.
///
/// Whoever waits is woken by the log's knowledge and by the job queue; nobody looks by the clock.
struct AnalysisWait: Sendable {
    let admission: Admission
    let desk: AnalysisDesk
    let knowledge: KnowledgeIndex

    /// Waits until nothing is under way any more, or the task is cancelled.
    ///
    /// - Returns: how far each analysis has got that the log still lacks, or why they cannot be asked for.
    func untilAnalysed(
        _ artifact: ListedArtifact, _ view: PackageView, _ digests: ComputedDigests, priority: JobPriority
    ) async -> Result<AnalysisDesk.Progress, AnalysisDeskError> {
        var progress: AnalysisDesk.Progress = [:]
        while !Task.isCancelled {
            // Taken before the look, so that what changes after it ends the wait below.
            let failures = desk.jobs.revision(of: digests.sha512)
            let current = admission.renewed(view)
            let judgement = current.judge(artifact)
            do throws(AnalysisDeskError) {
                progress = try await desk.progress(
                    of: judgement, in: current, bytes: digests, priority: priority, others: priority)
            } catch {
                return .failure(error)
            }
            let isRunning = progress.values.contains { state in
                if case .running = state { true } else { false }
            }
            guard isRunning else { break }
            await anyChange(of: digests.sha512, judgement.knowledgeRevision, failures)
        }
        return .success(progress)
    }

    /// Suspends until the log says something new of the bytes, or one of their jobs was given up.
    func anyChange(of sha512: SHA512Digest, _ knowledgeRevision: UInt64, _ failures: UInt64) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [knowledge] in await knowledge.waitForChange(of: sha512, after: knowledgeRevision) }
            group.addTask { [desk] in await desk.jobs.waitForChange(of: sha512, after: failures) }
            await group.next()
            group.cancelAll()
        }
    }
}
