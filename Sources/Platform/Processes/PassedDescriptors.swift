import CLinux
import Glibc

/// A message that came with two descriptors, which are the receiver's to close.
public struct PassedDescriptors: Sendable {
    public let message: [UInt8]
    public let first: Int32
    public let second: Int32

    /// Closes both.
    public func close() {
        closeDescriptor(first)
        closeDescriptor(second)
    }
}

extension SequencedSocket {
    /// Sends one message with two descriptors of ours, which stay open here.
    ///
    /// - Throws: `MessageError`.
    public func send(_ message: [UInt8], passing first: Int32, _ second: Int32) throws(MessageError) {
        precondition(!message.isEmpty, "a message has at least one byte")
        let count = retryingInterruption {
            unsafe jurat_send_with_descriptors(descriptor, message, message.count, first, second)
        }
        if count == message.count { return }
        let code = currentErrorNumber()
        throw code == EPIPE || code == ECONNRESET ? .peerClosed : .system(operation: "send", code: code)
    }

    /// Sends one message with one descriptor of ours, which stays open here.
    ///
    /// - Throws: `MessageError`.
    public func send(_ message: [UInt8], passing only: Int32) throws(MessageError) {
        try send(message, passing: only, -1)
    }

    /// Receives one message that may come with a descriptor, which is the receiver's to close; nil when the other end was
    /// closed.
    ///
    /// - Throws: `MessageError`. A message that is too long, or that comes with more descriptors, is lost with them.
    public func receiveWithDescriptor(
        maxBytes: Int, timeout: Duration
    ) throws(MessageError) -> (message: [UInt8], descriptor: Int32?)? {
        guard pollDescriptor(descriptor, for: Int16(POLLIN), until: Deadline(after: timeout)) == .ready else {
            throw .timedOut
        }
        // A byte more tells a message that is too long from one that just fits.
        var buffer = [UInt8](repeating: 0, count: maxBytes + 1)
        var (first, second): (Int32, Int32) = (-1, -1)
        let count = retryingInterruption {
            unsafe jurat_receive_with_descriptors(descriptor, &buffer, buffer.count, &first, &second)
        }
        let failure: MessageError?
        if count < 0 {
            let code = currentErrorNumber()
            failure = code == ECONNRESET ? .peerClosed : .system(operation: "receive", code: code)
        } else if count > maxBytes {
            failure = .tooLong(byteCount: count, limit: maxBytes)
        } else {
            failure = second >= 0 ? .system(operation: "receive", code: EPROTO) : nil
        }
        if let failure {
            for passed in [first, second] where passed >= 0 { closeDescriptor(passed) }
            throw failure
        }
        guard count > 0 else { return nil }
        return (Array(buffer.prefix(count)), first >= 0 ? first : nil)
    }

    /// Waits for one message with two descriptors, however long; nil when the other end was closed or sent another.
    public func receivePassed(maxBytes: Int) -> PassedDescriptors? {
        var buffer = [UInt8](repeating: 0, count: maxBytes)
        var first: Int32 = -1
        var second: Int32 = -1
        let count = retryingInterruption {
            unsafe jurat_receive_with_descriptors(descriptor, &buffer, buffer.count, &first, &second)
        }
        guard count > 0, second >= 0 else {
            if first >= 0 { closeDescriptor(first) }
            return nil
        }
        return PassedDescriptors(message: Array(buffer.prefix(count)), first: first, second: second)
    }
}
