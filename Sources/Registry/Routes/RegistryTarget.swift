/// A request target divided into the registry it addresses and the target below that registry's root.
public struct RegistryTarget: Sendable, Equatable {
    /// How the registry is named.
    public enum Address: Sendable, Equatable {
        /// `/~<registry>/…`
        case named(RegistryName)
        /// An address without a registry: the default registry of this ecosystem.
        case alias(Ecosystem)
    }

    public let address: Address
    /// Begins with `/`; still encoded, query included.
    public let target: [UInt8]

    /// Divides a raw request target.
    ///
    /// `/~<registry>` alone is its root. Without a registry, `/simple/…`, `/pypi/…` and `/legacy/` are PyPI's and all else
    /// is npm's; the npm packages that are called so keep their packument (`/simple`) and tarballs (`/simple/-/…`).
    /// - Throws: `RouteError` when the target does not begin with `/` or names no valid registry.
    public init(parsing target: [UInt8]) throws(RouteError) {
        guard target.first == .slash else { throw .malformed(reason: "it does not begin with '/'") }
        let body = target.dropFirst()
        let raw = body.prefix { $0 != .slash && $0 != UInt8(ascii: "?") }
        let rest = Array(body.dropFirst(raw.count))
        guard let first = percentDecoded(raw) else {
            // An empty or undecodable segment is for the route's own parser to refuse.
            address = .alias(.npm)
            self.target = target
            return
        }
        if first.utf8.first == .tilde {
            do throws(RegistryNameError) {
                address = .named(try RegistryName(parsing: String(first.dropFirst())))
            } catch {
                throw .malformed(reason: "the name behind '/~' is not a registry's")
            }
            self.target = rest.first == .slash ? rest : [.slash] + rest
            return
        }
        let isShared = ["simple", "pypi", "legacy"].contains(first) && rest.first == .slash
        address = .alias(isShared && !rest.starts(with: "/-/".utf8) ? .pypi : .npm)
        self.target = target
    }
}
