import Advisories
import Cryptography
import HTTP
import Platform
import Registry
import Screening

/// Asks a live service about versions of which the bundles know nothing. Off unless it is configured.
///
/// It only ever adds problems: no answer, a broken one or none in time leaves the decision to the bundles, and is counted
/// and logged.
final class LiveAdvisories: Sendable {
    private typealias Question = LiveAnswers.Question

    /// How many questions ended in which way.
    struct Counts: Sendable, Equatable {
        var clean = 0
        var found = 0
        var failed = 0
        /// Not asked, because the service failed too often just now.
        var skipped = 0
    }

    private struct State {
        var answers: LiveAnswers
        var counts = Counts()
        var failuresInARow = 0
        var restsUntil: Timestamp?
        var lastFailure: String?
    }

    private enum Abandoned: Error {
        case overloaded
        case ended
    }

    private let settings: Settings
    private let client: any UpstreamFetching
    private let clock: any WallClock
    private let logger: Logger
    /// Where records are judged.
    private let scratch: String
    private let flights: SingleFlight<Question, Void, Abandoned>
    private let state: Lock<State>
    private let disk = BlockingPool(name: "live", threads: 1)

    private static let maxAnswers = 100_000
    private static let maxFlights = 256
    private static let maxFailuresInARow = 3
    private static let rest = Duration.seconds(30)

    init(
        settings: Settings, client: any UpstreamFetching, scope: TaskScope, scratch: String, clock: any WallClock,
        logger: Logger, maxAnswers: Int = LiveAdvisories.maxAnswers
    ) {
        self.settings = settings
        self.client = client
        self.clock = clock
        self.logger = logger
        self.scratch = scratch
        flights = SingleFlight(scope: scope, maxFlights: Self.maxFlights, overloaded: .overloaded, abandoned: .ended)
        state = Lock(State(answers: LiveAnswers(maxEntries: maxAnswers)))
    }

    /// The service, when one is configured.
    var service: LiveFallback? { settings.current.configuration.liveFallback }

    var counts: Counts { state.withLock { $0.counts } }
    var answerCount: Int { state.withLock { $0.answers.count } }
    var epoch: UInt64 { state.withLock { $0.answers.epoch } }

    /// Why the last question failed; nil while the service answers.
    var problem: String? { state.withLock { $0.lastFailure } }

    /// The problems that the service is known to know of a version. Never asks.
    func facts(about name: PackageName, _ version: PackageVersion) -> [AdvisoryFact] {
        state.withLock { $0.answers.facts(Question(name: name, version: version)) }
    }

    /// Whether a question about the version would be asked now.
    func isOpen(_ name: PackageName, _ version: PackageVersion, snapshot: String) -> Bool {
        guard let service else { return false }
        let now = clock.now()
        let basis = Self.basis(service, snapshot)
        return state.withLock {
            !$0.answers.isAnswered(Question(name: name, version: version), basis: basis, now: now)
        }
    }

    /// Asks about a version unless that was done, once however many clients wait.
    func ask(about name: PackageName, _ version: PackageVersion, snapshot: String) async {
        guard let service, isOpen(name, version, snapshot: snapshot) else { return }
        let question = Question(name: name, version: version)
        guard !isResting else {
            state.withLock { $0.counts.skipped += 1 }
            return
        }
        let basis = Self.basis(service, snapshot)
        // Too many questions at once, or an ending service: the bundles decide.
        try? await flights.join(question) { [self] () throws(Abandoned) in
            await answer(question, service, basis)
        }
    }

    private static func basis(_ service: LiveFallback, _ snapshot: String) -> String { "\(snapshot) \(service.url)" }

    /// Whether the service failed so often that it is left alone for a while; then one question tries it.
    private var isResting: Bool {
        let now = clock.now()
        return state.withLock { state in
            guard let until = state.restsUntil else { return false }
            if now < until && until <= now.adding(Self.rest) { return true }
            state.restsUntil = now.adding(Self.rest)
            return false
        }
    }

    private func answer(_ question: Question, _ service: LiveFallback, _ basis: String) async {
        do {
            let records = try await LiveQuery(name: question.name, version: question.version).ask(service, client)
            let facts = try await judge(records, question)
            let now = clock.now()
            state.withLock { state in
                state.answers.answered(question, facts, basis: basis, now: now, for: service.cacheFor)
                if facts.isEmpty { state.counts.clean += 1 } else { state.counts.found += 1 }
                (state.failuresInARow, state.restsUntil, state.lastFailure) = (0, nil, nil)
            }
        } catch {
            failed(question, service, basis, "\(error)")
        }
    }

    private func judge(_ records: [[UInt8]], _ question: Question) async throws(AdvisoryError) -> [AdvisoryFact] {
        guard !records.isEmpty else { return [] }
        let now = clock.now()
        let matches = try await disk.run { [scratch] () throws(AdvisoryError) in
            try SingleRecords.matches(records, question.name, question.version, scratch: scratch, now: now)
        }
        return matches.map { match in
            AdvisoryFact(
                id: match.id, isMalicious: match.isMalicious, cvssTenths: match.cvssTenths,
                fixedVersions: match.fixedVersions, isLive: true)
        }
    }

    private func failed(_ question: Question, _ service: LiveFallback, _ basis: String, _ reason: String) {
        let now = clock.now()
        let isFirst = state.withLock { state in
            state.answers.unanswered(question, basis: basis, now: now, for: Self.rest)
            state.counts.failed += 1
            state.failuresInARow += 1
            state.lastFailure = reason
            if state.failuresInARow >= Self.maxFailuresInARow { state.restsUntil = now.adding(Self.rest) }
            return state.failuresInARow == 1
        }
        let sentence =
            "live advisories: \(service.url) did not answer about \(question.name): \(reason); "
            + "the bundles decide alone"
        // Of an outage the log says once that it began; the metrics count it.
        if isFirst { logger.warning(sentence) } else { logger.debug(sentence) }
    }
}

/// The bundles' advisories with what the live service was heard to know beyond them.
struct LiveView: AdvisorySnapshot {
    let bundles: any AdvisorySnapshot
    let live: LiveAdvisories
    let epoch: UInt64

    init(bundles: any AdvisorySnapshot, live: LiveAdvisories) {
        self.bundles = bundles
        self.live = live
        epoch = live.epoch
    }

    var identity: String { epoch == 0 ? bundles.identity : "\(bundles.identity)~\(epoch)" }

    /// Analyses are by the bundles, which workers have.
    var digest: SHA256Digest { bundles.digest }

    /// Both together: what was heard stays when the bundles learn of something else, which may be far less.
    func facts(about name: PackageName, _ version: PackageVersion) -> [AdvisoryFact] {
        let known = bundles.facts(about: name, version)
        let heard = live.facts(about: name, version)
        return known + heard.filter { fact in !known.contains { $0.id == fact.id } }
    }

    /// Audits are by the bundles, whose records they show.
    var records: AdvisoryIndex? { bundles.records }

    func availability(
        of ecosystem: Ecosystem, at now: Timestamp, required: Bool, maxAge: Duration
    ) -> AdvisoryAvailability {
        bundles.availability(of: ecosystem, at: now, required: required, maxAge: maxAge)
    }
}
