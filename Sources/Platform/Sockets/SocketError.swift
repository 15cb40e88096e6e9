import Glibc

/// A system call on a socket that failed.
public struct SocketError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was attempted, as in "listen on 127.0.0.1:80".
    public let operation: String
    /// The system's error number.
    public let code: Int32

    public init(operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    public var description: String { "cannot \(operation): \(errorText(code))" }

    /// The system's sentence alone, as in "Address already in use".
    public var reason: String { errorText(code) }
}

/// What a transfer on a non-blocking socket came to.
public enum TransferResult: Sendable, Equatable {
    /// So many bytes were moved, at least one.
    case moved(Int)
    /// Nothing can be moved before the socket is ready again.
    case wouldBlock
    /// The peer has closed its writing side, or the file had no more bytes.
    case endOfStream
    /// The connection is broken; the system's error number.
    case broken(Int32)

    init(returned count: Int) {
        if count > 0 {
            self = .moved(count)
        } else if count == 0 {
            self = .endOfStream
        } else {
            let code = currentErrorNumber()
            self = code == EAGAIN || code == EWOULDBLOCK ? .wouldBlock : .broken(code)
        }
    }
}
