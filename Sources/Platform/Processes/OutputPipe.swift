import CLinux
import Glibc

/// A pipe that a child process writes lines of text to.
///
/// Hand `writeEnd` to the child, close it here with `closeWriteEnd`, and read until every process that has it is gone.
public final class OutputPipe: Sendable {
    private let readEnd: Int32
    private let ends: Lock<Int32?>

    /// The longest line that is kept whole; what is longer comes in pieces.
    private static let maxLineBytes = 4096

    /// - Throws: `SpawnError` when no descriptor is left.
    public init() throws(SpawnError) {
        var descriptors: [Int32] = [-1, -1]
        guard unsafe pipe(&descriptors) == 0 else {
            throw .refused(executable: "pipe", step: .observe, code: currentErrorNumber())
        }
        // Children get no descriptor that is not listed for them, so the moment before this line is harmless.
        for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        readEnd = descriptors[0]
        ends = Lock(descriptors[1])
    }

    deinit {
        closeWriteEnd()
        closeDescriptor(readEnd)
    }

    /// The descriptor to hand to the child; only before `closeWriteEnd`.
    public var writeEnd: Int32 {
        guard let descriptor = ends.withLock({ $0 }) else { preconditionFailure("the write end was closed") }
        return descriptor
    }

    /// Closes our own copy of the write end, without which the lines would never end.
    public func closeWriteEnd() {
        let descriptor = ends.withLock { end in
            defer { end = nil }
            return end
        }
        if let descriptor { closeDescriptor(descriptor) }
    }

    /// Calls `body` with every line, without its end, until all writers are gone. Blocks: not for the cooperative pool.
    public func forEachLine(_ body: (String) -> Void) {
        var pending: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = retryingInterruption {
                unsafe piece.withUnsafeMutableBytes { unsafe read(readEnd, $0.baseAddress, $0.count) }
            }
            guard count > 0 else { break }
            for byte in piece[..<count] {
                if byte == UInt8(ascii: "\n") || pending.count >= Self.maxLineBytes {
                    if !pending.isEmpty { body(String(decoding: pending, as: UTF8.self)) }
                    pending.removeAll(keepingCapacity: true)
                }
                if byte != UInt8(ascii: "\n") { pending.append(byte) }
            }
        }
        if !pending.isEmpty { body(String(decoding: pending, as: UTF8.self)) }
    }
}
