/// Finds partners in two sequences of numbers without looking for the most of them, in time that hardly grows faster
/// than the sequences.
struct LinePairing {
    struct Pair: Equatable {
        let old: Int32
        let new: Int32
    }

    /// For every number, of the part that is looked at.
    private var oldCounts: [Int32]
    private var newCounts: [Int32]
    private var positions: [Int32]

    init(kinds: Int) {
        oldCounts = [Int32](repeating: 0, count: kinds)
        newCounts = oldCounts
        positions = [Int32](repeating: -1, count: kinds)
    }

    /// Numbers that occur once in both parts, as many as follow each other in both.
    mutating func uniquePairs(
        _ old: [Int32], _ oldPart: Range<Int>, _ new: [Int32], _ newPart: Range<Int>
    ) -> [Pair] {
        for index in oldPart { oldCounts[Int(old[index])] += 1 }
        for index in newPart {
            newCounts[Int(new[index])] += 1
            positions[Int(new[index])] = Int32(index)
        }
        var pairs: [Pair] = []
        for index in oldPart {
            let number = Int(old[index])
            if oldCounts[number] == 1, newCounts[number] == 1 {
                pairs.append(Pair(old: Int32(index), new: positions[number]))
            }
        }
        for index in oldPart { oldCounts[Int(old[index])] = 0 }
        for index in newPart {
            newCounts[Int(new[index])] = 0
            positions[Int(new[index])] = -1
        }
        return Self.longestRun(pairs)
    }

    /// The first with the first of each number, the second with the second and so on, as many as follow each other.
    mutating func pairsInOrder(
        _ old: [Int32], _ oldPart: Range<Int>, _ new: [Int32], _ newPart: Range<Int>
    ) -> [Pair] {
        var next = [Int32](repeating: -1, count: newPart.count)
        for index in newPart.reversed() {
            let number = Int(new[index])
            next[index - newPart.lowerBound] = positions[number]
            positions[number] = Int32(index)
        }
        var pairs: [Pair] = []
        for index in oldPart {
            let number = Int(old[index])
            let position = positions[number]
            guard position >= 0 else { continue }
            pairs.append(Pair(old: Int32(index), new: position))
            positions[number] = next[Int(position) - newPart.lowerBound]
        }
        for index in newPart { positions[Int(new[index])] = -1 }
        return Self.longestRun(pairs)
    }

    /// The most pairs whose new positions go up; old ones do already.
    static func longestRun(_ pairs: [Pair]) -> [Pair] {
        // For every length the pair that ends a run of it earliest, and what comes before each pair in its run.
        var ends: [Int32] = []
        var before = [Int32](repeating: -1, count: pairs.count)
        for (index, pair) in pairs.enumerated() {
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = (low + high) / 2
                if pairs[Int(ends[middle])].new < pair.new { low = middle + 1 } else { high = middle }
            }
            if low > 0 { before[index] = ends[low - 1] }
            if low == ends.count { ends.append(Int32(index)) } else { ends[low] = Int32(index) }
        }
        var run: [Pair] = []
        var position = ends.last ?? -1
        while position >= 0 {
            run.append(pairs[Int(position)])
            position = before[Int(position)]
        }
        return run.reversed()
    }
}
