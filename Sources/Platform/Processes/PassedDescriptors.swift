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
