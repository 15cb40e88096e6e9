/// What a ZIP directory says of an entry's data, as far as unpacking needs it.
public struct ZipEntryClaim: Sendable, Hashable {
    /// 0 is stored, 8 deflated; nothing else can be read here.
    public let method: UInt16
    public let uncompressedBytes: Int
    public let crc32: UInt32

    public init(method: UInt16, uncompressedBytes: Int, crc32: UInt32) {
        self.method = method
        self.uncompressedBytes = uncompressedBytes
        self.crc32 = crc32
    }
}

extension ZipEntry {
    /// What the directory says of the entry's data.
    public var claim: ZipEntryClaim {
        ZipEntryClaim(method: method, uncompressedBytes: uncompressedBytes, crc32: crc32)
    }
}

/// Unpacks entries one after another with the memory of one decompressor. For one thread at a time.
public struct ZipEntryDecoder: ~Copyable {
    private let decompressor: DeflateDecompressor

    /// Nil when there is no memory.
    public init?() {
        guard let decompressor = DeflateDecompressor() else { return nil }
        self.decompressor = decompressor
    }

    /// The unpacked bytes of an entry, checked against its size and checksum.
    ///
    /// The caller bounds the claimed size; no more than that is allocated, and not that when the data cannot reach it.
    ///
    /// - Parameters:
    ///   - data: the compressed bytes, and nothing else.
    ///   - index: the entry's place in its directory, for errors.
    /// - Throws: `ZipError`; also when compressed bytes are left over, which other readers may use differently.
    @unsafe
    public func decode(
        _ data: UnsafeRawBufferPointer, as claim: ZipEntryClaim, index: Int
    ) throws(ZipError) -> [UInt8] {
        let contents: [UInt8]
        switch claim.method {
        case 0:
            guard data.count == claim.uncompressedBytes else {
                throw .unreadableEntry(index: index, reason: "it is stored, but its two sizes differ")
            }
            contents = unsafe [UInt8](data)
        case 8: contents = unsafe try inflated(data, claim.uncompressedBytes, index)
        default: throw .unsupportedMethod(index: index, method: claim.method)
        }
        let checksum = unsafe contents.withUnsafeBytes { unsafe Compression.crc32($0) }
        guard checksum == claim.crc32 else { throw .checksumMismatch(index: index) }
        return contents
    }

    private func inflated(
        _ data: UnsafeRawBufferPointer, _ size: Int, _ index: Int
    ) throws(ZipError) -> [UInt8] {
        // No honest stream expands further; refusing here keeps a lie about the size from costing memory.
        let (ceiling, overflowed) = data.count.multipliedReportingOverflow(by: maxDeflateRatio)
        guard overflowed || size <= ceiling + 64 else {
            throw .unreadableEntry(index: index, reason: "it claims more than its data can expand to")
        }
        var outcome = DeflateDecompressor.Outcome.corrupt
        let contents = unsafe [UInt8](unsafeUninitializedCapacity: size) { output, written in
            let room = unsafe UnsafeMutableRawBufferPointer(start: output.baseAddress, count: size)
            outcome = unsafe decompressor.inflateRaw(data, into: room)
            if case .done(_, let produced) = outcome { written = produced }
        }
        switch outcome {
        case .done(let consumed, let produced):
            guard produced == size else {
                throw .unreadableEntry(index: index, reason: "it unpacks to \(produced) bytes, not \(size)")
            }
            guard consumed == data.count else {
                throw .unreadableEntry(index: index, reason: "compressed bytes are left over")
            }
            return contents
        case .outputTooSmall:
            throw .unreadableEntry(index: index, reason: "it unpacks to more than the \(size) bytes it claims")
        case .corrupt: throw .unreadableEntry(index: index, reason: "its deflate stream is invalid")
        }
    }
}
