import Platform
import Registry
import VerdictStore

/// Finds what a reference in a listing is about, although nobody has run into the refusal yet.
///
/// In memory and bounded: a reference that is forgotten is learnt again when its listing is shown again.
final class ReferenceIndex: Sendable {
    struct Target: Sendable, Hashable {
        let key: ArtifactKey
        let version: PackageVersion
    }

    private let targets: Lock<CostLimitedCache<RefusalReference, Target>>

    init(maxEntries: Int = 100_000) {
        targets = Lock(CostLimitedCache(maxCost: maxEntries))
    }

    func add(_ judgements: [Judgement], of view: PackageView) {
        for judgement in judgements {
            let artifact = judgement.artifact
            let key = ArtifactKey(source: view.source.name, name: view.name, filename: artifact.filename)
            add(Target(key: key, version: artifact.version))
        }
    }

    func add(_ target: Target) {
        let reference = RefusalReference(of: target.key, version: target.version)
        targets.withLock { $0.insert(target, for: reference, cost: 1) }
    }

    func target(of text: String) -> Target? {
        guard let reference = RefusalReference(parsing: text) else { return nil }
        return targets.withLock { $0.value(for: reference) }
    }
}
