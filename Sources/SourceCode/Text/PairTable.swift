/// Numbers by pairs of numbers.
///
/// A dictionary's own hashing takes longer than all that is done with the answer. A seed of the process is enough here: whoever
/// writes a file cannot choose places in it that collide.
struct PairTable: ~Copyable {
    struct Slot {
        var key: UInt64
        /// The value and 2; 0 for free ones.
        var value: Int32
    }

    private static let processSeed = UInt64(truncatingIfNeeded: Hasher().finalize())
    private let seed = PairTable.processSeed
    private var slots = Column<Slot>(repeating: Slot(key: 0, value: 0), count: 16)
    private var count = 0

    static func key(_ first: Int32, _ second: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
    }

    /// The value of a key, -1 or more.
    subscript(key: UInt64) -> Int32? {
        @inline(__always) get {
            let slot = slots[place(of: key)]
            return slot.value == 0 ? nil : slot.value - 2
        }
        set {
            guard let newValue else { return }
            if (count + 1) * 2 > slots.count { grow() }
            let place = place(of: key)
            if slots[place].value == 0 { count += 1 }
            slots[place] = Slot(key: key, value: newValue + 2)
        }
    }

    /// The value of a pair; -1 when there is none.
    @inline(__always)
    func find(_ first: Int32, _ second: Int32) -> Int32 { self[PairTable.key(first, second)] ?? -1 }

    mutating func insert(_ first: Int32, _ second: Int32, _ value: Int32) { self[PairTable.key(first, second)] = value }

    /// Where a key is, or the free slot where it belongs.
    @inline(__always)
    private func place(of key: UInt64) -> Int {
        let mask = slots.count - 1
        let product = (key ^ seed).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        var place = Int(truncatingIfNeeded: product.low ^ product.high) & mask
        while slots[place].value != 0, slots[place].key != key { place = (place + 1) & mask }
        return place
    }

    private mutating func grow() {
        var larger = Column<Slot>(repeating: Slot(key: 0, value: 0), count: slots.count * 4)
        swap(&slots, &larger)
        for index in larger.indices where larger[index].value != 0 {
            slots[place(of: larger[index].key)] = larger[index]
        }
    }
}
