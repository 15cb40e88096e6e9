import Platform

/// Random choices that a failed test can repeat: the same seed makes the same sequence on every machine.
///
/// A fresh seed is printed when the generator is made; run again with `JURAT_TEST_SEED=<seed>` to repeat.
public struct SeededRandom: RandomNumberGenerator {
    /// What the sequence depends on.
    public let seed: UInt64
    private var state: UInt64

    /// The generator of the seed in `JURAT_TEST_SEED`, otherwise of a fresh one; prints it with the caller's name.
    public init(_ caller: String = #function) {
        var system = SystemRandom()
        let chosen = ProcessEnvironment.system()["JURAT_TEST_SEED"].flatMap { UInt64($0) }
        self.init(seed: chosen ?? system.next())
        print("\(caller): JURAT_TEST_SEED=\(seed)")
    }

    /// The generator of a known seed.
    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// The next word (SplitMix64: passes common statistical tests, not for secrets).
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// `count` random bytes.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        while bytes.count < count {
            let word = next()
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
