/// The hash by which an index finds a package.
///
/// It is part of the file format. Names made to collide cost a binary search among them, no more: equal hashes are
/// kept in the order of names.
enum NameHash {
    /// Each eight bytes, as a little-endian number and the last ones filled up with zeros, multiplied into the hash.
    @unsafe
    static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 {
        let count = name.count
        var hash = UInt64(truncatingIfNeeded: count) &* multiplier
        var at = 0
        while count - at >= 8 {
            let word = unsafe UInt64(littleEndian: name.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            hash = mixed(hash ^ word)
            at += 8
        }
        var rest: UInt64 = 0
        for place in at..<count { rest = unsafe rest | UInt64(name[place]) << UInt64(8 * (place - at)) }
        return mixed(mixed(hash ^ rest))
    }

    private static let multiplier: UInt64 = 0xD6E8_FEB8_6659_FD93

    private static func mixed(_ word: UInt64) -> UInt64 {
        let product = word &* multiplier
        return product ^ product >> 32
    }

    /// The bits that choose among `1 << bits` buckets.
    static func bucket(_ hash: UInt64, bits: Int) -> Int {
        bits == 0 ? 0 : Int(hash >> UInt64(64 - bits))
    }

    /// So many bits that a bucket has about eight packages: those lie side by side, and the table of buckets is small
    /// enough to stay in a processor's cache.
    static func bucketBits(forPackages count: Int) -> Int {
        count <= 8 ? 0 : Int.bitWidth - ((count - 1) >> 3).leadingZeroBitCount
    }
}
