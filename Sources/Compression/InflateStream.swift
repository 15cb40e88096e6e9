import CZlib

/// A decompressor that takes its input in pieces and never holds more than its 32 KiB window.
///
/// Not safe for use from two threads at once (it cannot be copied, so that takes effort).
@safe
public struct InflateStream: ~Copyable {
    /// What is around the compressed data.
    public enum Format: Sendable, Hashable {
        case gzip, zlib, raw

        fileprivate var windowBits: Int32 {
            switch self {
            case .gzip: 15 + 16
            case .zlib: 15
            case .raw: -15
            }
        }
    }

    /// How far one step came.
    public struct Progress: Sendable, Hashable {
        public let consumedBytes: Int
        public let producedBytes: Int
        /// The stream is complete and its checksum right; what follows in the input belongs to something else.
        public let isAtEnd: Bool
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private var totalConsumedBytes = 0

    /// - Throws: `CompressionError.outOfMemory`.
    public init(_ format: Format) throws(CompressionError) {
        // zlib keeps the address of the stream and refuses to work after it has moved.
        unsafe stream = .allocate(capacity: 1)
        guard unsafe jurat_inflate_start(stream, format.windowBits) == Z_OK else {
            unsafe stream.deallocate()
            throw .outOfMemory
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Decompresses from `input` into `output` until one of them is used up or the stream ends.
    ///
    /// Progress of zero bytes both ways means that more input (or room) is needed.
    /// - Throws: `CompressionError.corrupt`; the stream cannot be used afterwards.
    @unsafe
    public mutating func step(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(CompressionError) -> Progress {
        let offered = UInt32(min(input.count, Int(UInt32.max)))
        let room = UInt32(min(output.count, Int(UInt32.max)))
        // zlib does not write through next_in; the header only lacks the const.
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.pointee.avail_in = offered
        unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = room
        let result = unsafe inflate(stream, Z_NO_FLUSH)
        let consumed = unsafe Int(offered - stream.pointee.avail_in)
        let produced = unsafe Int(room - stream.pointee.avail_out)
        totalConsumedBytes += consumed
        switch result {
        case Z_OK, Z_BUF_ERROR: return Progress(consumedBytes: consumed, producedBytes: produced, isAtEnd: false)
        case Z_STREAM_END: return Progress(consumedBytes: consumed, producedBytes: produced, isAtEnd: true)
        case Z_MEM_ERROR: throw .outOfMemory
        case Z_NEED_DICT: throw .corrupt(offset: totalConsumedBytes, reason: "it needs a preset dictionary")
        default: throw .corrupt(offset: totalConsumedBytes, reason: "the deflate stream is invalid")
        }
    }

    /// Makes the stream ready for the next member.
    public mutating func reset() {
        unsafe inflateReset(stream)
        totalConsumedBytes = 0
    }
}
