import HTTP

/// Where a request came from and by which address it reached us, as far as we believe it.
///
/// `Host` is never believed: whoever controls it would choose where package managers fetch from. A proxy that the
/// configuration lists may say more in `X-Forwarded-*`.
struct RequestOrigin: Sendable, Equatable {
    /// Our public address without a slash at its end, the base of every address we write.
    let publicBase: String
    /// The client's IP address.
    let clientAddress: String

    /// - Parameter publicBase: our configured address without a slash at its end.
    init(_ request: ServerRequest, publicBase configured: String, trustedProxies: [AddressRange]) {
        let isTrusted = trustedProxies.contains { $0.contains(request.remoteAddress) }
        guard isTrusted else {
            publicBase = configured
            clientAddress = request.remoteAddress
            return
        }
        publicBase = Self.forwardedBase(request.head.headers) ?? configured
        clientAddress =
            Self.forwardedClient(request.head.headers, trustedProxies: trustedProxies) ?? request.remoteAddress
    }

    private static func forwardedBase(_ headers: HeaderFields) -> String? {
        guard let host = headers["X-Forwarded-Host"], isHost(host) else { return nil }
        let scheme = headers["X-Forwarded-Proto"]?.lowercased() ?? "https"
        guard scheme == "http" || scheme == "https" else { return nil }
        var prefix = headers["X-Forwarded-Prefix"] ?? ""
        while prefix.hasSuffix("/") { prefix.removeLast() }
        guard prefix.isEmpty || isPathPrefix(prefix) else { return nil }
        return "\(scheme)://\(host)\(prefix)"
    }

    /// The nearest address that none of our own proxies has; each proxy adds its peer at the end of the list.
    private static func forwardedClient(_ headers: HeaderFields, trustedProxies: [AddressRange]) -> String? {
        let hops = headers.all("X-Forwarded-For").flatMap { $0.split(separator: ",") }.map { hop in
            String(hop.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        return hops.last { hop in
            AddressRange(parsing: hop) != nil && !trustedProxies.contains { $0.contains(hop) }
        }
    }

    /// A host name or address with an optional port: nothing that could end the authority or leave a quoted attribute.
    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 255
            && text.utf8.allSatisfy { isAlphanumeric($0) || [0x2D, 0x2E, 0x3A, 0x5B, 0x5D].contains($0) }
    }

    private static func isPathPrefix(_ text: String) -> Bool {
        text.utf8.first == UInt8(ascii: "/") && text.utf8.count <= 255
            && text.utf8.allSatisfy { isAlphanumeric($0) || [0x2D, 0x2E, 0x2F, 0x5F, 0x7E].contains($0) }
            && !text.contains("//") && !text.split(separator: "/").contains { $0 == "." || $0 == ".." }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
