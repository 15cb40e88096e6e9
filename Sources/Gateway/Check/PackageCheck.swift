import HTTP
import Platform
import Registry
import Screening

/// Judges many packages at once: by the same function as listings and artifacts, each listing asked for once.
struct PackageCheck: Sendable {
    let admission: Admission
    let settings: Settings
    let warming: RequestedWarming
    let pausing: any Pausing
    let clock: any WallClock

    /// Listings that one check asks one source for at the same time, so that others are not kept waiting.
    private static let listingsAtOnce = 16
    /// How long one listing may take, and all of them together: the caller's connection is open as long.
    private static let listingPatience = Duration.seconds(40)
    private static let wholePatience = Duration.seconds(140)
    /// Finding what to take instead means judging all of a package's versions.
    private static let maxAlternatives = 200

    /// What of a check's work is counted over all of its packages.
    private final class Budget: Sendable {
        private let alternativesLeft = Lock(PackageCheck.maxAlternatives)

        /// Whether one more entry may be told what to take instead.
        func takeAlternatives() -> Bool {
            alternativesLeft.withLock { left in
                left -= 1
                return left >= 0
            }
        }
    }

    /// Everything asked about one package at its source.
    private struct Group: Sendable {
        let name: PackageName
        let source: RegistryDefinition
        var items: [(place: Int, item: CheckItem, version: PackageVersion)] = []
    }

    func report(_ request: CheckRequest) async throws(RequestFault) -> CheckReport {
        let registry = try registry(request)
        let known = KnownPlaces(settings.current)
        var checked = [CheckedItem?](repeating: nil, count: request.items.count)
        var groups: [RegistryName: [Group]] = [:]
        var places: [PackageName: (RegistryName, Int)] = [:]
        for (place, item) in request.items.enumerated() {
            switch item.subject {
            case .unknown(_, let reason): checked[place] = CheckedItem(item, .unknown(reason: reason, isAbsent: false))
            case .unscreened(_, let kind, let origin):
                checked[place] = CheckedItem(item, .unscreened(kind: kind, place: origin))
            case .version(let name, let version):
                if let address = item.address, !known.contains(address) {
                    checked[place] = CheckedItem(item, .unscreened(kind: "url", place: address))
                    continue
                }
                if let (source, index) = places[name] {
                    groups[source]?[index].items.append((place, item, version))
                    continue
                }
                switch source(of: name, at: registry) {
                case .failure(let outcome): checked[place] = CheckedItem(item, outcome.value)
                case .success(let source):
                    places[name] = (source.name, groups[source.name]?.count ?? 0)
                    groups[source.name, default: []].append(
                        Group(name: name, source: source, items: [(place, item, version)]))
                }
            }
        }
        let (judged, keys) = await judge(Array(groups.values))
        for (place, item) in judged { checked[place] = item }
        let warmed = request.warms ? warming.add(keys) : nil
        return CheckReport(request: request, checked: checked.compactMap(\.self), warming: warmed)
    }

    // MARK: Sources

    private func registry(_ request: CheckRequest) throws(RequestFault) -> RegistryDefinition? {
        guard let name = request.registry else { return nil }
        guard let definition = settings.current.topology.definition(named: name) else {
            let names = settings.current.topology.definitions.map(\.name.text).joined(separator: ", ")
            throw RequestFault(status: 404, sentence: "there is no registry \(name) here; there are \(names)")
        }
        return definition
    }

    private struct Settled: Error {
        let value: CheckedItem.Outcome
    }

    private func source(of name: PackageName, at asked: RegistryDefinition?) -> Result<RegistryDefinition, Settled> {
        func unknown(_ reason: String, isAbsent: Bool = false) -> Result<RegistryDefinition, Settled> {
            .failure(Settled(value: .unknown(reason: reason, isAbsent: isAbsent)))
        }
        if let asked, asked.ecosystem != name.ecosystem {
            return unknown("the registry \(asked.name) is of \(asked.ecosystem), the package of \(name.ecosystem)")
        }
        guard let registry = asked ?? settings.current.topology.defaultRegistry(for: name.ecosystem) else {
            return unknown("there is no default \(name.ecosystem) registry here; name one")
        }
        switch admission.lookUp(name, at: registry) {
        case .source(let source), .canary(let source): return .success(source)
        case .notDeclared: return unknown("it is in no registry behind \(registry.name)", isAbsent: true)
        case .reserved:
            let policy = settings.current.policy(of: registry.name)
            return .failure(Settled(value: .reserved(.nameReserved(policyRevision: policy.revision))))
        }
    }

    // MARK: Judging

    private typealias Judged = (items: [(Int, CheckedItem)], keys: [ArtifactKey])

    /// One window of listings for each source: a slow one holds up nothing but its own packages.
    private func judge(_ sources: [[Group]]) async -> Judged {
        let start = clock.now()
        let budget = Budget()
        return await withTaskGroup(of: Judged.self) { tasks in
            for groups in sources {
                tasks.addTask {
                    await withTaskGroup(of: Judged.self) { window in
                        var rest = groups[...]
                        var all: Judged = ([], [])
                        for group in rest.prefix(Self.listingsAtOnce) {
                            window.addTask { await self.judge(group, since: start, budget) }
                        }
                        rest = rest.dropFirst(Self.listingsAtOnce)
                        while let one = await window.next() {
                            all.items += one.items
                            all.keys += one.keys
                            if let group = rest.popFirst() {
                                window.addTask { await self.judge(group, since: start, budget) }
                            }
                        }
                        return all
                    }
                }
            }
            var all: Judged = ([], [])
            for await one in tasks {
                all.items += one.items
                all.keys += one.keys
            }
            return all
        }
    }

    private func judge(_ group: Group, since start: Timestamp, _ budget: Budget) async -> Judged {
        func failed(_ reason: String, isAbsent: Bool = false) -> Judged {
            (group.items.map { ($0.place, CheckedItem($0.item, .unknown(reason: reason, isAbsent: isAbsent))) }, [])
        }
        if let view = admission.readyView(of: group.name, at: group.source), hasAll(group, view) {
            return judged(group, view, budget)
        }
        let left = Self.wholePatience - start.distance(to: clock.now())
        guard left > .zero, !Task.isCancelled else {
            return failed("there was no time left to ask its source; ask again")
        }
        let versions = Set(group.items.map(\.version))
        let found = await waiting(atMost: min(left, Self.listingPatience), pausing) {
            () -> Result<PackageView, SourceError> in
            do throws(SourceError) {
                let view = try await admission.view(of: group.name, at: group.source)
                // A version of a minute ago must not be called unknown by a listing of two minutes ago.
                if versions.isSubset(of: view.listing.listing.artifacts.map(\.version)) { return .success(view) }
                return .success(
                    try await admission.view(
                        of: group.name, at: group.source, maxAge: ListingCache.retryInterval))
            } catch {
                return .failure(error)
            }
        }
        switch found {
        case .ended: return failed("its source did not answer in time; ask again")
        case .value(.success(let view)): return judged(group, view, budget)
        case .value(.failure(.notFound)): return failed("its source does not have the package", isAbsent: true)
        case .value(.failure(let error)): return failed("\(error)")
        }
    }

    private func hasAll(_ group: Group, _ view: PackageView) -> Bool {
        Set(group.items.map(\.version)).isSubset(of: view.listing.listing.artifacts.map(\.version))
    }

    private func judged(_ group: Group, _ view: PackageView, _ budget: Budget) -> Judged {
        var all: Judged = ([], [])
        for (place, item, version) in group.items {
            let (checked, keys) = judged(item, version, view, budget)
            all.items.append((place, checked))
            all.keys += keys
        }
        return all
    }

    /// - Returns: also the files whose analysis would settle what is open.
    private func judged(
        _ item: CheckItem, _ version: PackageVersion, _ view: PackageView, _ budget: Budget
    ) -> (CheckedItem, [ArtifactKey]) {
        let listed = view.listing.listing.artifacts.filter { $0.version == version }
        let artifacts = listed.filter(\.kind.isServable)
        guard !artifacts.isEmpty else {
            let reason =
                listed.isEmpty
                ? "its source does not list this version" : "it has no file of a kind that is ever served"
            return (CheckedItem(item, .unknown(reason: reason, isAbsent: listed.isEmpty)), [])
        }
        let locked = LockedFiles(item.files, of: artifacts, in: view)
        let judgements = locked.allowed.map { view.judge($0) }
        let refused = judgements.filter { !$0.isListed }
        let pending = judgements.filter(\.isAwaitingAnalysis)
        let decisive =
            refused.first { $0.decision.outcome == .block } ?? refused.first
            ?? judgements.first { $0.decision.isServed } ?? judgements[0]
        var checked = CheckedItem(item, .judged(decisive))
        checked.difference = locked.difference
        if decisive.decision.isServed { checked.filesNotAnalysed = pending.count }
        if !decisive.isListed, budget.takeAlternatives() {
            checked.alternatives = view.alternatives(to: decisive.artifact)
        }
        guard decisive.isAwaitingAnalysis else { return (checked, []) }
        let keys = Self.likely(pending.map(\.artifact)).map { artifact in
            ArtifactKey(source: view.source.name, name: view.name, filename: artifact.filename)
        }
        return (checked, keys)
    }

    /// The files that clients will ask for: a wheel for every platform alone where there is one, else all of them.
    private static func likely(_ artifacts: [ListedArtifact]) -> [ListedArtifact] {
        let universal = artifacts.filter { $0.filename.hasSuffix("-none-any.whl") }
        return universal.isEmpty ? artifacts : universal
    }
}
