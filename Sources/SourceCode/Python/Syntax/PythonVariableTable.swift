/// Finds a number by two others: a variable by its scope and name, a path by its parent and segment.
struct PythonVariableTable: ~Copyable {
    struct Slot {
        /// 0 for none.
        let key: UInt64
        let value: Int32
    }

    private var slots = Column<Slot>(repeating: Slot(key: 0, value: 0), count: 256)
    private var mask = 255
    private var count = 0

    @inline(__always)
    private static func key(_ scope: Int32, _ name: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: scope)) << 32 | UInt64(UInt32(bitPattern: name)) &+ 1
    }

    @inline(__always)
    private func slot(of key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
        while true {
            let found = slots[slot].key
            if found == 0 || found == key { return slot }
            slot = (slot &+ 1) & mask
        }
    }

    /// What was inserted, or -1.
    @inline(__always)
    func find(_ scope: Int32, _ name: Int32) -> Int32 {
        let slot = slots[slot(of: PythonVariableTable.key(scope, name))]
        return slot.key == 0 ? -1 : slot.value
    }

    mutating func insert(_ scope: Int32, _ name: Int32, _ value: Int32) {
        if (count + 1) * 2 > mask { grow() }
        let key = PythonVariableTable.key(scope, name)
        let slot = slot(of: key)
        slots[slot] = Slot(key: key, value: value)
        count += 1
    }

    private mutating func grow() {
        var old = Column<Slot>(repeating: Slot(key: 0, value: 0), count: (mask + 1) * 4)
        swap(&old, &slots)
        mask = mask * 4 + 3
        for index in 0..<old.count where old[index].key != 0 {
            let slot = slot(of: old[index].key)
            slots[slot] = old[index]
        }
    }
}
