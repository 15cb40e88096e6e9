import CLinux
import Glibc

/// Why a message did not get through.
public enum MessageError: Error, Equatable, CustomStringConvertible {
    case tooLong(byteCount: Int, limit: Int)
    case timedOut
    /// The other end is closed: the other process has ended or does not listen.
    case peerClosed
    case system(operation: String, code: Int32)

    public var description: String {
        switch self {
        case .tooLong(let byteCount, let limit): "a message of \(byteCount) bytes is too long; at most \(limit)"
        case .timedOut: "the other process did not answer in time"
        case .peerClosed: "the other process closed the connection"
        case .system(let operation, let code): "cannot \(operation) a message: \(errorText(code))"
        }
    }
}

/// One end of a connection between two processes that keeps messages apart (`SOCK_SEQPACKET`).
///
/// All calls block the calling thread up to their time-out. One thread may send while another receives.
public final class SequencedSocket: Sendable {
    /// The longest message. It fits the kernel's default buffer; longer results are sent in parts.
    public static let maxMessageBytes = 128 << 10

    /// The descriptor, to be handed to a child or polled. Never close it.
    public let descriptor: Int32

    /// Takes over a descriptor, such as the one that this process was started with.
    public init(adopting descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        closeDescriptor(descriptor)
    }

    /// Sends one message.
    ///
    /// - Throws: `MessageError`. After `.timedOut` nothing was sent.
    public func send(_ message: [UInt8], timeout: Duration) throws(MessageError) {
        guard message.count <= SequencedSocket.maxMessageBytes else {
            throw .tooLong(byteCount: message.count, limit: SequencedSocket.maxMessageBytes)
        }
        // The kernel's end-of-connection looks like an empty message; a real one would be taken for it.
        precondition(!message.isEmpty, "a message has at least one byte")
        let deadline = Deadline(after: timeout)
        while true {
            let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
            let count = retryingInterruption { unsafe Glibc.send(descriptor, message, message.count, flags) }
            if count == message.count { return }
            let code = currentErrorNumber()
            switch code {
            case EAGAIN, ENOBUFS:
                guard pollDescriptor(descriptor, for: Int16(POLLOUT), until: deadline) == .ready else {
                    throw .timedOut
                }
            case EPIPE, ECONNRESET: throw .peerClosed
            default: throw .system(operation: "send", code: code)
            }
        }
    }

    /// Receives one message, or nil when the other end was closed and everything that it sent was received.
    ///
    /// - Throws: `MessageError`. After `.tooLong` the message is lost; nothing after it can be trusted to make sense.
    public func receive(
        maxBytes: Int = SequencedSocket.maxMessageBytes, timeout: Duration
    ) throws(MessageError) -> [UInt8]? {
        guard pollDescriptor(descriptor, for: Int16(POLLIN), until: Deadline(after: timeout)) == .ready else {
            throw .timedOut
        }
        var buffer = [UInt8](repeating: 0, count: maxBytes)
        // MSG_TRUNC makes the kernel return the message's length even when it is longer than the buffer.
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_TRUNC)
        let count = retryingInterruption { unsafe recv(descriptor, &buffer, buffer.count, flags) }
        guard count >= 0 else {
            let code = currentErrorNumber()
            // The other end closed with messages of ours unread.
            if code == ECONNRESET { return nil }
            throw code == EAGAIN ? .timedOut : .system(operation: "receive", code: code)
        }
        guard count <= maxBytes else { throw .tooLong(byteCount: count, limit: maxBytes) }
        guard count > 0 else { return nil }
        buffer.removeLast(buffer.count - count)
        return buffer
    }

    /// Tells the other end that nothing more comes; it receives what was sent and then nil.
    public func finishSending() {
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }
}

/// Two connected ends: one is kept, the descriptor of the other is handed to a child.
///
/// Drop the child's end after starting the child, or the end of the child goes unnoticed.
public struct SequencedSocketPair: Sendable {
    public let parent: SequencedSocket
    public let child: SequencedSocket

    /// Makes a connected pair whose descriptors close on exec.
    ///
    /// - Throws: `MessageError.system` when the process has no descriptors left.
    public init() throws(MessageError) {
        var descriptors: [Int32] = [-1, -1]
        let type = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &descriptors) == 0 else {
            throw .system(operation: "make a connection for", code: currentErrorNumber())
        }
        parent = SequencedSocket(adopting: descriptors[0])
        child = SequencedSocket(adopting: descriptors[1])
    }
}
