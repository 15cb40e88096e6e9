import Registry
import Screening

/// What the package depends on and did not: DEP-NEW.
struct DependencyGrowth {
    /// The manifests that name something new which is installed with the package, once for each such thing.
    private(set) var places: [[UInt8]] = []

    init(_ pair: VersionPair) {
        for change in pair.difference.manifests.changes where change.kind == .added {
            switch (pair.new.layout, change.group) {
            case (.npmTarball, "dependencies"), (.npmTarball, "optionalDependencies"):
                guard change.manifest == "package.json" else { continue }
            case (.wheel, "requires-dist"), (.sourceDistribution, "requires-dist"):
                // What only an extra asks for is installed when somebody asks for that.
                guard !Self.isForExtra(change), pair.listsRequirements(in: change.manifest) else { continue }
            case _: continue
            }
            places.append(pair.name(at: Array(change.manifest.utf8)))
        }
    }

    private static func isForExtra(_ change: ManifestChange) -> Bool {
        let text = Array((change.new ?? "").utf8).filter { $0 != 0x20 }
        return text.contains(text: "extra==")
    }

    func note(_ pair: VersionPair, into findings: inout FindingCollector) {
        for path in places {
            findings.add(pair.step == .patch ? .dependencyCameInPatch : .dependencyCame, path: path)
        }
    }
}

extension VersionPair {
    /// Whether metadata of the base says what the project requires: that of old source distributions never did.
    ///
    /// Spec: Python core metadata, versions 2.2 and 1.2.
    fileprivate func listsRequirements(in manifest: String) -> Bool {
        guard new.layout == .sourceDistribution else { return true }
        guard let text = difference.base.entry(at: Array(manifest.utf8))?.text else { return false }
        let head = text.prefix(64 << 10)
        let isOld = ["1.", "2.0", "2.1"].contains { head.contains(text: "Metadata-Version: \($0)") }
        return !isOld || head.contains(text: "Requires-Dist:")
    }
}
