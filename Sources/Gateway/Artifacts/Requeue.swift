import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// Asks for the analyses of artifacts again whose verdicts were revoked or voided, without waiting for a request.
///
/// Only for artifacts that are here; what is fetched again later is analysed then. One round at a time, and what is
/// revoked during one has another. It leaves half of the job queue to clients, and when it is interrupted, the next start
/// begins anew: which verdicts lack a successor is in the log.
final class Requeue: Sendable {
    private let admission: Admission
    private let settings: Settings
    private let stores: GatewayStores
    private let desk: AnalysisDesk
    private let room: QueueRoom
    private let logger: Logger
    private let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    private let names: KnownNames

    /// How old a listing may be that says under which name the artifact is analysed.
    private static let listingTolerance = Duration.seconds(7 * 86_400)

    init(
        admission: Admission, settings: Settings, stores: GatewayStores, desk: AnalysisDesk, pausing: any Pausing,
        logger: Logger
    ) {
        self.admission = admission
        self.settings = settings
        self.stores = stores
        self.desk = desk
        room = QueueRoom(jobs: desk.jobs, pausing: pausing)
        names = KnownNames(reader: stores.logReader, thread: "requeue", logger: logger)
        self.logger = logger
    }

    /// Has a round follow, now or after the present one.
    func ask() { signal.yield() }

    /// Works until the task is cancelled.
    func run() async {
        // What was revoked before an earlier process ended is looked at first.
        ask()
        for await _ in signals { await round() }
    }

    private func round() async {
        var count = 0
        for digest in lapsed() {
            guard await room.places() != nil else { return }
            if await queue(digest) { count += 1 }
        }
        if count > 0 { logger.info("\(count) artifacts are analysed again: verdicts about them were taken back") }
    }

    /// The artifacts here, in the order of the log: what others stand on before what stands on it.
    private func lapsed() -> [SHA512Digest] {
        let knowledge = stores.log.knowledge
        let here = knowledge.lapsedSubjects().filter { stores.artifacts.contains($0) }
        let firstSaid = here.map { digest in
            (digest: digest, logIndex: knowledge.about(digest).verdicts.map(\.logIndex).min() ?? .max)
        }
        return firstSaid.sorted { $0.logIndex < $1.logIndex }.map(\.digest)
    }

    /// Asks for what an artifact lacks under every name that it has here.
    ///
    /// - Returns: whether anything will be analysed.
    private func queue(_ digest: SHA512Digest) async -> Bool {
        guard let bytes = stores.artifacts.digests(of: digest) else { return false }
        var isQueued = false
        for purl in await names.names(of: digest) {
            for source in settings.current.topology.registries(of: purl.name.ecosystem) {
                // A registry that these bytes did not come from is not asked about them.
                guard let facts = try? await stores.history.facts(of: purl.name, at: source.name),
                    facts.values.contains(where: { $0.sha512 == digest })
                else { continue }
                if await queue(digest, as: purl, at: source, bytes) { isQueued = true }
            }
        }
        return isQueued
    }

    private func queue(
        _ digest: SHA512Digest, as purl: PackageURL, at source: RegistryDefinition, _ bytes: ComputedDigests
    ) async -> Bool {
        do {
            let view = try await admission.view(of: purl.name, at: source, maxAge: Self.listingTolerance)
            let artifact = view.listing.listing.artifacts.first { artifact in
                artifact.version == purl.version && view.sha512(of: artifact) == digest
            }
            guard let artifact else { return false }
            let progress = try await desk.progress(
                of: view.judge(artifact), in: view, bytes: bytes, priority: .rescan)
            return progress.values.contains { state in
                if case .running = state { true } else { false }
            }
        } catch {
            logger.info("\(purl.text) is analysed again when somebody asks for it; it cannot be queued now: \(error)")
            return false
        }
    }
}
