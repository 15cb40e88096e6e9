import CSodium

/// Bytes that nobody else may see, in guarded memory: locked against swapping, read-only, wiped when the last reference
/// goes. They never appear in a description.
@safe
public final class SecretBytes: @unchecked Sendable {
    public let count: Int
    // Written only during `init`.
    private let memory: UnsafeMutableRawPointer

    /// Moves the bytes into guarded memory and wipes the array that they came in.
    public init(taking bytes: inout [UInt8]) {
        initialiseSodium()
        count = bytes.count
        guard let memory = unsafe sodium_malloc(max(bytes.count, 1)) else {
            preconditionFailure("no memory for a secret")
        }
        unsafe self.memory = memory
        unsafe bytes.withUnsafeBytes { source in
            if let start = source.baseAddress { unsafe memory.copyMemory(from: start, byteCount: source.count) }
        }
        unsafe sodium_mprotect_readonly(memory)
        bytes.wipe()
    }

    deinit {
        unsafe sodium_free(memory)
    }

    /// Lends the bytes to `body`. The pointer must not outlive the call.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe try body(UnsafeRawBufferPointer(start: memory, count: count))
    }
}

extension [UInt8] {
    /// Overwrites the bytes with zeroes in a way that is not optimised away. Copies elsewhere stay what they are.
    public mutating func wipe() {
        unsafe withUnsafeMutableBytes { buffer in
            if let start = buffer.baseAddress { unsafe sodium_memzero(start, buffer.count) }
        }
    }
}
