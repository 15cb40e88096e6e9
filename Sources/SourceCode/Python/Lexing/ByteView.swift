/// The bytes of a text, with zeros behind its end, so that a reader may look ahead without asking.
///
/// Lent by `withByteView`, never kept.
@safe struct ByteView {
    private let buffer: UnsafeBufferPointer<UInt8>
    let count: Int

    fileprivate init(_ buffer: UnsafeBufferPointer<UInt8>) {
        unsafe self.buffer = buffer
        count = buffer.count
    }

    subscript(index: Int) -> UInt8 {
        @inline(__always) get {
            // One comparison for both ends.
            UInt(bitPattern: index) < UInt(bitPattern: count) ? unsafe buffer[index] : 0
        }
    }
}

extension [UInt8] {
    /// Lends the bytes.
    func withByteView<Result>(_ body: (ByteView) -> Result) -> Result {
        unsafe withUnsafeBufferPointer { unsafe body(ByteView($0)) }
    }
}
