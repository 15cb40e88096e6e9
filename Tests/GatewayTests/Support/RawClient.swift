import Glibc
import Platform

/// Sends bytes to a port of this machine and reads until the other side closes.
enum RawClient {
    struct Failure: Error {
        let call: String
    }

    static func exchange(port: UInt16, _ request: String) async throws -> String {
        try await BlockingThread(name: "raw client").run { () throws(Failure) in
            let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard socket >= 0 else { throw Failure(call: "socket") }
            defer { close(socket) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
            let connected = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard connected == 0 else { throw Failure(call: "connect") }
            let bytes = Array(request.utf8)
            guard unsafe write(socket, bytes, bytes.count) == bytes.count else { throw Failure(call: "write") }
            var answer: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = unsafe read(socket, &buffer, buffer.count)
                guard count >= 0 else { throw Failure(call: "read") }
                if count == 0 { return String(decoding: answer, as: UTF8.self) }
                answer += buffer[..<count]
            }
        }
    }
}
