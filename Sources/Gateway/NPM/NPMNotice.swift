import HTTP
import Registry

/// The `npm-notice` header: npm prints it at the end of an install, on the answer to its audit request alone.
///
/// It names newer versions of what was installed that are held now, with why and until when, so that nobody wonders why
/// they did not come. It asks no source: packages whose listing is not in memory are passed over.
struct NPMNotice {
    private static let maxNamed = 3

    private let incoming: RegistryRequest
    private var named: [String] = []
    private var count = 0

    init(_ incoming: RegistryRequest) {
        self.incoming = incoming
    }

    /// Looks whether something newer of the package is held.
    mutating func consider(_ package: NPMAuditRequest.Package) {
        let services = incoming.services
        guard let newest = package.versions.max(),
            case .source(let source) = services.topology.source(for: package.name, in: incoming.registry.name),
            let held = services.derived.newestHeld(of: package.name, at: source),
            held.version > newest
        else { return }
        count += 1
        if named.count < Self.maxNamed { named.append("\(package.name)@\(held.version) \(held.cause)") }
    }

    /// The notice; nil when nothing newer is known to be held.
    var text: String? {
        guard count > 0 else { return nil }
        let rest = count > named.count ? " and \(count - named.count) more" : ""
        return "newer versions are held: \(named.joined(separator: ", "))\(rest)"
    }
}
