import Glibc

/// The order of paths: byte by byte, the shorter first where one begins the other.
extension [UInt8] {
    /// Below zero when this comes first, zero when both are equal.
    func compare(_ other: [UInt8]) -> Int {
        let common = Swift.min(count, other.count)
        let order = unsafe withUnsafeBytes { left in
            unsafe other.withUnsafeBytes { right in
                guard let one = left.baseAddress, let two = right.baseAddress else { return Int32(0) }
                return unsafe memcmp(one, two, common)
            }
        }
        return order == 0 ? count - other.count : Int(order)
    }

    /// Whether both have equal bytes, which takes no time where they share them.
    func hasSameBytes(as other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        return unsafe withUnsafeBytes { left in
            unsafe other.withUnsafeBytes { right in
                guard let one = left.baseAddress, let two = right.baseAddress else { return true }
                return unsafe one == two || memcmp(one, two, count) == 0
            }
        }
    }

    /// Whether this comes before the other.
    func precedes(_ other: [UInt8]) -> Bool { compare(other) < 0 }
}
