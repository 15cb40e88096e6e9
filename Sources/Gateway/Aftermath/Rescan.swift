import Cryptography
import Platform
import Registry
import Screening
import TransparencyLog
import VerdictStore

/// Has artifacts analysed again whose newest verdict was made by other rules than those of now, or that an operator names.
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

    private static let atOnce = 64
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

    /// What a selection, or nil for everything that is outdated, would analyse again: how many, and how many of them are
    /// here.
    func preview(_ selection: RescanSelection?) async throws(Refusal) -> (matching: Int, here: Int) {
        let found = try await selected(selection)
        return (found.count, found.count { stores.artifacts.contains($0.sha512) })
    }

    /// Takes an order; it is durable when this returns.
    ///
    /// - Returns: how many artifacts match.
    func ask(_ selection: RescanSelection?) async throws(Refusal) -> Int {
        let matching = try await selected(selection).count
        if let selection {
            let order = RescanOrder(selection, before: stores.log.size.value)
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

    private func selected(_ selection: RescanSelection?) async throws(Refusal) -> [JudgedSubject] {
        guard let ruleset else { throw .failed("there is no static analyzer here") }
        let judged = stores.log.knowledge.judged(by: .static_)
        guard let selection else { return judged.filter { $0.ruleset != ruleset } }
        let choice: Choice
        do throws(LogError) { choice = try await Choice([RescanOrder(selection, before: .max)], names) } catch {
            throw .failed("\(error)")
        }
        let found = judged.filter { choice.wants($0) }
        guard !found.isEmpty else { throw .nothingMatches(Self.words(selection)) }
        return found
    }

    /// The rules whose digest begins with these digits, among those that verdicts were made by.
    func ruleset(beginningWith digits: String) throws(Refusal) -> SHA256Digest {
        let known = Set(stores.log.knowledge.judged(by: .static_).map(\.ruleset)).sorted()
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

    private var ruleset: SHA256Digest? { settings.current.analyzerRulesets[.static_]?.digest }

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
        // Verdicts by rules that were revoked would not be taken.
        guard let ruleset, !stores.log.knowledge.isRevoked(ruleset: ruleset) else { return true }
        var tried: Set<SHA512Digest> = []
        while !Task.isCancelled {
            let (ringing, orders) = (bell.ringing, book.orders)
            let pending: [JudgedSubject]
            do throws(LogError) {
                pending = try await self.pending(orders, ruleset).filter { !tried.contains($0.sha512) }
            } catch {
                logger.warning("what is to be analysed again cannot be told: \(error)")
                return false
            }
            guard !pending.isEmpty else { return await finish(orders, hasWorked: !tried.isEmpty) }
            // What the last round did is told until there is something to do again.
            if tried.isEmpty { count.withLock { $0 = RescanProgress() } }
            count.withLock { $0.begin(pending.count) }
            for start in stride(from: 0, to: pending.count, by: Self.atOnce) where bell.ringing == ringing {
                let piece = pending[start..<min(start + Self.atOnce, pending.count)]
                guard await work(on: piece, ruleset) else { return false }
                tried.formUnion(piece.map(\.sha512))
            }
        }
        return false
    }

    /// Everything that is wanted, what somebody named before what is only outdated.
    private func pending(_ orders: [RescanOrder], _ ruleset: SHA256Digest) async throws(LogError) -> [JudgedSubject] {
        let choice = try await Choice(orders, names)
        let judged = stores.log.knowledge.judged(by: .static_)
        let named = judged.filter { choice.wants($0) }
        let outdated = judged.filter { $0.ruleset != ruleset && !choice.wants($0) }
        return named + outdated
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
    /// - Returns: false when the task was cancelled or the queue cannot be asked.
    private func work(on piece: ArraySlice<JudgedSubject>, _ ruleset: SHA256Digest) async -> Bool {
        var asked: [(subject: JudgedSubject, request: JobRequest)] = []
        for subject in piece {
            guard let request = await request(for: subject, ruleset) else {
                count.withLock { $0.absent += 1 }
                continue
            }
            while true {
                guard await room.places() != nil else { return false }
                do throws(JobQueueError) {
                    _ = try await jobs.enqueue(request)
                    break
                } catch {
                    // Clients were faster; the places are counted anew.
                    guard case .full = error else {
                        logger.warning("artifacts cannot be analysed again: \(error)")
                        return false
                    }
                }
            }
            asked.append((subject, request))
        }
        for (subject, request) in asked {
            guard await settle(subject, request) else { return false }
        }
        return true
    }

    private func settle(_ subject: JudgedSubject, _ request: JobRequest) async -> Bool {
        let knowledge = stores.log.knowledge
        while !Task.isCancelled {
            // Taken before the looks, so that what changes after them ends the wait.
            let revision = knowledge.about(subject.sha512).revision
            let failures = jobs.revision(of: subject.sha512)
            if let now = knowledge.newest(by: .static_, about: subject.sha512), now.logIndex > subject.logIndex {
                count.withLock { $0.finish(request.purl, isWorse: now.verdict > subject.verdict) }
                return true
            }
            let progress: AnalysisProgress
            do throws(JobQueueError) { progress = try await jobs.progress(of: request.key) } catch {
                logger.warning("how far the analysis of \(request.purl.text) is cannot be told: \(error)")
                return false
            }
            switch progress {
            case .running: await change(of: subject.sha512, revision, failures)
            // The verdict may have come between the two looks.
            case _ where knowledge.about(subject.sha512).revision != revision: continue
            case .notRequested:
                // Said again in the very second in which it was said first: the log keeps one of two equal statements.
                count.withLock { $0.finish(request.purl, isWorse: false) }
                return true
            case .unavailable(let cause):
                logger.warning("\(request.purl.text) could not be analysed again: \(cause)")
                count.withLock { $0.failed += 1 }
                return true
            }
        }
        return false
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

    /// The analysis of an artifact that is here, under a name and file name that it was fetched by; nil when it is not.
    private func request(for subject: JudgedSubject, _ ruleset: SHA256Digest) async -> JobRequest? {
        guard let bytes = stores.artifacts.digests(of: subject.sha512) else { return nil }
        for purl in await names.names(of: subject.sha512) {
            guard let version = purl.version else { continue }
            for source in settings.current.topology.registries(of: purl.name.ecosystem) {
                guard let facts = try? await stores.history.facts(of: purl.name, at: source.name) else { continue }
                let filenames = facts.filter { $0.value.sha512 == subject.sha512 }.keys
                guard let filename = filenames.min() else { continue }
                return JobRequest(
                    key: JobKey(sha512: subject.sha512, analyzer: .static_, ruleset: ruleset), sha256: bytes.sha256,
                    purl: purl, filename: filename, ecosystem: purl.name.ecosystem,
                    registryFacts: RegistryFacts(name: purl.name.canonical, version: version.text), priority: .rescan,
                    sizeBytes: bytes.sizeBytes)
            }
        }
        return nil
    }
}

/// Orders made ready to be compared with artifacts.
private struct Choice {
    private let orders: [(order: RescanOrder, artifacts: Set<SHA512Digest>?)]

    init(_ orders: [RescanOrder], _ names: KnownNames) async throws(LogError) {
        var ready: [(RescanOrder, Set<SHA512Digest>?)] = []
        for order in orders {
            switch order.selection {
            case .all, .ruleset: ready.append((order, nil))
            case .package(let purl): ready.append((order, try await names.artifacts(named: purl, by: .static_)))
            }
        }
        self.orders = ready
    }

    func wants(_ subject: JudgedSubject) -> Bool {
        orders.contains { order, artifacts in
            guard subject.logIndex < order.before else { return false }
            switch order.selection {
            case .all: return true
            case .package: return artifacts?.contains(subject.sha512) ?? false
            case .ruleset(let digest): return subject.ruleset == digest
            }
        }
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
