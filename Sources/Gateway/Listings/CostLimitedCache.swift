/// A dictionary whose entries have a cost; the least recently used ones leave when the sum exceeds the limit.
///
/// Not synchronised: its owner holds a lock. Every operation takes constant time.
struct CostLimitedCache<Key: Hashable, Value> {
    private struct Slot {
        let key: Key
        var value: Value
        var cost: Int
        var newer: Int?
        var older: Int?
    }

    private var slots: [Slot?] = []
    private var freeSlots: [Int] = []
    private var positions: [Key: Int] = [:]
    private var newest: Int?
    private var oldest: Int?
    private let maxCost: Int
    private(set) var totalCost = 0

    init(maxCost: Int) {
        precondition(maxCost > 0, "a cache needs room")
        self.maxCost = maxCost
    }

    var count: Int { positions.count }

    /// The value of `key`, which becomes the most recently used.
    mutating func value(for key: Key) -> Value? {
        guard let position = positions[key] else { return nil }
        unlink(position)
        linkAsNewest(position)
        return slots[position]?.value
    }

    /// Stores a value; one that costs more than the whole cache holds is not kept.
    mutating func insert(_ value: Value, for key: Key, cost: Int) {
        remove(key)
        guard cost <= maxCost else { return }
        let slot = Slot(key: key, value: value, cost: cost, newer: nil, older: nil)
        let position: Int
        if let free = freeSlots.popLast() {
            slots[free] = slot
            position = free
        } else {
            slots.append(slot)
            position = slots.count - 1
        }
        positions[key] = position
        totalCost += cost
        linkAsNewest(position)
        while totalCost > maxCost, let oldest, let key = slots[oldest]?.key { remove(key) }
    }

    mutating func remove(_ key: Key) {
        guard let position = positions.removeValue(forKey: key), let slot = slots[position] else { return }
        unlink(position)
        totalCost -= slot.cost
        slots[position] = nil
        freeSlots.append(position)
    }

    /// Removes every entry whose key fulfils the condition.
    mutating func removeAll(where isUnwanted: (Key) -> Bool) {
        for key in positions.keys.filter(isUnwanted) { remove(key) }
    }

    private mutating func linkAsNewest(_ position: Int) {
        slots[position]?.older = newest
        slots[position]?.newer = nil
        if let newest { slots[newest]?.newer = position }
        newest = position
        if oldest == nil { oldest = position }
    }

    private mutating func unlink(_ position: Int) {
        guard let slot = slots[position] else { return }
        if let newer = slot.newer { slots[newer]?.older = slot.older } else { newest = slot.older }
        if let older = slot.older { slots[older]?.newer = slot.newer } else { oldest = slot.newer }
    }
}
