import Cryptography
import Platform
import Registry
import Screening
import TransparencyLog
import VerdictStore

/// Has artifacts analysed again whose newest verdicts were made by other rules than those of now, or that an operator names.
///
/// Only artifacts that are here: what is fetched again later is asked for then. What is left is told from the log and the
/// orders on disk, so an interruption costs nothing but the jobs under way. It is behind everything else in the queue,
/// leaves half of it to clients, and has few jobs there at a time.
final class Rescan: Sendable {
    private let settings: Settings
    private let stores: GatewayStores
    private let jobs: WatchedJobQueue
    private let room: QueueRoom
    private let names: KnownNames
    private let book: RescanBook
    private let pausing: any Pausing
    private let logger: Logger
    private let bell = Bell()
    private let count = Lock(RescanProgress())

    /// Those with rules over bytes. Advisory verdicts are made anew with every snapshot.
    static let analyzers: [AnalyzerID] = [.static_, .diff, .aiReview]
    private static let atOnce = 64
    /// Models may think for minutes, and cost: what needs none is done before, and again as soon as there is more of it.
    private static let reviewsAtOnce = 8
    /// A job may end without a change that anybody hears of.
    private static let longestWait = Duration.seconds(5)
    /// How long after failures everything that is left is looked at again.
    private static let retryAfter = Duration.seconds(3600)

    init(settings: Settings, stores: GatewayStores, jobs: WatchedJobQueue, pausing: any Pausing, logger: Logger) {
        self.settings = settings
        self.stores = stores
        self.jobs = jobs
        self.pausing = pausing
        self.logger = logger
        room = QueueRoom(jobs: jobs, pausing: pausing)
        names = KnownNames(reader: stores.logReader, thread: "rescan", logger: logger)
        let opened = RescanBook.open(path: stores.logReader.directory.rescanPath)
        book = opened.book
        if let problem = opened.problem { logger.warning("what was to be analysed again is forgotten: \(problem)") }
    }

    var progress: RescanProgress { count.withLock { $0 } }
    var orders: [RescanOrder] { book.orders }

    /// Looks for verdicts by other rules; to be called when the rules may have changed.
    func rulesChanged() { bell.ring() }

    // MARK: Orders

    enum Refusal: Error, Sendable {
        case nothingMatches(String)
        case malformed(String)
        case tooMany
        case failed(String)
    }

    /// What a selection, or nil for everything that is outdated, would analyse again: how many artifacts, and how many of
    /// them are here.
    func preview(
        _ selection: RescanSelection?, by analyzer: AnalyzerID? = nil
    ) async throws(Refusal) -> (matching: Int, here: Int) {
        let found = try await selected(selection, analyzer)
        return (found.count, found.count { stores.artifacts.contains($0.sha512) })
    }

    /// Takes an order; it is durable when this returns.
    ///
    /// - Returns: how many artifacts match.
    func ask(_ selection: RescanSelection?, by analyzer: AnalyzerID? = nil) async throws(Refusal) -> Int {
        let matching = try await selected(selection, analyzer).count
        if let selection {
            let order = RescanOrder(selection, by: analyzer, before: stores.log.size.value)
            let isTaken: Bool
            do throws(FileError) { isTaken = try await book.add(order) } catch { throw .failed("\(error)") }
            guard isTaken else { throw .tooMany }
        }
        // Both at once: whoever asks next must not see the end of an earlier round.
        count.withLock { count in
            count.isRunning = true
            bell.ring()
        }
        return matching
    }

    private func selected(
        _ selection: RescanSelection?, _ analyzer: AnalyzerID?
    ) async throws(Refusal) -> [OutdatedSubject] {
        let rules = rules.filter { analyzer == nil || $0.analyzer == analyzer }
        guard !rules.isEmpty else { throw .failed("there is no such analyzer here, or no registry has it run") }
        let knowledge = stores.log.knowledge
        guard let selection else { return OutdatedSubject.among(knowledge, rules) }
        let choice: RescanChoice
        do throws(LogError) {
            choice = try await RescanChoice([RescanOrder(selection, by: analyzer, before: .max)], names)
        } catch {
            throw .failed("\(error)")
        }
        let found = OutdatedSubject.among(knowledge, rules, named: choice).filter(\.isNamed)
        guard !found.isEmpty else { throw .nothingMatches(Self.words(selection)) }
        return found
    }

    /// The rules whose digest begins with these digits, among those that verdicts were made by.
    func ruleset(beginningWith digits: String) throws(Refusal) -> SHA256Digest {
        let known = Set(Self.analyzers.flatMap { stores.log.knowledge.judged(by: $0).map(\.ruleset) }).sorted()
        let found = known.filter { $0.hex.hasPrefix(digits) }
        guard let first = found.first else { throw .nothingMatches("ruleset \(digits)") }
        guard found.count == 1 else {
            throw .malformed(
                "\(digits) begins \(found.count) rulesets: \(found.map { String($0.hex.prefix(16)) }.joined(separator: ", "))"
            )
        }
        return first
    }

    private static func words(_ selection: RescanSelection) -> String {
        switch selection {
        case .all: "anything"
        case .package(let purl): purl.text
        case .ruleset(let digest): "ruleset \(digest.hex)"
        }
    }

    /// What is analysed again and by which rules, in the order in which it is: analyzers that no registry has run are left
    /// alone.
    private var rules: [RescanRules] {
        let current = settings.current
        let policies = current.topology.definitions.map { current.policy(of: $0.name) }
        return Self.analyzers.compactMap { analyzer in
            guard let ruleset = current.analyzerRulesets[analyzer],
                analyzer == .static_ || policies.contains(where: { ($0.analyzers + $0.holdUntil).contains(analyzer) })
            else { return nil }
            return RescanRules(analyzer: analyzer, ruleset: ruleset.digest)
        }
    }

    // MARK: Work

    /// Works until the task is cancelled.
    func run() async {
        // What was left by an earlier process, or judged by the rules of an earlier version.
        while !Task.isCancelled {
            let ringing = bell.ringing
            let isDone = await round()
            count.withLock { if bell.ringing == ringing { $0.isRunning = false } }
            if isDone {
                await bell.wait(after: ringing)
            } else {
                _ = await waiting(atMost: Self.retryAfter, pausing) { [bell] in await bell.wait(after: ringing) }
            }
        }
    }

    /// - Returns: whether nothing is left that could be done.
    private func round() async -> Bool {
        var (tried, reviewed): (Set<SHA512Digest>, Set<SHA512Digest>) = ([], [])
        while !Task.isCancelled {
            // Verdicts by rules that were revoked would not be taken.
            let rules = rules.filter { !stores.log.knowledge.isRevoked(ruleset: $0.ruleset) }
            let (ringing, orders) = (bell.ringing, book.orders)
            var pending: [OutdatedSubject]
            var isReview = false
            do throws(LogError) {
                let (choice, knowledge) = (try await RescanChoice(orders, names), stores.log.knowledge)
                let computed = rules.filter { $0.analyzer != .aiReview }
                pending = OutdatedSubject.among(knowledge, computed, named: choice)
                    .filter { !tried.contains($0.sha512) }
                if pending.isEmpty {
                    isReview = true
                    pending = OutdatedSubject.among(
                        knowledge, rules.filter { $0.analyzer == .aiReview }, named: choice
                    ).filter { !reviewed.contains($0.sha512) }
                }
            } catch {
                logger.warning("what is to be analysed again cannot be told: \(error)")
                return false
            }
            let hasWorked = !tried.isEmpty || !reviewed.isEmpty
            guard !pending.isEmpty else { return await finish(orders, hasWorked: hasWorked) }
            // What the last round did is told until there is something to do again.
            if !hasWorked { count.withLock { $0 = RescanProgress() } }
            count.withLock { $0.begin(pending.count) }
            let size = isReview ? Self.reviewsAtOnce : Self.atOnce
            for start in stride(from: 0, to: pending.count, by: size) where bell.ringing == ringing {
                let piece = pending[start..<min(start + size, pending.count)]
                // What models cannot be paid for now may be paid for later.
                guard await work(on: piece) == .goOn else { return false }
                if isReview { reviewed.formUnion(piece.map(\.sha512)) } else { tried.formUnion(piece.map(\.sha512)) }
            }
        }
        return false
    }

    private func finish(_ orders: [RescanOrder], hasWorked: Bool) async -> Bool {
        do throws(FileError) { try await book.finish(orders) } catch {
            logger.warning("that artifacts were analysed again is not kept: \(error)")
        }
        let done = progress
        if hasWorked {
            logger.info(
                "rescan: \(done.done) of \(done.total) artifacts were analysed again, \(done.worse.count) are judged worse, "
                    + "\(done.failed) failed, \(done.absent) are not here")
        }
        return !hasWorked || done.failed == 0
    }

    /// Asks for the analyses of some artifacts and waits until each is in the log or was given up.
    ///
    private func work(on piece: ArraySlice<OutdatedSubject>) async -> Course {
        var asked: [(subject: OutdatedSubject, requests: [JobRequest])] = []
        for subject in piece {
            let requests = await requests(for: subject)
            guard !requests.isEmpty else {
                count.withLock { $0.absent += 1 }
                continue
            }
            for request in requests {
                guard await queue(request) else { return .stop }
            }
            asked.append((subject, requests))
        }
        var unpaid = 0
        for (subject, requests) in asked {
            guard let end = await settle(subject, requests) else { return .stop }
            if end == .unpaid { unpaid += 1 }
        }
        // One alone may have used up its own share.
        return unpaid > 0 && unpaid == asked.count ? .stop : .goOn
    }

    private enum Course {
        case goOn
        /// The task was cancelled, the queue cannot be asked, or nothing is left that models could be paid with.
        case stop
    }

    private func queue(_ request: JobRequest) async -> Bool {
        while true {
            guard await room.places() != nil else { return false }
            do throws(JobQueueError) {
                _ = try await jobs.enqueue(request)
                return true
            } catch {
                // Clients were faster; the places are counted anew.
                guard case .full = error else {
                    logger.warning("artifacts cannot be analysed again: \(error)")
                    return false
                }
            }
        }
    }

    /// Waits for every analysis of one artifact, and counts the artifact.
    ///
    /// - Returns: the worst of their ends; nil when the task was cancelled or the queue cannot be asked.
    private func settle(_ subject: OutdatedSubject, _ requests: [JobRequest]) async -> End? {
        var (isWorse, failure): (Bool, End?) = (false, nil)
        for (said, request) in zip(subject.said, requests) {
            guard let end = await end(of: request, after: said) else { return nil }
            switch end {
            case .judged(let worse): isWorse = isWorse || worse
            case .failed, .unpaid: failure = end
            }
        }
        count.withLock { count in
            if failure != nil { count.failed += 1 } else { count.finish(requests[0].purl, isWorse: isWorse) }
        }
        return failure ?? .judged(isWorse: isWorse)
    }

    private enum End: Equatable {
        case judged(isWorse: Bool)
        case failed
        /// A ceiling forbids to ask models.
        case unpaid
    }

    /// How an analysis ended; nil when the task was cancelled or the queue cannot be asked.
    private func end(of request: JobRequest, after said: JudgedSubject) async -> End? {
        let (knowledge, analyzer) = (stores.log.knowledge, request.key.analyzer)
        while !Task.isCancelled {
            // Taken before the looks, so that what changes after them ends the wait.
            let revision = knowledge.about(said.sha512).revision
            let failures = jobs.revision(of: said.sha512)
            if let now = knowledge.newest(by: analyzer, about: said.sha512), now.logIndex > said.logIndex {
                return .judged(isWorse: now.verdict > said.verdict)
            }
            let progress: AnalysisProgress
            do throws(JobQueueError) { progress = try await jobs.progress(of: request.key) } catch {
                logger.warning("how far the analysis of \(request.purl.text) is cannot be told: \(error)")
                return nil
            }
            switch progress {
            case .running: await change(of: said.sha512, revision, failures)
            // The verdict may have come between the two looks.
            case _ where knowledge.about(said.sha512).revision != revision: continue
            // Said again in the very second in which it was said first: the log keeps one of two equal statements.
            case .notRequested: return .judged(isWorse: false)
            case .unavailable(let cause):
                logger.warning("\(request.purl.text) could not be analysed again by \(analyzer): \(cause)")
                return analyzer == .aiReview && cause == JobFailure.Cause.limit.rawValue ? .unpaid : .failed
            }
        }
        return nil
    }

    private func change(of digest: SHA512Digest, _ revision: UInt64, _ failures: UInt64) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [stores] in await stores.log.knowledge.waitForChange(of: digest, after: revision) }
            group.addTask { [jobs] in await jobs.waitForChange(of: digest, after: failures) }
            group.addTask { [pausing] in await pausing.pause(for: Self.longestWait) }
            await group.next()
            group.cancelAll()
        }
    }

    /// The analyses of an artifact that is here, under a name and file name that it was fetched by; none when it is not.
    private func requests(for subject: OutdatedSubject) async -> [JobRequest] {
        guard let bytes = stores.artifacts.digests(of: subject.sha512) else { return [] }
        for purl in await names.names(of: subject.sha512) {
            guard let version = purl.version else { continue }
            for source in settings.current.topology.registries(of: purl.name.ecosystem) {
                guard let facts = try? await stores.history.facts(of: purl.name, at: source.name) else { continue }
                let filenames = facts.filter { $0.value.sha512 == subject.sha512 }.keys
                guard let filename = filenames.min() else { continue }
                return subject.rules.map { rules in
                    JobRequest(
                        key: JobKey(sha512: subject.sha512, analyzer: rules.analyzer, ruleset: rules.ruleset),
                        sha256: bytes.sha256, purl: purl, filename: filename, ecosystem: purl.name.ecosystem,
                        registryFacts: RegistryFacts(name: purl.name.canonical, version: version.text),
                        priority: .rescan, sizeBytes: bytes.sizeBytes)
                }
            }
        }
        return []
    }
}

/// How far a rescan has got.
struct RescanProgress: Sendable, Equatable {
    var isRunning = false
    /// Those that were wanted so far, whatever became of them.
    var total = 0
    var done = 0
    var failed = 0
    /// Those whose bytes are not here any more.
    var absent = 0
    /// Some of those that are judged worse than before, by name.
    private(set) var worse: [String] = []

    private static let maxNamed = 1000

    mutating func begin(_ pending: Int) {
        isRunning = true
        total = done + failed + absent + pending
    }

    mutating func finish(_ purl: PackageURL, isWorse: Bool) {
        done += 1
        if isWorse, worse.count < Self.maxNamed { worse.append(purl.text) }
    }
}
