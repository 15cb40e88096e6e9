import Registry

/// The hosts from which a lockfile's addresses lead to what is judged here: our own, those of the sources, and the public
/// ones for which clients take the registry that they are told to use.
///
/// An entry that claims nothing of its bytes and has another address is not what the registry serves under its name.
struct KnownPlaces {
    private let hosts: Set<String>

    init(_ configuration: ConfigurationInForce) {
        var hosts: Set<String> = ["registry.npmjs.org", "registry.yarnpkg.com"]
        hosts.insert(Self.host(of: configuration.configuration.publicBase))
        for definition in configuration.topology.definitions {
            if case .upstream(let upstream) = definition.kind { hosts.insert(Self.host(of: upstream.url)) }
        }
        self.hosts = hosts
    }

    func contains(_ address: String) -> Bool { hosts.contains(Self.host(of: address)) }

    /// The host of an address with its port, as URLs compare them.
    private static func host(of address: String) -> String {
        guard let scheme = ["https://", "http://"].first(where: address.hasPrefix) else { return "" }
        let ends: [Character] = ["/", "?", "#", "\\"]
        let authority = address.dropFirst(scheme.count).prefix { !ends.contains($0) }
        return authority.split(separator: "@", omittingEmptySubsequences: false).last.map { $0.lowercased() } ?? ""
    }
}
