import Dispatch
import Glibc

/// A client that sends exactly the bytes it is given and sees exactly the bytes that come, with blocking calls on threads
/// of their own.
final class RawConnection: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
    }

    deinit {
        close(descriptor)
    }

    /// Connects to a port of this machine. `receiveBufferBytes` bounds what the kernel takes in for a lazy reader.
    static func open(port: UInt16, receiveBufferBytes: Int32? = nil) throws -> RawConnection {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "no socket: \(errno)") }
        let connection = RawConnection(descriptor: descriptor)
        var on: Int32 = 1
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        if var bytes = receiveBufferBytes {
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Failure(description: "cannot connect to \(port): \(errno)") }
        return connection
    }

    /// Connects to a socket file.
    static func open(path: String) throws -> RawConnection {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "no socket: \(errno)") }
        let connection = RawConnection(descriptor: descriptor)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else { throw Failure(description: "cannot connect to \(path): \(errno)") }
        return connection
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await onThread { try self.sendNow(bytes) }
    }

    private func sendNow(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor, buffer.baseAddress.map { unsafe $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "cannot send: \(errno)") }
            sent += count
        }
    }

    /// What comes next, at most `count` bytes; empty at the end of the stream.
    func receive(atMost count: Int = 65_536) async throws -> [UInt8] {
        try await onThread { try self.receiveNow(atMost: count) }
    }

    private func receiveNow(atMost count: Int) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let received = unsafe recv(descriptor, &buffer, count, 0)
        guard received >= 0 else { throw Failure(description: "nothing to receive: \(errno)") }
        return Array(buffer[..<received])
    }

    /// Everything until the peer closes.
    func receiveAll() async throws -> [UInt8] {
        try await onThread {
            var all: [UInt8] = []
            while true {
                let more = try self.receiveNow(atMost: 65_536)
                if more.isEmpty { return all }
                all += more
            }
        }
    }

    /// Everything until the peer closes or resets.
    func receiveUntilGone() async -> [UInt8] {
        await withCheckedContinuation { done in
            DispatchQueue.global().async {
                var all: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while true {
                    let count = unsafe recv(self.descriptor, &buffer, buffer.count, 0)
                    if count <= 0 { break }
                    all += buffer[..<count]
                }
                done.resume(returning: all)
            }
        }
    }

    /// Exactly `count` bytes.
    func receive(exactly count: Int) async throws -> [UInt8] {
        try await onThread {
            var all: [UInt8] = []
            while all.count < count {
                let more = try self.receiveNow(atMost: count - all.count)
                guard !more.isEmpty else { throw Failure(description: "the stream ended after \(all.count) bytes") }
                all += more
            }
            return all
        }
    }

    /// The bytes up to and including the next empty line.
    func receiveHead() async throws -> String {
        try await onThread {
            var all: [UInt8] = []
            while !all.suffix(4).elementsEqual("\r\n\r\n".utf8) {
                let more = try self.receiveNow(atMost: 1)
                guard !more.isEmpty else { throw Failure(description: "the stream ended within a head") }
                all += more
            }
            return String(decoding: all, as: UTF8.self)
        }
    }

    /// The next response, whose body a `Content-Length` delimits.
    func receiveResponse() async throws -> RawResponse {
        let head = try await receiveHead()
        let response = RawResponse(head: head, body: [])
        let length = response.field("content-length").flatMap { Int($0) } ?? 0
        return RawResponse(head: head, body: try await receive(exactly: length))
    }

    func shutdownWriting() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { done in
            DispatchQueue.global().async { done.resume(with: Result { try body() }) }
        }
    }
}

/// A response as it came.
struct RawResponse: Sendable {
    let head: String
    let body: [UInt8]

    var statusLine: String { String(head.prefix { $0 != "\r\n" }) }
    var status: Int { Int(statusLine.split(separator: " ")[1]) ?? 0 }
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of the field of that lowercase name.
    func field(_ name: String) -> String? {
        for line in head.split(separator: "\r\n").dropFirst() {
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name else { continue }
            return String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        return nil
    }
}
