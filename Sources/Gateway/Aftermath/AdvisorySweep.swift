import Cryptography
import Platform
import Registry
import Screening
import TransparencyLog
import VerdictStore

/// Asks for new advisory verdicts about everything known here of which a new snapshot says something else.
///
/// A round compares, asks, waits until the verdicts are in the log, and compares again until nothing differs; only then
/// is the snapshot marked as swept. A round that is interrupted, by a newer snapshot, a crash or the end of the service,
/// leaves the old mark, so the next one begins anew. Artifacts are compared whether or not their bytes are still in the
/// cache and whether or not a listing can be fetched: an advisory verdict is about a name.
///
/// It leaves half of the job queue to clients, runs on a thread of its own, and takes no lock for longer than one look.
final class AdvisorySweep: Sendable {
    private let source: any AdvisorySource
    private let settings: Settings
    private let log: VerdictLog
    private let jobs: WatchedJobQueue
    private let comparison: SweepComparison
    private let room: QueueRoom
    private let markPath: String
    private let pausing: any Pausing
    private let logger: Logger
    private let bell = Bell()
    private let memory = Lock(Memory())

    /// What the process knows besides what is on disk.
    private struct Memory {
        /// The snapshot that was swept last, while it is at hand.
        var swept: (any AdvisorySnapshot)?
        /// The mark as it would be on disk, were that writable.
        var mark: SweepMark?
    }

    /// How long after a round that could not finish the next one begins; doubled each time.
    private static let firstRetry = Duration.seconds(600)
    private static let lastRetry = Duration.seconds(6 * 3600)
    /// How long a verdict is waited for before its job is looked at again.
    private static let longestWait = Duration.seconds(30)

    init(
        source: any AdvisorySource, settings: Settings, stores: GatewayStores, jobs: WatchedJobQueue,
        review: AdvisoryReview, pausing: any Pausing, logger: Logger
    ) {
        self.source = source
        self.settings = settings
        log = stores.log
        self.jobs = jobs
        comparison = SweepComparison(knowledge: stores.log.knowledge, reader: stores.logReader, review: review)
        room = QueueRoom(jobs: jobs, pausing: pausing)
        markPath = stores.logReader.directory.sweptAdvisoriesPath
        self.pausing = pausing
        self.logger = logger
    }

    /// Has a round follow, with the snapshot of now; one that is under way is given up for it.
    func ring() { bell.ring() }

    /// Has a round follow when a verdict, made while the snapshot changed, says something else than the snapshot of now.
    func check(_ subject: AdvisorySubject, _ verdict: VerdictStatement) {
        guard let version = subject.purl.version,
            let answer = source.current().answer(about: subject.purl.name, version), !answer.isSaid(by: verdict)
        else { return }
        ring()
    }

    /// Works until the task is cancelled.
    func run() async {
        // What changed while no process ran is looked at first.
        var retry = Self.firstRetry
        while !Task.isCancelled {
            let ringing = bell.ringing
            if await round(ringing) {
                retry = Self.firstRetry
                await bell.wait(after: ringing)
            } else if bell.ringing == ringing {
                let end = await waiting(atMost: retry, pausing) { [bell] in await bell.wait(after: ringing) }
                if case .ended = end { retry = min(retry * 2, Self.lastRetry) }
            }
        }
    }

    /// - Returns: whether there is nothing left to do for this snapshot.
    private func round(_ ringing: UInt64) async -> Bool {
        let snapshot = source.current()
        // Without a snapshot nothing is known that was not known before.
        guard !snapshot.identity.isEmpty else { return true }
        // Verdicts by rules that were revoked would not be taken.
        if let rules = settings.current.analyzerRulesets[.advisory], log.knowledge.isRevoked(ruleset: rules.digest) {
            return true
        }
        // Taken before the look: what is logged after it is looked at by the next round.
        let size = log.size.value
        let (mark, swept) = (await mark(), memory.withLock { $0.swept })
        let (scope, since) = SweepMark.scope(of: mark, swept, current: snapshot, logSize: size)
        if scope == .nothing, since == size { return await finish(snapshot, mark) }
        do throws(SweepComparison.Failure) {
            var differing = try await comparison.differing(snapshot, within: scope, since: since) {
                self.isOver(ringing)
            }
            if isOver(ringing) { return false }
            if !differing.isEmpty {
                logger.info("advisories: \(differing.count) known artifacts are judged otherwise now")
                guard await ask(differing, snapshot, ringing), await settle(differing, snapshot, ringing) else {
                    return false
                }
                let asked = differing.count
                differing = try await comparison.stillDiffering(differing, snapshot)
                logger.info("advisories: \(asked - differing.count) known artifacts have a new verdict")
            }
            guard differing.isEmpty else {
                logger.warning(
                    "advisories: \(differing.count) known artifacts, \(differing[0].subject.purl.text) first, wait for a "
                        + "new verdict; they are asked for again later (jurat status shows the workers)")
                return false
            }
        } catch {
            logger.warning("advisories: what is known here cannot be compared with the new snapshot: \(error)")
            return false
        }
        return await finish(snapshot, SweepMark(snapshot: snapshot.identity, logSize: size))
    }

    private func isOver(_ ringing: UInt64) -> Bool { Task.isCancelled || bell.ringing != ringing }

    // MARK: The mark

    private func mark() async -> SweepMark? {
        if let mark = memory.withLock({ $0.mark }) { return mark }
        let path = markPath
        do throws(SweepMarkError) {
            return try await comparison.pool.run { () throws(SweepMarkError) in try SweepMark(path: path) }
        } catch {
            logger.warning("everything known is compared with the advisories anew: \(error)")
            return nil
        }
    }

    private func finish(_ snapshot: any AdvisorySnapshot, _ mark: SweepMark?) async -> Bool {
        let isNew = memory.withLock { memory in
            defer {
                memory.swept = snapshot
                memory.mark = mark
            }
            return memory.mark != mark
        }
        guard isNew, let mark else { return true }
        let (path, logger) = (markPath, logger)
        await comparison.pool.run {
            do throws(FileError) { try mark.write(to: path) } catch {
                // ✝ The next start compares again what this one did.
                logger.warning("that the advisories were compared with everything known is not kept: \(error)")
            }
        }
        return true
    }

    // MARK: Asking and waiting

    /// - Returns: false when the round is over before everything was asked for.
    private func ask(_ differing: [DifferingVerdict], _ snapshot: any AdvisorySnapshot, _ ringing: UInt64) async -> Bool
    {
        var places = 0
        for verdict in differing {
            if places == 0 {
                guard let free = await room.places() else { return false }
                places = free
            }
            if isOver(ringing) { return false }
            do throws(JobQueueError) {
                _ = try await jobs.enqueue(verdict.request(at: snapshot.digest))
                places -= 1
            } catch {
                switch error {
                // Clients were faster; the places are counted anew.
                case .full: places = 0
                case .leaseLost, .database:
                    logger.warning("advisories: new verdicts cannot be asked for: \(error)")
                    return false
                }
            }
        }
        return true
    }

    /// Waits until each verdict is in the log or its job was given up.
    ///
    /// - Returns: false when the round is over before.
    private func settle(
        _ differing: [DifferingVerdict], _ snapshot: any AdvisorySnapshot, _ ringing: UInt64
    ) async -> Bool {
        for verdict in differing {
            let key = verdict.request(at: snapshot.digest).key
            while true {
                // Taken before the looks, so that what changes after them ends the wait.
                let known = log.knowledge.about(key.sha512).revision
                let failures = jobs.revision(of: key.sha512)
                if isOver(ringing) { return false }
                guard (try? await comparison.stillDiffering([verdict], snapshot))?.isEmpty == false,
                    case .running? = try? await jobs.progress(of: key)
                else { break }
                await change(of: key.sha512, known, failures, ringing)
            }
        }
        return true
    }

    private func change(of digest: SHA512Digest, _ known: UInt64, _ failures: UInt64, _ ringing: UInt64) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [log] in await log.knowledge.waitForChange(of: digest, after: known) }
            group.addTask { [jobs] in await jobs.waitForChange(of: digest, after: failures) }
            group.addTask { [bell] in await bell.wait(after: ringing) }
            group.addTask { [pausing] in await pausing.pause(for: Self.longestWait) }
            await group.next()
            group.cancelAll()
        }
    }
}
