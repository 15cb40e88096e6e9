import HTTP
import Registry

/// The `npm-notice` header: npm prints it at the end of an install, on the answer to its audit request alone.
///
/// It names newer versions of what was installed that are held now, so that nobody wonders why they did not come. It is
/// made from listings that were rendered lately for this address, costs no decision and may therefore miss some.
enum NPMNotice {
    private static let maxNamed = 3

    /// The notice about the packages of an audit request; nil when nothing newer is known to be held.
    static func text(
        about packages: [(name: PackageName, versions: [PackageVersion])], _ incoming: RegistryRequest
    ) -> String? {
        var named: [String] = []
        var count = 0
        for package in packages {
            guard let newest = package.versions.max(), let held = newestHeld(of: package.name, incoming),
                held.version > newest
            else { continue }
            count += 1
            if named.count < maxNamed { named.append("\(package.name)@\(held.version) \(held.cause)") }
        }
        guard count > 0 else { return nil }
        let rest = count > named.count ? " and \(count - named.count) more" : ""
        return "jurat: newer versions are held: \(named.joined(separator: ", "))\(rest)"
    }

    private static func newestHeld(of name: PackageName, _ incoming: RegistryRequest) -> HeldVersion? {
        guard case .source(let source) = incoming.services.topology.source(for: name, in: incoming.registry.name) else {
            return nil
        }
        // What npm asked for during the same install: the short form, compressed.
        let key = DerivedListings.Key(
            source: source.name, name: name, representation: NPMListing.abbreviated,
            registryBase: incoming.registryBase, publicBase: incoming.origin.publicBase, isCompressed: true)
        return incoming.services.derived.latest(key)?.held.first { !$0.version.isPrerelease }
    }
}
