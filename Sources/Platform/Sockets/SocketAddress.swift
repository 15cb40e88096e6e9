import CLinux
import Glibc

/// An internet address with a port, as the system keeps it.
@safe
struct SocketAddress {
    private(set) var storage: sockaddr_storage
    private(set) var length: socklen_t

    /// An address that a system call is to fill in.
    init() {
        storage = sockaddr_storage()
        length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    }

    /// Finds the first address of a host name or numeric address.
    ///
    /// - Throws: `SocketError` (`EADDRNOTAVAIL`) when there is none. It may ask the resolver: never on an event loop.
    init(resolving host: String, port: UInt16) throws(SocketError) {
        self.init()
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &found)
        guard code == 0, let first = unsafe found, let address = unsafe first.pointee.ai_addr else {
            throw SocketError(operation: "find the address of \(host)", code: EADDRNOTAVAIL)
        }
        length = unsafe first.pointee.ai_addrlen
        unsafe withUnsafeMutableBytes(of: &storage) { storage in
            unsafe storage.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(length)))
        }
        unsafe freeaddrinfo(found)
    }

    var family: Int32 { Int32(storage.ss_family) }

    /// Lends the address to a system call that reads it.
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }

    /// Lends the address to a system call that fills it in.
    mutating func withMutablePointer<Result>(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
    ) -> Result {
        unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, &length) }
        }
    }

    /// The IP address without port; an IPv4 address that came in over IPv6 is written as IPv4. `unix` for socket files.
    var host: String {
        guard family == AF_INET || family == AF_INET6 else { return "unix" }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = unsafe withPointer { address, length in
            unsafe getnameinfo(address, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        }
        guard code == 0 else { return "unknown" }
        let name = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return name.hasPrefix("::ffff:") && name.contains(".") ? String(name.dropFirst(7)) : name
    }

    /// The port; 0 for socket files.
    var port: UInt16 {
        // The port lies at the same place in both families, in network order.
        guard family == AF_INET || family == AF_INET6 else { return 0 }
        return unsafe withUnsafeBytes(of: storage) { bytes in
            UInt16(unsafe bytes[2]) << 8 | UInt16(unsafe bytes[3])
        }
    }
}
