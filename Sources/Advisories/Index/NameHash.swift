/// The hash by which an index finds a package.
///
/// It is part of the file format. Names made to collide cost a binary search among them, no more: equal hashes are
/// kept in the order of names.
enum NameHash {
    /// FNV-1a over the bytes, mixed so that the first bits depend on all of them.
    @unsafe
    static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in 0..<name.count { hash = unsafe (hash ^ UInt64(name[index])) &* 0x0000_0100_0000_01B3 }
        hash ^= hash >> 32
        hash = hash &* 0xD6E8_FEB8_6659_FD93
        return hash ^ hash >> 29
    }

    /// The bits that choose among `1 << bits` buckets.
    static func bucket(_ hash: UInt64, bits: Int) -> Int {
        bits == 0 ? 0 : Int(hash >> UInt64(64 - bits))
    }

    /// The bits of the power of two that gives each package a bucket of its own, more or less.
    static func bucketBits(forPackages count: Int) -> Int {
        count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
    }
}
