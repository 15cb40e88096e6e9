import CLinux
import Glibc

/// The operating system's cryptographically secure random numbers (`getrandom`).
///
/// It blocks only before the kernel's generator is seeded, early at boot, and never returns weaker bytes.
public struct SystemRandom: RandomNumberGenerator, Sendable {
    public init() {}

    /// `count` fresh random bytes.
    public func bytes(_ count: Int) -> [UInt8] {
        precondition(count >= 0, "a count of random bytes cannot be negative")
        var bytes = [UInt8](repeating: 0, count: count)
        unsafe bytes.withUnsafeMutableBytes { unsafe fill($0) }
        return bytes
    }

    /// One fresh random word, for the standard library's shuffles and ranges.
    public mutating func next() -> UInt64 {
        var word: UInt64 = 0
        unsafe Swift.withUnsafeMutableBytes(of: &word) { unsafe fill($0) }
        return word
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        var filled = 0
        while filled < buffer.count {
            guard let address = buffer.baseAddress else { return }
            let count = unsafe getrandom(address + filled, buffer.count - filled, 0)
            if count > 0 {
                filled += count
            } else {
                // Anything but an interruption means a kernel without getrandom; weak keys are worse than no process.
                precondition(currentErrorNumber() == EINTR, "getrandom failed")
            }
        }
    }
}
