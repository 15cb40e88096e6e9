import HTTP
import JSON
import Lockfiles
import Platform
import Registry
import VerdictStore

/// What is watched, changed and looked at, for operators.
///
/// Spec: docs/operator-api.md, "warm".
struct WarmRoutes: Sendable {
    let warming: WatchedWarming
    let settings: Settings
    let clock: any WallClock
    let note: @Sendable (AuditEvent) -> Void

    private static let maxSkipped = 100

    // MARK: Reading

    func list(_ query: QueryFields) async -> ServerResponse {
        let order = query["order"].flatMap { Int64($0) }
        let kept: [WatchedPackage]
        do throws(RequestFault) { kept = try await current() } catch {
            return PlainAnswers.failure(error.status, error.sentence)
        }
        let shown = kept.filter { package in order.map { package.asked >= $0 } ?? !package.isOnlyOnce }
        // What a look that is put off has found so far is not kept.
        let underWay = warming.packages
        let interval = settings.current.configuration.warming.interval
        return await withTaskExecutorPreference(globalConcurrentExecutor) {
            PlainAnswers.json([
                "packages": .array(shown.map { json($0, underWay[$0.key]?.look ?? $0.look, interval) }),
                "interval": interval.map { .integer($0.components.seconds) } ?? .null,
            ])
        }
    }

    func progress(_ query: QueryFields) -> ServerResponse {
        guard let order = query["order"].flatMap({ Int64($0) }) else {
            return PlainAnswers.failure(400, "name an order")
        }
        let progress = warming.progress(of: order)
        let isOver = progress.isPlanned && progress.left == 0
        return PlainAnswers.json([
            "running": .bool(!isOver && !progress.isResting), "total": .integer(Int64(progress.total)),
            "left": .integer(Int64(progress.left)),
            "resting": .array(
                progress.rests.map { rest in
                    [
                        "host": .string(rest.host), "until": .string(rest.until.rfc3339),
                        "reason": .string(rest.reason), "packages": .integer(Int64(rest.packages)),
                    ]
                }),
        ])
    }

    private func json(_ package: WatchedPackage, _ look: WatchLook?, _ interval: Duration?) -> JSONValue {
        let source = warming.source(of: package.key)
        let found = look?.found ?? .null
        // A look that was put off before it was ever done has no time.
        let at = look.flatMap { $0.at == .earliest ? nil : $0.at }
        var problem = look?.problem
        if case .failure(let nowhere) = source { problem = nowhere.reason }
        var object: JSONObject = [
            "purl": .string(PackageURL(package.key.name).text),
            "registry": (try? source.get()).map { .string($0.name.text) } ?? .null,
            "watched": .array(package.reasons.map(Self.json)),
        ]
        for member in ["known", "wanted", "analyzed", "pending", "held", "cooldown", "blocked"] {
            object.append(member, found[member] ?? .null)
        }
        object.append("versions", found["versions"] ?? [])
        object.append("ordered", .bool(package.isOrdered))
        object.append("lookedAt", at.map { .string($0.rfc3339) } ?? .null)
        let next = at.flatMap { at in interval.map { at.adding($0) } }
        object.append("nextAt", next.map { .string($0.rfc3339) } ?? .null)
        object.append("problem", problem.map { .string($0) } ?? .null)
        return .object(object)
    }

    private static func json(_ reason: WatchReason) -> JSONValue {
        let (kind, name): (String, JSONValue) =
            switch reason.origin {
            case .named: ("purl", .null)
            case .lockfile(let name): ("lockfile", .string(name))
            case .once: ("once", .null)
            }
        return [
            "by": .string(kind), "name": name, "wish": .string(reason.wish.words),
            "versions": reason.versions.map { .integer(Int64($0)) } ?? .null, "since": .string(reason.since.rfc3339),
        ]
    }

    // MARK: Changing

    /// Answers `add`, `remove` and `run`. Lockfiles may be large, so the body is read here.
    func change(_ verb: String, _ request: ServerRequest) async -> ServerResponse {
        await withTaskExecutorPreference(globalConcurrentExecutor) {
            do throws(RequestFault) {
                let packed = try await PackedBody(of: request, maxBytes: CheckRoute.maxBodyBytes)
                let wish = try WarmRequest(try packed.unpacked(maxBytes: CheckRoute.maxBodyBytes))
                try checkRegistry(wish)
                switch verb {
                case "add": return try await add(wish)
                case "remove": return try await remove(wish)
                case "run": return try await run(wish)
                default: throw RequestFault(status: 404, sentence: "the watch list has no \(verb.debugDescription)")
                }
            } catch {
                return PlainAnswers.failure(error.status, error.sentence)
            }
        }
    }

    private func checkRegistry(_ wish: WarmRequest) throws(RequestFault) {
        guard let name = wish.registry else { return }
        let topology = settings.current.topology
        guard topology.definition(named: name) == nil else { return }
        let names = topology.definitions.map(\.name.text).joined(separator: ", ")
        throw RequestFault(status: 404, sentence: "there is no registry \(name) here; there are \(names)")
    }

    private func add(_ wish: WarmRequest) async throws(RequestFault) -> ServerResponse {
        let (wanted, skipped) = wish.wanted(since: clock.now())
        let notes: [String]
        let change: WatchChange
        switch wish.subject {
        case .everything, .lockfile(_, nil):
            throw RequestFault(status: 400, sentence: "name packages by purl, or give a lockfile")
        case .packages:
            notes = []
            change = try await changing { () async throws(WatchRefusal) in
                try await warming.book.add(wanted, isDry: wish.isDry)
            }
        case .lockfile(let name, let contents?):
            notes = contents.notes
            change = try await changing { () async throws(WatchRefusal) in
                try await warming.book.replace(lockfile: name, by: wanted, isDry: wish.isDry)
            }
        }
        var answer = Self.json(change, wish)
        answer.append("packages", .integer(Int64(wanted.count)))
        answer.append(
            "skipped",
            .array(
                skipped.prefix(Self.maxSkipped).map { ["input": .string($0.input), "reason": .string($0.why)] }))
        answer.append("skippedCount", .integer(Int64(skipped.count)))
        answer.append("notes", .array(notes.map { .string($0) }))
        if !wish.isDry { took("add", wish, change) }
        return PlainAnswers.json(.object(answer))
    }

    private func remove(_ wish: WarmRequest) async throws(RequestFault) -> ServerResponse {
        if case .everything = wish.subject {
            throw RequestFault(
                status: 400, sentence: "name packages by purl, or a lockfile by the name it was added by")
        }
        let packages = try await current()
        let isKnown = packages.contains { package in package.reasons.contains { wish.means(package.key, $0) } }
        guard isKnown else { throw RequestFault(status: 404, sentence: unwatched(wish, packages)) }
        let change = try await changing { () async throws(WatchRefusal) in
            try await warming.book.remove(isDry: wish.isDry) { wish.means($0, $1) }
        }
        if !wish.isDry { took("remove", wish, change) }
        return PlainAnswers.json(.object(Self.json(change, wish)))
    }

    private func run(_ wish: WarmRequest) async throws(RequestFault) -> ServerResponse {
        var keys: [WatchKey]?
        switch wish.subject {
        case .everything: break
        case .lockfile(let name, _):
            keys = try await current().filter { $0.reasons.contains { $0.origin == .lockfile(name) } }.map(\.key)
            guard keys?.isEmpty == false else {
                throw RequestFault(status: 404, sentence: "no lockfile was added by the name \(name)")
            }
        case .packages(let named):
            if wish.isOnce {
                let wanted = wish.wanted(since: clock.now()).packages
                _ = try await changing { () async throws(WatchRefusal) in try await warming.book.add(wanted) }
                keys = wanted.keys.sorted()
            } else {
                keys = try watched(named, wish, try await current())
            }
        }
        let order: Int64
        do throws(DatabaseError) { order = try await warming.book.order(keys) } catch {
            throw RequestFault(status: 503, sentence: "\(error)")
        }
        warming.changed()
        let count = try await current().count { $0.asked >= order }
        return PlainAnswers.json(["order": .integer(order), "packages": .integer(Int64(count))])
    }

    private func watched(
        _ named: [WantedPackage], _ wish: WarmRequest, _ packages: [WatchedPackage]
    ) throws(RequestFault) -> [WatchKey] {
        var keys: Set<WatchKey> = []
        for package in named {
            let found = packages.filter { watched in
                watched.key.name == package.name && (wish.registry == nil || watched.key.registry == wish.registry)
                    && !watched.isOnlyOnce
            }
            guard !found.isEmpty else {
                throw RequestFault(
                    status: 404,
                    sentence:
                        "\(PackageURL(package.name).text) is not watched; add it, or have it looked at once (--once)")
            }
            keys.formUnion(found.map(\.key))
        }
        return keys.sorted()
    }

    /// Why nothing of what is named can be removed.
    private func unwatched(_ wish: WarmRequest, _ packages: [WatchedPackage]) -> String {
        switch wish.subject {
        case .everything: return "nothing is named"
        case .lockfile(let name, _):
            let names = Set(packages.flatMap(\.reasons).compactMap { Self.lockfile($0) }).sorted()
            let known = names.isEmpty ? "none is watched" : "watched are \(names.prefix(10).joined(separator: ", "))"
            return "no lockfile was added by the name \(name); \(known)"
        case .packages(let named):
            let names = Set(named.map(\.name))
            let files = Set(
                packages.filter { names.contains($0.key.name) }.flatMap(\.reasons).compactMap { Self.lockfile($0) }
            ).sorted()
            let text = named.map { PackageURL($0.name).text }.prefix(3).joined(separator: ", ")
            return files.isEmpty
                ? "\(text) is not watched by itself, or not for that; see jurat warm list"
                : "\(text) is watched because of \(files.joined(separator: ", ")); remove that lockfile, or add it anew"
        }
    }

    private static func lockfile(_ reason: WatchReason) -> String? {
        if case .lockfile(let name) = reason.origin { return name }
        return nil
    }

    // MARK: Answers

    private func current() async throws(RequestFault) -> [WatchedPackage] {
        do throws(DatabaseError) { return try await warming.book.packages() } catch {
            throw RequestFault(status: 503, sentence: "\(error)")
        }
    }

    private func changing(
        _ body: () async throws(WatchRefusal) -> WatchChange
    ) async throws(RequestFault) -> WatchChange {
        do throws(WatchRefusal) {
            let change = try await body()
            warming.changed()
            return change
        } catch {
            switch error {
            case .tooMany: throw RequestFault(status: 413, sentence: error.description)
            case .database: throw RequestFault(status: 503, sentence: error.description)
            }
        }
    }

    private static func json(_ change: WatchChange, _ wish: WarmRequest) -> JSONObject {
        [
            "added": .integer(Int64(change.added)), "changed": .integer(Int64(change.changed)),
            "unchanged": .integer(Int64(change.unchanged)), "removed": .integer(Int64(change.removed)),
            "dryRun": .bool(wish.isDry),
        ]
    }

    private func took(_ verb: String, _ wish: WarmRequest, _ change: WatchChange) {
        var subject: JSONObject = ["change": .string(verb)]
        switch wish.subject {
        case .everything: break
        case .lockfile(let name, _): subject.append("lockfile", .string(name))
        case .packages(let named):
            subject.append("purls", .array(named.prefix(20).map { .string(PackageURL($0.name).text) }))
        }
        if let registry = wish.registry { subject.append("registry", .string(registry.text)) }
        subject.append("added", .integer(Int64(change.added)))
        subject.append("removed", .integer(Int64(change.removed)))
        note(AuditEvent(.watchList, at: clock.now(), members: subject))
    }
}
