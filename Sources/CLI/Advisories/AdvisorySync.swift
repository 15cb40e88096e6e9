import Advisories
import Gateway
import HTTP
import Platform
import Registry

/// Looks at the sources of advisory bundles and installs what is new as one snapshot.
///
/// A source that cannot be reached, or a bundle that cannot be used, leaves the records in force as they are, is
/// remembered with its reason, and keeps no other source from being loaded. For the holder of the import lock.
struct AdvisorySync: Sendable {
    let directory: AdvisoryDirectory
    /// The directory's place.
    let path: String
    let limits: FetchLimits
    let upstream: any UpstreamFetching
    let clock: any WallClock
    var pausing: any Pausing = SystemPause()
    var room: @Sendable (String) throws(FileError) -> Int64 = { path throws(FileError) in
        try Files.availableBytes(path)
    }
    let observer: SyncObserver

    private var incoming: String { "\(path)/incoming" }

    /// What a look at all sources brought.
    struct Outcome: Sendable {
        /// Sources with a new bundle or one that was found equal to the installed one.
        var report: AdvisoryImportReport?
        /// Sources that said that nothing is new.
        var unchanged: [BundleSource] = []
        var failures: [(source: BundleSource, failure: BundleFailure)] = []
    }

    /// A bundle that is here and not yet installed.
    private struct Arrival: Sendable {
        let source: BundleSource
        let partial: PartialBundle
        var known: AdvisorySourceState.KnownBundle
    }

    /// Looks at every source once.
    func run(_ sources: [BundleSource], allowShrink: Bool) async -> Outcome {
        let thread = BlockingThread(name: "advisories")
        defer { thread.stop() }
        await prepare(sources, thread)
        var outcome = Outcome()
        var arrivals: [Arrival] = []
        for source in sources {
            do throws(BundleFailure) {
                if let arrival = try await fetch(source, thread) {
                    arrivals.append(arrival)
                } else {
                    try await confirm(source, thread)
                    outcome.unchanged.append(source)
                }
            } catch {
                await fail(source, error, &outcome, thread)
            }
        }
        observer.finish()
        await install(arrivals, allowShrink, &outcome, thread)
        observer.finish()
        return outcome
    }

    /// Takes over what another process installed, and removes what earlier imports left.
    private func prepare(_ sources: [BundleSource], _ thread: BlockingThread) async {
        let problem = await thread.run { [directory, incoming, path, clock] () -> String? in
            do {
                let now = clock.now()
                _ = try PartialBundle.sweep(incoming, keeping: sources.map(\.ecosystem), now: now)
                _ = try Files.removeAbandonedTemporaries(inDirectory: path)
                // A damaged snapshot is reported by the install, which knows what to do about it.
                _ = try? directory.reloadIfChanged()
                return nil
            } catch {
                return "\(error)"
            }
        }
        if let problem { observer.note("leftovers of earlier imports could not be removed: \(problem)") }
    }

    // MARK: Fetching

    /// - Returns: nil when the source has nothing new.
    private func fetch(_ source: BundleSource, _ thread: BlockingThread) async throws(BundleFailure) -> Arrival? {
        let known = known(source)
        let partial = PartialBundle(folder: incoming, ecosystem: source.ecosystem)
        var arrival = Arrival(
            source: source, partial: partial, known: AdvisorySourceState.KnownBundle(digest: source.digest))
        guard source.isURL else {
            let file = BundleFile(source: source, partial: partial, maxBytes: limits.maxBytes, observer: observer)
            let fingerprint = try await thread.run { () throws(BundleFailure) in try file.fetch(known: known) }
            guard let fingerprint else { return nil }
            arrival.known.fingerprint = fingerprint
            return arrival
        }
        let download = BundleDownload(
            source: source, partial: partial, limits: limits, upstream: upstream, pausing: pausing, thread: thread,
            room: room, observer: observer)
        switch try await download.run(known: known) {
        case .unchanged: return nil
        case .fetched(let notes):
            arrival.known.entityTag = notes.entityTag
            arrival.known.lastModified = notes.lastModified
            return arrival
        }
    }

    /// The bundle that is installed, when it came from this very place: only then may its validators be used.
    private func known(_ source: BundleSource) -> AdvisorySourceState.KnownBundle? {
        guard let index = try? directory.current(), let state = directory.sources[source.ecosystem],
            state.placeDigest == source.digest, let bundle = state.bundle,
            index.sourceDigests[source.ecosystem] == bundle.digest
        else { return nil }
        return bundle
    }

    // MARK: Installing

    /// Installs all that arrived at once; a bundle that cannot be used is left out, and the others are installed.
    private func install(
        _ arrivals: [Arrival], _ allowShrink: Bool, _ outcome: inout Outcome, _ thread: BlockingThread
    ) async {
        var arrivals = arrivals
        while !arrivals.isEmpty {
            do throws(AdvisoryError) {
                outcome.report = try await compile(arrivals, allowShrink, thread)
                for arrival in arrivals { await succeed(arrival, &outcome, thread) }
                return
            } catch {
                let failure = BundleFailure("\(error)")
                let (bad, good) = (arrivals.filter { error.concerns($0.source.ecosystem) }, arrivals)
                for arrival in bad.isEmpty ? good : bad {
                    await thread.run { try? arrival.partial.discard() }
                    await fail(arrival.source, failure, &outcome, thread)
                }
                arrivals = bad.isEmpty ? [] : good.filter { !error.concerns($0.source.ecosystem) }
            }
        }
    }

    private func compile(
        _ arrivals: [Arrival], _ allowShrink: Bool, _ thread: BlockingThread
    ) async throws(AdvisoryError) -> AdvisoryImportReport {
        let now = clock.now()
        return try await thread.run { [directory, observer] () throws(AdvisoryError) in
            var bundles: [AdvisoryBundle] = []
            for arrival in arrivals {
                bundles.append(try AdvisoryBundle(arrival.source.ecosystem, takingOver: arrival.partial.path))
            }
            return try directory.install(bundles, now: now, allowShrink: allowShrink) { progress in
                observer.read(progress.recordsDone, of: progress.recordsTotal, progress.ecosystem)
            }
        }
    }

    // MARK: Remembering

    private func succeed(_ arrival: Arrival, _ outcome: inout Outcome, _ thread: BlockingThread) async {
        var known = arrival.known
        if let digest = (try? directory.current())?.sourceDigests[arrival.source.ecosystem] { known.digest = digest }
        let bundle = known
        do throws(BundleFailure) {
            try await remember(arrival.source, thread) { $0.succeeded(at: $1, bundle: bundle) }
        } catch {
            outcome.failures.append((arrival.source, error))
        }
        await thread.run { try? arrival.partial.discard() }
    }

    private func confirm(_ source: BundleSource, _ thread: BlockingThread) async throws(BundleFailure) {
        try await remember(source, thread) { $0.succeeded(at: $1, bundle: $0.bundle) }
    }

    private func fail(
        _ source: BundleSource, _ failure: BundleFailure, _ outcome: inout Outcome, _ thread: BlockingThread
    ) async {
        outcome.failures.append((source, failure))
        do throws(BundleFailure) {
            try await remember(source, thread) { state, now in
                state.failed(at: now, reason: failure.reason, notBefore: failure.pause.map { now.adding($0) })
            }
        } catch {
            observer.note("\(source.shown): that this look failed cannot be written down: \(error)")
        }
    }

    private func remember(
        _ source: BundleSource, _ thread: BlockingThread,
        _ change: @escaping @Sendable (inout AdvisorySourceState, Timestamp) -> Void
    ) async throws(BundleFailure) {
        let now = clock.now()
        do throws(AdvisoryError) {
            try await thread.run { [directory] () throws(AdvisoryError) in
                try directory.remember(source.ecosystem) { state in
                    if state.placeDigest != source.digest {
                        // What another place said of its bundles and of itself is nothing to this one.
                        state.bundle = nil
                        state.failuresInARow = 0
                    }
                    state.place = source.shown
                    state.placeDigest = source.digest
                    change(&state, now)
                }
            }
        } catch {
            throw BundleFailure("\(error)")
        }
    }
}

extension AdvisoryError {
    /// Whether it is about the bundle of this ecosystem, and the others are not to blame.
    fileprivate func concerns(_ ecosystem: Ecosystem) -> Bool {
        switch self {
        case .bundle(let named, _), .emptyBundle(let named, _), .shrunken(let named, _, _, _),
            .tooLarge(let named, _):
            named == ecosystem
        case .file, .corruptIndex, .foreignIndex, .unreadableVersion, .original: false
        }
    }
}
