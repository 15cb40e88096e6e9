import Platform
import VerdictStore

/// The logs that were seen to show different histories to different readers.
///
/// Following such a log shows that nothing was left out of one history, and there is another one.
final class SplitViews: Sendable {
    private let origins: Lock<Set<String>>

    init(_ evidence: [ForeignEvidence] = []) {
        origins = Lock(Self.origins(in: evidence))
    }

    func contains(_ origin: String) -> Bool { origins.withLock { $0.contains(origin) } }

    func replace(with evidence: [ForeignEvidence]) {
        let found = Self.origins(in: evidence)
        origins.withLock { $0 = found }
    }

    private static func origins(in evidence: [ForeignEvidence]) -> Set<String> {
        Set(evidence.filter { $0.kind == .splitView }.map(\.origin))
    }
}
