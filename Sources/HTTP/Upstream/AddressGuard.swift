import Platform

/// Decides where an upstream's document or redirect may lead.
///
/// Pure: names and literal addresses are judged here before a connection is made; what a name resolves to is judged by
/// `allows(_:)` on the connection itself, so that a resolver that changes its mind finds no gap.
struct AddressGuard: Sendable, Equatable {
    /// The URL that the configuration trusts.
    let trusted: UpstreamURL
    /// Whether the trusted host itself has a private address; nil while nobody knows.
    let trustedIsPrivate: Bool?

    init(trusted: UpstreamURL, trustedIsPrivate: Bool?) {
        self.trusted = trusted
        self.trustedIsPrivate = AddressGuard.isPrivateByName(trusted.host) ?? trustedIsPrivate
    }

    /// Refuses URLs that break the guard by their spelling.
    ///
    /// - Parameter isProxied: whether a proxy resolves the name, so that no address will be seen on our side.
    func check(_ url: UpstreamURL, isProxied: Bool) throws(UpstreamError) {
        if url.scheme == .http {
            guard url.host == trusted.host, trusted.scheme == .http else {
                throw .redirectRefused(
                    reason: "\(url.text) is neither https nor the http address of \(trusted.host) itself")
            }
        }
        guard isProxied, url.host != trusted.host, trustedIsPrivate != true else { return }
        if AddressGuard.isPrivateByName(url.host) == true {
            throw .redirectRefused(reason: "\(url.text) leads to a private address")
        }
    }

    /// Whether a connection to `url` may end at `address`; nil when that depends on the trusted host's own address, which
    /// is not known yet.
    func allows(_ address: IPAddress, for url: UpstreamURL) -> Bool? {
        if url.host == trusted.host || address.isPublic { return true }
        return trustedIsPrivate
    }

    /// What a host's spelling alone says: a literal address, or a name that always means this machine.
    static func isPrivateByName(_ host: String) -> Bool? {
        if let address = IPAddress(host) { return !address.isPublic }
        if host == "localhost" || host.hasSuffix(".localhost") { return true }
        return nil
    }
}
