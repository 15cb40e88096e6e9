import CDeflate

/// One libdeflate decompressor; whole buffers only.
@safe
struct DeflateDecompressor: ~Copyable {
    private let handle: OpaquePointer

    /// Nil when there is no memory.
    init?() {
        guard let handle = unsafe libdeflate_alloc_decompressor() else { return nil }
        unsafe self.handle = handle
    }

    deinit {
        unsafe libdeflate_free_decompressor(handle)
    }

    /// What one call did to the buffers.
    enum Outcome: Equatable {
        case done(consumedBytes: Int, producedBytes: Int)
        case corrupt
        case outputTooSmall
    }

    @unsafe
    func inflateRaw(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Outcome {
        var consumed = 0
        var produced = 0
        let result = unsafe libdeflate_deflate_decompress_ex(
            handle, input.baseAddress, input.count, output.baseAddress, output.count, &consumed, &produced)
        return Self.outcome(result, consumed, produced)
    }

    /// Reads one gzip member, header and checksum included.
    @unsafe
    func inflateGzipMember(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Outcome {
        var consumed = 0
        var produced = 0
        let result = unsafe libdeflate_gzip_decompress_ex(
            handle, input.baseAddress, input.count, output.baseAddress, output.count, &consumed, &produced)
        return Self.outcome(result, consumed, produced)
    }

    private static func outcome(_ result: libdeflate_result, _ consumed: Int, _ produced: Int) -> Outcome {
        switch result {
        case LIBDEFLATE_SUCCESS: .done(consumedBytes: consumed, producedBytes: produced)
        case LIBDEFLATE_INSUFFICIENT_SPACE: .outputTooSmall
        default: .corrupt
        }
    }
}

/// The CRC-32 that gzip and zip use.
@unsafe
func crc32(_ bytes: UnsafeRawBufferPointer, continuing previous: UInt32 = 0) -> UInt32 {
    unsafe libdeflate_crc32(previous, bytes.baseAddress, bytes.count)
}

/// Checksums of whole contents.
public enum Checksum {
    /// CRC-32 as gzip and zip have it. Spec: RFC 1952 §8.
    public static func crc32(of bytes: [UInt8]) -> UInt32 {
        unsafe bytes.withUnsafeBytes { unsafe Compression.crc32($0) }
    }
}

/// No deflate stream expands by more than this factor (258 bytes from two bits and a few bytes around).
///
/// Spec: RFC 1951 §3.2.5.
let maxDeflateRatio = 1032
