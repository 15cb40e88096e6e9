import Platform
import Registry
import Screening
import VerdictStore

/// Fetches and analyses artifacts that a check named, before they are wanted. Nobody waits for it.
///
/// A few at a time, behind everything that clients wait for, and never into the half of the job queue that is theirs. What
/// is left when the process ends is forgotten: whoever wants it asks again.
final class RequestedWarming: Sendable {
    private struct State {
        var waiting: [ArtifactKey] = []
        var known: Set<ArtifactKey> = []
    }

    private let admission: Admission
    private let settings: Settings
    private let preparation: ArtifactPreparation
    private let logger: Logger
    private let state = Lock(State())
    private let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    private static let atOnce = 4
    private static let maxWaiting = 20_000
    /// How old a listing may be that says where the bytes are.
    private static let listingTolerance = Duration.seconds(3600)

    init(
        admission: Admission, settings: Settings, preparation: ArtifactPreparation, logger: Logger
    ) {
        self.admission = admission
        self.settings = settings
        self.preparation = preparation
        self.logger = logger
    }

    /// Takes artifacts over that are not under way already.
    ///
    /// - Returns: how many of them are under way now; what is beyond the limit is not.
    func add(_ keys: [ArtifactKey]) -> Int {
        let count = state.withLock { state in
            var count = 0
            for key in keys {
                if state.known.contains(key) {
                    count += 1
                } else if state.waiting.count < Self.maxWaiting {
                    state.known.insert(key)
                    state.waiting.append(key)
                    count += 1
                }
            }
            return count
        }
        signal.yield()
        return count
    }

    /// Works until the task is cancelled.
    func run() async {
        for await _ in signals {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<Self.atOnce {
                    group.addTask {
                        while !Task.isCancelled, let key = self.next() {
                            await self.warm(key)
                            self.state.withLock { _ = $0.known.remove(key) }
                        }
                    }
                }
            }
        }
    }

    private func next() -> ArtifactKey? {
        state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
    }

    private func warm(_ key: ArtifactKey) async {
        guard let source = settings.current.topology.definition(named: key.source) else { return }
        do {
            let view = try await admission.view(of: key.name, at: source, maxAge: Self.listingTolerance)
            guard let artifact = view.listing.artifact(named: key.filename), view.judge(artifact).isAwaitingAnalysis
            else { return }
            try await preparation.ask(for: artifact, of: view)
        } catch {
            logger.info("\(key.filename) of \(key.name) is analysed when somebody asks for it, not ahead: \(error)")
        }
    }
}
