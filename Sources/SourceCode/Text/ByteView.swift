/// The bytes of a text, with zeros behind its end, so that a reader may look ahead without asking.
///
/// Lent by `withByteView`, never kept.
@safe struct ByteView {
    private let base: UnsafePointer<UInt8>
    let count: Int

    fileprivate init(_ base: UnsafePointer<UInt8>, count: Int) {
        unsafe self.base = base
        self.count = count
    }

    subscript(index: Int) -> UInt8 {
        @inline(__always) get {
            // One comparison for both ends.
            UInt(bitPattern: index) < UInt(bitPattern: count) ? unsafe base[index] : 0
        }
    }

    /// Eight bytes from `index` on, the first one lowest; nil when they are not all inside.
    @inline(__always)
    func word(at index: Int) -> UInt64? {
        guard index >= 0, index <= count &- 8 else { return nil }
        return unsafe UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
    }

    /// Lends a part of the bytes.
    @inline(__always)
    func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return unsafe body(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    /// The first place from `start` on that has one of three bytes, or `count`.
    @inline(__always)
    func find(_ first: UInt8, _ second: UInt8, _ third: UInt8, from start: Int) -> Int {
        var index = start
        let (one, two, three) = (EightBytes.all(first), EightBytes.all(second), EightBytes.all(third))
        while let word = word(at: index) {
            let found = EightBytes.zeros(word ^ one) | EightBytes.zeros(word ^ two) | EightBytes.zeros(word ^ three)
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count {
            let byte = self[index]
            if byte == first || byte == second || byte == third { return index }
            index += 1
        }
        return count
    }
}

/// Eight bytes at a time in one number.
enum EightBytes {
    /// A byte in all eight places.
    @inline(__always)
    static func all(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// The upper bit of each byte that is zero, and perhaps of some behind the first of these.
    @inline(__always)
    static func zeros(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }
}

extension [UInt8] {
    /// Lends the bytes.
    func withByteView<Result>(_ body: (ByteView) -> Result) -> Result {
        unsafe withUnsafeBufferPointer { buffer in
            if let base = buffer.baseAddress { return unsafe body(ByteView(base, count: buffer.count)) }
            // Nothing is read of an empty text, but a place must be named.
            return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { empty in
                unsafe empty.initialize(repeating: 0)
                guard let base = empty.baseAddress else { preconditionFailure("an allocation has a place") }
                return unsafe body(ByteView(UnsafePointer(base), count: 0))
            }
        }
    }
}
