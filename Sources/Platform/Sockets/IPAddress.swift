import CLinux
import Glibc

/// An IPv4 or IPv6 address.
public struct IPAddress: Hashable, Sendable {
    /// The 4 or 16 bytes in network order; an IPv4 address within IPv6 (`::ffff:a.b.c.d`) is kept as IPv4.
    public let bytes: [UInt8]

    private init(networkBytes: [UInt8]) {
        let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        bytes =
            networkBytes.count == 16 && networkBytes.starts(with: mappedPrefix)
            ? Array(networkBytes[12...]) : networkBytes
    }

    /// Reads a numeric address, with or without brackets or a zone.
    public init?(_ text: String) {
        var name = text
        if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
        if let zone = name.firstIndex(of: "%") { name = String(name[..<zone]) }
        let isLong = name.utf8.contains(UInt8(ascii: ":"))
        var buffer = [UInt8](repeating: 0, count: isLong ? 16 : 4)
        guard unsafe inet_pton(isLong ? AF_INET6 : AF_INET, name, &buffer) == 1 else { return nil }
        self.init(networkBytes: buffer)
    }

    /// Reads the bytes of a socket address of the system; nil for families other than the two of the internet.
    public init?(socketAddress bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 2 else { return nil }
        // After family and port comes the address, in IPv6 behind the flow label.
        switch Int32(unsafe bytes.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET where bytes.count >= 8: self.init(networkBytes: unsafe Array(bytes[4..<8]))
        case AF_INET6 where bytes.count >= 24: self.init(networkBytes: unsafe Array(bytes[8..<24]))
        default: return nil
        }
    }

    /// Whether an http or https URL leads to this machine, by its spelling alone.
    public static func isLoopback(url: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: { url.hasPrefix($0) }) else { return false }
        var authority = url.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        if !authority.hasSuffix("]"), let colon = authority.lastIndex(of: ":") { authority = authority[..<colon] }
        guard let address = IPAddress(String(authority)) else { return authority == "localhost" }
        return address.bytes.count == 4
            ? address.bytes[0] == 127 : address.bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// Whether the address belongs to everyone's internet: not private, loopback, link-local, shared, multicast, reserved or
    /// one that leads to such an address through a transition mechanism.
    ///
    /// Spec: RFC 6890 and the special-purpose address registries it founded.
    public var isPublic: Bool {
        bytes.count == 4 ? isPublicIPv4(bytes[...]) : isPublicIPv6
    }

    private var isPublicIPv6: Bool {
        // Only 2000::/3 is given out for the internet at large.
        guard bytes[0] & 0xE0 == 0x20 else {
            // 64:ff9b::/96 translates to the IPv4 address in its last bytes.
            let isTranslation = bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0] as [UInt8])
            return isTranslation && isPublicIPv4(bytes[12...])
        }
        if bytes.starts(with: [0x20, 0x02] as [UInt8]) { return isPublicIPv4(bytes[2..<6]) }
        // 2001::/23 is for protocols (Teredo among them), 2001:db8::/32 and 3fff::/20 for documentation.
        if bytes.starts(with: [0x20, 0x01] as [UInt8]) {
            return bytes[2] >= 0x02 && !bytes[2...].starts(with: [0x0D, 0xB8] as [UInt8])
        }
        return !(bytes[0] == 0x3F && bytes[1] == 0xFF && bytes[2] & 0xF0 == 0)
    }
}

private func isPublicIPv4(_ bytes: ArraySlice<UInt8>) -> Bool {
    let parts = Array(bytes)
    switch (parts[0], parts[1], parts[2]) {
    case (0, _, _), (10, _, _), (127, _, _), (224..., _, _): return false
    case (100, 64...127, _), (169, 254, _), (172, 16...31, _), (192, 168, _), (198, 18...19, _): return false
    case (192, 0, 0), (192, 0, 2), (198, 51, 100), (203, 0, 113), (192, 88, 99): return false
    default: return true
    }
}

/// The addresses that a host name stands for, in the system's order. Blocks: never on an event loop or a shared pool.
///
/// - Throws: `SocketError` when there is none or the resolver fails.
public func resolveAddresses(ofHost host: String) throws(SocketError) -> [IPAddress] {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard unsafe getaddrinfo(host, nil, &hints, &found) == 0 else {
        throw SocketError(operation: "find the address of \(host)", code: EADDRNOTAVAIL)
    }
    defer { unsafe freeaddrinfo(found) }
    var addresses: [IPAddress] = []
    var next = unsafe found
    while let entry = unsafe next {
        let bytes = unsafe UnsafeRawBufferPointer(
            start: entry.pointee.ai_addr, count: Int(entry.pointee.ai_addrlen))
        if let address = unsafe IPAddress(socketAddress: bytes) { addresses.append(address) }
        unsafe next = entry.pointee.ai_next
    }
    return addresses
}
