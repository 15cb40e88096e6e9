import Glibc

/// The lines of two texts as numbers: equal lines have equal numbers, in both.
///
/// Numbers go up in the order in which lines appear first, so that they depend on the texts alone. Lines are found by
/// a hash that is keyed anew in every process and compared byte by byte: nobody can make it slow with lines that hash
/// alike.
struct InternedLines {
    private(set) var old: [Int32] = []
    private(set) var new: [Int32] = []
    /// How often each number occurs.
    private(set) var oldCounts: [Int32] = []
    private(set) var newCounts: [Int32] = []

    private var slots: [Int32]
    private var hashes: [Int] = []
    /// Where each number's first line is: its offset, and its length.
    private var places: [(offset: Int32, length: Int32, isOld: Bool)] = []

    /// - Parameters:
    ///   - oldLines: how many lines `old` has; together with `newLines` below 2^30.
    init(_ old: UnsafeRawBufferPointer, lines oldLines: Int, _ new: UnsafeRawBufferPointer, lines newLines: Int) {
        var capacity = 16
        while capacity < (oldLines + newLines) * 2 { capacity *= 2 }
        slots = [Int32](repeating: -1, count: capacity)
        self.old = unsafe number(old, lines: oldLines, old, new, isOld: true)
        self.new = unsafe number(new, lines: newLines, old, new, isOld: false)
        oldCounts = Self.counts(self.old, of: places.count)
        newCounts = Self.counts(self.new, of: places.count)
        slots = []
        hashes = []
        places = []
    }

    private static func counts(_ numbers: [Int32], of kinds: Int) -> [Int32] {
        var counts = [Int32](repeating: 0, count: kinds)
        for number in numbers { counts[Int(number)] += 1 }
        return counts
    }

    private mutating func number(
        _ text: UnsafeRawBufferPointer, lines: Int, _ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer,
        isOld: Bool
    ) -> [Int32] {
        var numbers: [Int32] = []
        numbers.reserveCapacity(lines)
        var start = 0
        while start < text.count {
            let end = unsafe text.endOfLine(from: start)
            let line = unsafe UnsafeRawBufferPointer(rebasing: text[start..<end])
            var hasher = Hasher()
            unsafe hasher.combine(bytes: line)
            let hash = hasher.finalize()
            var slot = hash & (slots.count - 1)
            while slots[slot] >= 0, unsafe !isAt(slots[slot], line, hash, old, new) {
                slot = (slot + 1) & (slots.count - 1)
            }
            if slots[slot] < 0 {
                slots[slot] = Int32(places.count)
                hashes.append(hash)
                places.append((Int32(start), Int32(end - start), isOld))
            }
            numbers.append(slots[slot])
            start = end
        }
        return numbers
    }

    private func isAt(
        _ number: Int32, _ line: UnsafeRawBufferPointer, _ hash: Int, _ old: UnsafeRawBufferPointer,
        _ new: UnsafeRawBufferPointer
    ) -> Bool {
        let place = places[Int(number)]
        guard hashes[Int(number)] == hash, Int(place.length) == line.count else { return false }
        let text = unsafe place.isOld ? old : new
        guard let one = text.baseAddress, let other = line.baseAddress else { return true }
        return unsafe memcmp(one + Int(place.offset), other, line.count) == 0
    }
}
