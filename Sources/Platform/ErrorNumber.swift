import CLinux
import Glibc

/// The calling thread's `errno`, to be read before any other system call.
func currentErrorNumber() -> Int32 {
    errno
}

/// The C library's sentence for an error number, as in "No such file or directory".
func errorText(_ code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 128)
    return unsafe buffer.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress, unsafe strerror_r(code, base, buffer.count) == 0 else {
            return "error \(code)"
        }
        return unsafe String(cString: base)
    }
}

/// Repeats a system call while it reports an interruption by a signal.
func retryingInterruption<Result: FixedWidthInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || currentErrorNumber() != EINTR { return result }
    }
}
