import CLinux
import Glibc

/// A connected, non-blocking stream socket; closed when the last reference goes.
///
/// Nothing here raises `SIGPIPE` but `sendFile`, which must run on a thread that blocks that signal, as event loops do.
public final class StreamSocket: Sendable {
    /// The descriptor, for registering with a loop. Never close it.
    public let descriptor: Int32

    /// Takes over a connected, non-blocking descriptor.
    init(adopting descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        closeDescriptor(descriptor)
    }

    /// Receives into `buffer` what has arrived.
    public func receive(into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        TransferResult(
            returned: retryingInterruption { unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0) })
    }

    /// Whether the peer has closed its writing side and no byte is left to receive.
    public func isAtEndOfStream() -> Bool {
        var byte: UInt8 = 0
        return retryingInterruption { unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK)) } == 0
    }

    /// Sends `bytes`; `moreFollows` asks the kernel to wait for more before it sends a packet that is not full.
    public func send(_ bytes: UnsafeRawBufferPointer, moreFollows: Bool = false) -> TransferResult {
        TransferResult(
            returned: retryingInterruption {
                unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, StreamSocket.flags(moreFollows))
            })
    }

    /// Sends two runs of bytes with one system call.
    public func send(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, moreFollows: Bool = false
    ) -> TransferResult {
        let runs = unsafe (
            iovec(iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress), iov_len: first.count),
            iovec(iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress), iov_len: second.count)
        )
        return unsafe withUnsafePointer(to: runs) { runs in
            unsafe runs.withMemoryRebound(to: iovec.self, capacity: 2) { runs in
                var message = unsafe msghdr()
                unsafe message.msg_iov = UnsafeMutablePointer(mutating: runs)
                unsafe message.msg_iovlen = 2
                return TransferResult(
                    returned: retryingInterruption {
                        unsafe sendmsg(descriptor, &message, StreamSocket.flags(moreFollows))
                    })
            }
        }
    }

    /// Sends up to `count` bytes of a file from `offset`, without copying them through this process.
    public func sendFile(_ file: OpenFile, offset: Int64, count: Int) -> TransferResult {
        var position = off_t(offset)
        return TransferResult(
            returned: retryingInterruption { unsafe sendfile(descriptor, file.descriptor, &position, count) })
    }

    /// Tells the peer that nothing more will be sent.
    public func shutdownWriting() {
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Makes closing drop what is not yet sent and tell the peer with a reset, so that it notices the cut.
    public func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Sends small packets at once.
    public func disableDelay() {
        var on: Int32 = 1
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func flags(_ moreFollows: Bool) -> Int32 {
        Int32(MSG_NOSIGNAL) | (moreFollows ? Int32(MSG_MORE) : 0)
    }
}
