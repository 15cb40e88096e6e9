import CDeflate

/// Whole buffers to and from gzip.
///
/// Spec: RFC 1952.
public enum Gzip {
    /// Compresses into one member without name or time, so that equal input gives equal output.
    ///
    /// - Parameter level: 1 (fastest) to 12 (smallest); 6 is the usual middle. Values outside are moved to the edge.
    public static func compress(_ bytes: [UInt8], level: Int = 6) -> [UInt8] {
        let clamped = Int32(min(max(level, 1), 12))
        guard let handle = unsafe libdeflate_alloc_compressor(clamped) else {
            preconditionFailure("no memory for a compressor")
        }
        defer { unsafe libdeflate_free_compressor(handle) }
        return unsafe bytes.withUnsafeBytes { input in
            let bound = unsafe libdeflate_gzip_compress_bound(handle, input.count)
            return unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, written in
                written = unsafe libdeflate_gzip_compress(
                    handle, input.baseAddress, input.count, output.baseAddress, bound)
                precondition(written > 0 || bound == 0, "libdeflate wrote beyond its own bound")
            }
        }
    }

    /// Decompresses all members of a gzip file and checks their checksums.
    ///
    /// - Parameter maxBytes: how much may come out; no more than this is ever allocated.
    /// - Throws: `CompressionError`; bytes after the last member are an error too.
    public static func decompress(_ bytes: [UInt8], maxBytes: Int) throws(CompressionError) -> [UInt8] {
        unsafe try bytes.withUnsafeBufferPointer { buffer throws(CompressionError) in
            unsafe try decompress(UnsafeRawBufferPointer(buffer), maxBytes: maxBytes)
        }
    }

    /// Decompresses all members of a gzip file in memory; see `decompress(_:maxBytes:)`.
    @unsafe
    public static func decompress(
        _ input: UnsafeRawBufferPointer, maxBytes: Int
    ) throws(CompressionError) -> [UInt8] {
        guard let decompressor = DeflateDecompressor() else { throw .outOfMemory }
        var result: [UInt8] = []
        var offset = 0
        repeat {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: input[offset...])
            guard unsafe isMemberStart(rest) else {
                if offset == 0 { throw .corrupt(offset: 0, reason: "it does not start like gzip") }
                throw .trailingBytes(offset: offset, count: rest.count)
            }
            let member = unsafe try readMember(rest, at: offset, decompressor, room: maxBytes - result.count, maxBytes)
            offset += member.consumedBytes
            if result.isEmpty { result = member.contents } else { result += member.contents }
        } while offset < input.count
        return result
    }

    /// Decompresses the first member of a gzip file, when it is whole and no larger than the file's end claims.
    ///
    /// - Parameter maxBytes: how much may come out; no more than this is ever allocated.
    /// - Returns: nil when the member is damaged or larger; whoever wants to know which reads it as a stream.
    public static func firstMember(
        of bytes: [UInt8], maxBytes: Int
    ) -> (contents: [UInt8], consumedBytes: Int)? {
        unsafe bytes.withUnsafeBytes { input in
            let capacity = unsafe firstCapacity(input, room: maxBytes)
            guard unsafe isMemberStart(input), capacity <= maxBytes, let decompressor = DeflateDecompressor() else {
                return nil
            }
            let (contents, outcome) = unsafe inflate(input, decompressor, capacity: capacity)
            guard case .done(let consumed, _) = outcome else { return nil }
            return (contents, consumed)
        }
    }

    /// Decompresses one member into no more than `capacity` bytes; without contents unless it is done.
    private static func inflate(
        _ input: UnsafeRawBufferPointer, _ decompressor: borrowing DeflateDecompressor, capacity: Int
    ) -> (contents: [UInt8], outcome: DeflateDecompressor.Outcome) {
        var outcome = DeflateDecompressor.Outcome.corrupt
        let contents = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, written in
            outcome = unsafe decompressor.inflateGzipMember(
                input, into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(output)[..<capacity])
            )
            if case .done(_, let produced) = outcome { written = produced }
        }
        return (contents, outcome)
    }

    private static func readMember(
        _ input: UnsafeRawBufferPointer, at offset: Int, _ decompressor: borrowing DeflateDecompressor, room: Int,
        _ maxBytes: Int
    ) throws(CompressionError) -> (contents: [UInt8], consumedBytes: Int) {
        var capacity = unsafe firstCapacity(input, room: room)
        while true {
            let (contents, outcome) = unsafe inflate(input, decompressor, capacity: capacity)
            switch outcome {
            case .done(let consumed, _): return (contents, consumed)
            case .corrupt: throw .corrupt(offset: offset, reason: "a gzip member cannot be decompressed")
            case .outputTooSmall:
                guard capacity < room else { throw .tooLarge(maxBytes: maxBytes) }
                capacity = capacity > room / 4 ? room : capacity * 4
            }
        }
    }

    /// The size the last member claims is right for files of one member; it is a hint, never trusted.
    private static func firstCapacity(_ input: UnsafeRawBufferPointer, room: Int) -> Int {
        guard input.count >= 18 else { return min(room, 64) }
        let claimed = unsafe Int(
            UInt32(littleEndian: input.loadUnaligned(fromByteOffset: input.count - 4, as: UInt32.self)))
        let (ceiling, overflowed) = input.count.multipliedReportingOverflow(by: maxDeflateRatio)
        return min(room, max(claimed, 64), overflowed ? room : ceiling)
    }

    private static func isMemberStart(_ input: UnsafeRawBufferPointer) -> Bool {
        unsafe input.count >= 2 && input[0] == 0x1F && input[1] == 0x8B
    }
}
