import Platform

/// Which proxy the environment names for which URL.
///
/// The capitals of `HTTP_PROXY` are passed over: a CGI server sets that variable from a client's `Proxy` header.
struct ProxySettings: Sendable {
    private let httpProxy: String?
    private let httpsProxy: String?
    private let exceptions: [String]

    init(_ environment: ProcessEnvironment) {
        func value(_ names: String...) -> String? {
            for name in names {
                if let value = environment[name], !value.isEmpty { return value }
            }
            return nil
        }
        let fallback = value("all_proxy", "ALL_PROXY")
        httpProxy = value("http_proxy") ?? fallback
        httpsProxy = value("https_proxy", "HTTPS_PROXY") ?? fallback
        exceptions = (value("no_proxy", "NO_PROXY") ?? "")
            .split { $0 == "," || $0 == " " }
            .map { $0.lowercased() }
    }

    /// The proxy for a URL; nil to connect directly.
    func proxy(for url: UpstreamURL) -> String? {
        let proxy =
            switch url.scheme {
            case .http: httpProxy
            case .https: httpsProxy
            }
        guard let proxy, !exceptions.contains(where: { matches($0, url) }) else { return nil }
        return proxy
    }

    /// Whether an entry of `no_proxy` (`*`, a name that covers its subdomains, an address, a network, each with an optional
    /// port) covers a URL.
    private func matches(_ entry: String, _ url: UpstreamURL) -> Bool {
        if entry == "*" { return true }
        if let network = AddressNetwork(entry) { return IPAddress(url.host).map(network.contains) ?? false }
        var name = entry
        if let colon = name.lastIndex(of: ":"), name.firstIndex(of: ":") == colon {
            guard Int(name[name.index(after: colon)...]) == url.port else { return false }
            name = String(name[..<colon])
        }
        if name.hasPrefix("*.") { name.removeFirst() }
        if name.hasPrefix(".") { name.removeFirst() }
        if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
        return !name.isEmpty && (url.host == name || url.host.hasSuffix("." + name))
    }
}

/// Addresses that share their first bits, as in `10.0.0.0/8`.
private struct AddressNetwork {
    private let base: IPAddress
    private let bits: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let base = IPAddress(String(parts[0])), let bits = Int(parts[1]),
            (0...base.bytes.count * 8).contains(bits)
        else { return nil }
        self.base = base
        self.bits = bits
    }

    func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == base.bytes.count else { return false }
        for bit in 0..<bits {
            let mask: UInt8 = 0x80 >> UInt8(bit % 8)
            if (address.bytes[bit / 8] ^ base.bytes[bit / 8]) & mask != 0 { return false }
        }
        return true
    }
}
