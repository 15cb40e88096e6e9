/// Bounds-checked little-endian reads from bytes that cannot be trusted.
@safe
struct LittleEndianBytes {
    let buffer: UnsafeRawBufferPointer
    let count: Int

    @unsafe
    init(_ buffer: UnsafeRawBufferPointer) {
        unsafe self.buffer = buffer
        count = buffer.count
    }

    func has(_ length: Int, at offset: Int) -> Bool {
        offset >= 0 && length >= 0 && offset <= count && count - offset >= length
    }

    func u8(_ offset: Int) -> UInt8? {
        has(1, at: offset) ? unsafe buffer[offset] : nil
    }

    func u16(_ offset: Int) -> UInt16? {
        guard has(2, at: offset) else { return nil }
        return unsafe UInt16(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    func u32(_ offset: Int) -> UInt32? {
        guard has(4, at: offset) else { return nil }
        return unsafe UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    func u64(_ offset: Int) -> UInt64? {
        guard has(8, at: offset) else { return nil }
        return unsafe UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    func bytes(_ range: Range<Int>) -> [UInt8]? {
        guard has(range.count, at: range.lowerBound) else { return nil }
        return unsafe [UInt8](buffer[range])
    }

    /// The index of the first byte equal to `byte` at or after `start`.
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        guard start >= 0, start <= count else { return nil }
        return unsafe buffer[start...].firstIndex(of: byte)
    }

    @unsafe
    func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        precondition(has(range.count, at: range.lowerBound), "range outside the bytes")
        return unsafe UnsafeRawBufferPointer(rebasing: buffer[range])
    }
}
