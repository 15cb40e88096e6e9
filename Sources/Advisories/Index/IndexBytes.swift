import Platform

/// The bytes of an open index: its file, or what a file of a former format was turned into.
enum IndexBytes: Sendable {
    case mapped(MappedFile)
    case memory([UInt8])

    @safe
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch self {
        case .mapped(let file): return unsafe try file.withBytes(body)
        case .memory(let bytes):
            return unsafe try bytes.withUnsafeBufferPointer { buffer throws(Failure) in
                unsafe try body(UnsafeRawBufferPointer(buffer))
            }
        }
    }
}
