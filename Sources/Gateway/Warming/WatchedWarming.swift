import Cryptography
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// Looks at the watched packages regularly, so that what clients will ask for is fetched and analysed before they do.
///
/// What is due is told from the list on disk, so an interruption costs nothing but the looks under way. Without a watched
/// package nothing goes on here. No request of a client passes through it.
/// Spec: docs/warming.md; rfcs/0028.
final class WatchedWarming: Sendable {
    let book: WatchBook
    private let admission: Admission
    private let settings: Settings
    private let looks: PackageLook
    private let pausing: any Pausing
    private let clock: any WallClock
    private let logger: Logger
    private let bell = Bell()
    private let board = Lock(WarmBoard())
    private let turn = Lock(Turn())
    private let lanes = Lock<[String: WarmLane]>([:])

    /// Which state of the list is asked for, and which the board has.
    private struct Turn {
        var wanted = 1
        var planned = 0
    }

    /// How long what was wanted once is kept for whoever asks what came of it.
    private static let memory = Duration.seconds(3600)
    /// How soon the list is read again after that failed.
    private static let retryInterval = Duration.seconds(60)
    private static let longestWait = Duration.seconds(3600)

    init(
        book: WatchBook, admission: Admission, settings: Settings, looks: PackageLook, pausing: any Pausing,
        clock: any WallClock, logger: Logger
    ) {
        self.book = book
        self.admission = admission
        self.settings = settings
        self.looks = looks
        self.pausing = pausing
        self.clock = clock
        self.logger = logger
    }

    /// Has the list read again; to be called after it, or the configuration, changed.
    func changed() {
        turn.withLock { $0.wanted += 1 }
        bell.ring()
    }

    /// What is watched and what was found, as of now.
    var packages: [WatchKey: WatchedPackage] { board.withLock { $0.packages } }

    // MARK: Rounds

    /// Works until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let ringing = bell.ringing
                let isPlanned = await plan()
                while let (key, lane) = board.withLock({ $0.take { self.lane($0).rest != nil } }) {
                    group.addTask {
                        await self.look(key, in: lane)
                        self.bell.ring()
                    }
                }
                if let pause = isPlanned ? untilNext : Self.retryInterval {
                    _ = await waiting(atMost: pause, pausing) { [bell] in await bell.wait(after: ringing) }
                } else {
                    await bell.wait(after: ringing)
                }
            }
            group.cancelAll()
        }
    }

    /// How long nothing happens by itself; nil while nothing is watched.
    private var untilNext: Duration? {
        let now = clock.now()
        let (isEmpty, nextDue, busy) = board.withLock { ($0.packages.isEmpty, $0.nextDue, $0.busyLanes) }
        if isEmpty { return nil }
        let moments = [nextDue].compactMap(\.self) + busy.compactMap { lane($0).rest?.until }
        guard let next = moments.min() else { return Self.longestWait }
        return min(max(now.distance(to: next), .seconds(1)), Self.longestWait)
    }

    private func lane(_ name: String) -> WarmLane {
        lanes.withLock { lanes in
            if let lane = lanes[name] { return lane }
            let lane = WarmLane(clock: clock, pausing: pausing)
            lanes[name] = lane
            return lane
        }
    }

    /// Reads the list where it changed, or where something became due.
    ///
    /// - Returns: false when it cannot be read now.
    private func plan() async -> Bool {
        let now = clock.now()
        let isDue = board.withLock { $0.nextDue.map { $0 <= now } ?? false }
        let (wanted, planned) = turn.withLock { ($0.wanted, $0.planned) }
        guard wanted != planned || isDue else { return true }
        do {
            // What became due is known; the list is read again only where it changed.
            let known = wanted != planned ? try await book.packages() : board.withLock { Array($0.packages.values) }
            let list = try await forgetting(known, at: now)
            let configuration = settings.current
            board.withLock { board in
                board.plan(list, interval: configuration.configuration.warming.interval, at: now) { key in
                    (try? source(of: key).get()).flatMap(\.upstream).map { Self.host(of: $0.url) } ?? ""
                }
            }
            turn.withLock { $0.planned = wanted }
            return true
        } catch {
            logger.warning("the watch list cannot be read: \(error)")
            return false
        }
    }

    /// What was wanted once, and looked at, is not kept.
    private func forgetting(_ list: [WatchedPackage], at now: Timestamp) async throws -> [WatchedPackage] {
        let limit = now.adding(.zero - Self.memory)
        let over = Set(
            list.filter { package in
                !package.isOrdered && package.reasons.contains { $0.origin == .once }
                    && package.look.map { $0.at < limit } ?? false
            }.map(\.key))
        guard !over.isEmpty else { return list }
        _ = try await book.remove { key, reason in reason.origin == .once && over.contains(key) }
        return try await book.packages()
    }

    /// Scheme, host and port of an address.
    private static func host(of url: String) -> String {
        url.lowercased().split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).prefix(3)
            .joined(separator: "/")
    }

    // MARK: Looks

    /// Why a package leads nowhere.
    struct NoSource: Error {
        let reason: String
    }

    /// The one source of a watched package, as things stand now.
    func source(of key: WatchKey) -> Result<RegistryDefinition, NoSource> {
        let topology = settings.current.topology
        let registry: RegistryDefinition
        if let name = key.registry {
            guard let named = topology.definition(named: name) else {
                return .failure(NoSource(reason: "there is no registry \(name) here"))
            }
            registry = named
        } else {
            guard let standard = topology.defaultRegistry(for: key.name.ecosystem) else {
                return .failure(NoSource(reason: "there is no default \(key.name.ecosystem) registry here"))
            }
            registry = standard
        }
        guard registry.ecosystem == key.name.ecosystem else {
            return .failure(NoSource(reason: "the registry \(registry.name) is of \(registry.ecosystem)"))
        }
        switch admission.lookUp(key.name, at: registry) {
        case .source(let source):
            guard source.upstream != nil else {
                return .failure(NoSource(reason: "the registry \(source.name) has no upstream to ask"))
            }
            return .success(source)
        case .canary: return .failure(NoSource(reason: "it is the built-in canary"))
        case .reserved(let owner): return .failure(NoSource(reason: "the name is declared by \(owner.name)"))
        case .notDeclared: return .failure(NoSource(reason: "it is in no registry behind \(registry.name)"))
        }
    }

    private func look(_ key: WatchKey, in lane: String) async {
        guard let package = board.withLock({ $0.packages[key] }) else {
            board.withLock { $0.drop(key, in: lane) }
            return
        }
        let warming = settings.current.configuration.warming
        let wanted = package.reasons.map { WarmPlan.Wanted(wish: $0.wish, versions: $0.versions ?? warming.versions) }
        let ending: PackageLook.Ending
        switch source(of: key) {
        case .failure(let nowhere): ending = .looked(found: .null, problem: nowhere.reason)
        case .success(let source):
            ending = await looks.run(
                key.name, at: source, wanted, in: self.lane(lane), warming,
                isOrdered: package.isOrdered)
        }
        switch ending {
        case .cancelled: return
        case .deferred(let found):
            let look = WatchLook(
                at: package.look?.at ?? .earliest, found: found == .null ? package.look?.found ?? .null : found,
                problem: package.look?.problem)
            board.withLock { $0.putBack(key, in: lane, look) }
        case .looked(let found, let problem):
            let look = WatchLook(at: clock.now(), found: found, problem: problem)
            do throws(DatabaseError) {
                try await book.keep(look, of: key, answering: package.asked)
            } catch {
                // It is looked at again after a restart, which finds nothing to do.
                logger.warning("what was found about \(key.name) is not kept: \(error)")
            }
            board.withLock {
                $0.finish(key, in: lane, look, answering: package.asked, interval: warming.interval)
            }
        }
    }
}

// MARK: What is told

extension WatchedWarming {
    /// A host that is left alone for now.
    struct Rest: Sendable {
        let host: String
        let until: Timestamp
        let reason: String
        /// Packages of the order that wait for it.
        let packages: Int
    }

    /// How far an order is.
    struct Progress: Sendable {
        let total: Int
        let left: Int
        /// False until the list is read as it was when the order came.
        let isPlanned: Bool
        /// False while packages can be looked at, or are: what is left then waits for upstreams.
        let isResting: Bool
        let rests: [Rest]
    }

    func progress(of order: Int64) -> Progress {
        // Not read yet: everything may be left.
        let isPlanned = turn.withLock { $0.wanted == $0.planned }
        let (ordered, lanes) = board.withLock { ($0.ordered(order), $0.lanes) }
        let left = Set(ordered.filter { $0.answered < order }.map(\.key))
        var rests: [Rest] = []
        for (name, state) in lanes.sorted(by: { $0.key < $1.key }) {
            guard let rest = lane(name).rest else { continue }
            let waiting = state.queue.count { left.contains($0) }
            if waiting > 0 {
                rests.append(Rest(host: name, until: rest.until, reason: rest.reason, packages: waiting))
            }
        }
        let waiting = rests.reduce(0) { $0 + $1.packages }
        return Progress(
            total: ordered.count, left: left.count, isPlanned: isPlanned,
            isResting: isPlanned && !left.isEmpty && waiting == left.count, rests: rests)
    }
}
