import JSON
import Platform
import Screening
import VerdictStore

/// Follows the logs of peers, each by a task of its own: asks for the checkpoint, takes over what is new, leaves the peer
/// alone for a while.
///
/// Which logs are followed is what the configuration in force says at each look; a change of it takes effect at once.
final class FollowingService: Sendable {
    let book = FollowBook()
    let settings: Settings
    let store: ForeignStore
    let clock: any WallClock
    private let splitViews: SplitViews
    private let connect: PeerConnecting
    private let records: any RecordKeeping
    private let pausing: any Pausing
    private let chance: @Sendable () -> Double
    private let logger: Logger

    init(
        settings: Settings, store: ForeignStore, splitViews: SplitViews, connect: @escaping PeerConnecting,
        records: any RecordKeeping,
        clock: any WallClock, pausing: any Pausing, logger: Logger,
        chance: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.settings = settings
        self.store = store
        self.splitViews = splitViews
        self.connect = connect
        self.records = records
        self.clock = clock
        self.pausing = pausing
        self.chance = chance
        self.logger = logger
    }

    /// The trust in a log that is followed now; nil when it is not.
    func followed(_ origin: String) -> TrustedLog? {
        guard let trust = settings.current.trust[origin], trust.followURL != nil, trust.isInForce(at: clock.now())
        else {
            return nil
        }
        return trust
    }

    /// Notices another configuration.
    func trustChanged() { book.bell.ring() }

    /// Follows until the calling task is cancelled.
    func run() async {
        await reviewEvidence()
        await withTaskGroup(of: String.self) { group in
            var running: Set<String> = []
            var isListening = false
            while !Task.isCancelled {
                let ringing = book.bell.ringing
                for trust in settings.current.trust.logs where followed(trust.origin) != nil {
                    guard running.insert(trust.origin).inserted else { continue }
                    group.addTask { await self.follow(trust.origin) }
                }
                if !isListening {
                    isListening = true
                    group.addTask {
                        await self.book.bell.wait(after: ringing)
                        return ""
                    }
                }
                // After every end there is another look at what is to be followed: a log may have been switched off and
                // on again before its follower, which ended for it, was taken off the list.
                switch await group.next() {
                case nil: return
                case "": isListening = false
                case let ended?: running.remove(ended)
                }
            }
            group.cancelAll()
        }
    }

    /// - Returns: the origin, when it is followed no more.
    private func follow(_ origin: String) async -> String {
        while !Task.isCancelled {
            let ringing = book.bell.ringing
            guard let trust = followed(origin) else {
                book.forget(origin)
                return origin
            }
            if isDue(origin) {
                await look(at: trust)
                continue
            }
            let left = book.status(of: origin).nextAt.map { clock.now().distance(to: $0) } ?? .zero
            _ = await waiting(atMost: max(left, .seconds(1)), pausing) { [book] in
                await book.bell.wait(after: ringing)
            }
        }
        return origin
    }

    private func isDue(_ origin: String) -> Bool {
        guard let next = book.status(of: origin).nextAt else { return true }
        return next <= clock.now() || book.isRequested(origin)
    }

    /// One look, with its result on record.
    func look(at trust: TrustedLog) async {
        let origin = trust.origin
        book.begin(origin)
        let round = FollowRound(trust: trust, peer: connect(trust.followURL ?? ""), store: store) {
            [book] taken, wanted in
            book.update(origin) { status in
                status.taken = taken
                status.wanted = wanted
            }
        }
        let before = book.status(of: origin)
        do throws(FollowRound.Failure) {
            let outcome = try await round.run()
            ended(origin, problem: nil, isMisbehaviour: false)
            if before.problem != nil { logger.info("following \(origin) works again") }
            if case .taken(let statements, let receipt) = outcome { note(statements, receipt, trust) }
        } catch {
            if Task.isCancelled { return }
            let problem = Logger.printable(error.description)
            if error.isMisbehaviour { await reviewEvidence() }
            ended(origin, problem: problem, isMisbehaviour: error.isMisbehaviour)
            // The same trouble every minute is one line.
            if before.problem != problem { note(problem, error.isMisbehaviour, origin) }
        }
    }

    /// Compares a checkpoint that was seen elsewhere; where it is a later one of a followed log, after fetching from the
    /// log what leads to it.
    func compare(_ trust: TrustedLog, with note: [UInt8]) async throws(FollowRound.Failure) -> NoteComparison {
        do throws(FollowRound.Failure) {
            let first = try await compareHeld(trust, note)
            guard case .later = first, let url = trust.followURL else { return first }
            let peer = PresentedPeer(note: note, log: connect(url))
            _ = try await FollowRound(trust: trust, peer: peer, store: store).run()
            return try await compareHeld(trust, note)
        } catch {
            if error.isMisbehaviour {
                await reviewEvidence()
                self.note(Logger.printable(error.description), true, trust.origin)
            }
            throw error
        }
    }

    private func compareHeld(
        _ trust: TrustedLog, _ note: [UInt8]
    ) async throws(FollowRound.Failure) -> NoteComparison {
        do throws(ExchangeFailure) { return try await store.compare(trust, with: note) } catch {
            throw .exchange(error)
        }
    }

    /// Takes over which logs are known to show two histories.
    func reviewEvidence() async {
        do throws(ExchangeFailure) { splitViews.replace(with: try await store.evidence()) } catch {
            logger.error("evidence about other logs cannot be read: \(error)")
        }
    }

    private func ended(_ origin: String, problem: String?, isMisbehaviour: Bool) {
        let now = clock.now()
        let chance = chance()
        book.update(origin) { status in
            status.isRunning = false
            status.rounds += 1
            status.lastEndedAt = now
            status.problem = problem
            status.isMisbehaviour = isMisbehaviour
            status.failures = problem == nil ? 0 : status.failures + 1
            if problem == nil { status.lastGoodAt = now }
            status.nextAt = now.adding(FollowSchedule.pause(afterFailures: status.failures, chance: chance))
        }
    }

    private func note(_ statements: UInt64, _ receipt: LoggedStatement, _ trust: TrustedLog) {
        logger.info("followed \(trust.origin): \(statements) new entries")
        records.noted(
            AuditEvent(
                .importing, at: clock.now(),
                members: [
                    "origin": .string(trust.origin), "source": "followed",
                    "statements": .integer(Int64(clamping: statements)),
                    "receipt": .string(receipt.statementID.hex),
                    "logIndex": .integer(Int64(clamping: receipt.logIndex)),
                ]))
    }

    private func note(_ problem: String, _ isMisbehaviour: Bool, _ origin: String) {
        let line = "following \(origin): \(problem)"
        isMisbehaviour ? logger.error(line) : logger.warning(line)
        records.noted(
            AuditEvent(
                .importing, at: clock.now(),
                members: [
                    "origin": .string(origin), "source": "followed", "problem": .string(problem),
                    "misbehaviour": .bool(isMisbehaviour),
                ]))
    }
}
