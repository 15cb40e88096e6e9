import Glibc

/// What all fuzzers have in common: libFuzzer's entry points, and inputs as arrays.
///
/// A fuzzer is built with the others and run on its kept corpus by `scripts/fuzz SECONDS NAME`; by hand it takes
/// libFuzzer's own options: `.build/fuzz/release/FuzzTOML -max_len=400 -max_total_time=60 Tests/Fuzz/TOML/corpus`.
public enum FuzzEntry {
    /// Hands every input that libFuzzer makes up to `body`, until its options say enough; then ends the process.
    ///
    /// - Parameter body: stops the process (`precondition`) at an input that shows a mistake.
    public static func run(_ body: @escaping ([UInt8]) -> Void) -> Never {
        unsafe tried = body
        var count = CommandLine.argc
        var arguments = unsafe CommandLine.unsafeArgv
        exit(unsafe runDriver(&count, &arguments, tryOneInput))
    }
}

/// Set once, before the only thread that reads it starts to work.
nonisolated(unsafe) private var tried: ([UInt8]) -> Void = { _ in }

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>, Int) -> Int32
) -> Int32

@_cdecl("LLVMFuzzerTestOneInput")
func tryOneInput(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    unsafe tried(unsafe Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
}
