import Registry
import VerdictStore

extension RefusalReference {
    /// The short name of a refused artifact, as links, tables and the register have it.
    init(of key: ArtifactKey, version: PackageVersion) {
        self = key.subject(version).reference
    }
}

extension ArtifactKey {
    /// The artifact as the register of refusals names it.
    func subject(_ version: PackageVersion) -> RefusalSubject {
        RefusalSubject(registry: source, purl: PackageURL(name, version: version), filename: filename)
    }
}
