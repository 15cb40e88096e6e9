/// Up to four bytes that a scan stops at, looked for in eight bytes of the source at a time.
struct ByteSet8 {
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    @inline(__always)
    init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
        self.first = Self.everywhere(first)
        self.second = Self.everywhere(second)
        self.third = Self.everywhere(third)
        self.fourth = Self.everywhere(fourth)
    }

    @inline(__always)
    private static func everywhere(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// A bit for each byte that is zero; above the lowest of them there may be others.
    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }

    /// The first place from `start` on where one of the bytes may stand; `end` where there is none.
    @inline(__always)
    func skip(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var place = start
        while place &+ 8 <= end {
            let word = unsafe UInt64(littleEndian: UnsafeRawPointer(base + place).loadUnaligned(as: UInt64.self))
            let found =
                Self.zeros(word ^ first) | Self.zeros(word ^ second) | Self.zeros(word ^ third)
                | Self.zeros(word ^ fourth)
            if found != 0 { return place &+ found.trailingZeroBitCount >> 3 }
            place &+= 8
        }
        return place
    }
}
