/// Which elements of two sequences of numbers have no partner in the other: what is left is equal, in order.
///
/// The search is Myers' with linear space, for as many steps as are allowed. Where they do not suffice, numbers that
/// occur once in both are partners as far as their order allows, and what lies between is searched by itself; where
/// there are none, equal numbers become partners by their order alone. So the answer is always right, and shortest
/// unless steps ran out.
///
/// Spec: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", section 4b.
struct SequenceDifference {
    /// Whether an element has no partner.
    private(set) var isOldChanged: [Bool]
    private(set) var isNewChanged: [Bool]
    /// Steps that were used.
    private(set) var steps = 0

    private let old: [Int32]
    private let new: [Int32]
    private let allowedSteps: Int
    private var forward: [Int32]
    private var backward: [Int32]
    private var pairing: LinePairing
    private var waiting: [Box]

    private struct Box {
        var old: Range<Int>
        var new: Range<Int>
        let depth: Int
    }

    /// So often is a part divided at numbers that occur once.
    private static let maxDepth = 6

    /// - Parameter kinds: every number is below it.
    init(_ old: [Int32], _ new: [Int32], kinds: Int, steps allowedSteps: Int) {
        self.old = old
        self.new = new
        self.allowedSteps = allowedSteps
        isOldChanged = [Bool](repeating: false, count: old.count)
        isNewChanged = [Bool](repeating: false, count: new.count)
        // Diagonals reach from minus half to half of both lengths, with one more at each side.
        let diagonals = old.count + new.count + 5
        forward = [Int32](repeating: 0, count: diagonals)
        backward = [Int32](repeating: 0, count: diagonals)
        pairing = LinePairing(kinds: kinds)
        waiting = [Box(old: 0..<old.count, new: 0..<new.count, depth: 0)]
        while let box = waiting.popLast() { divide(trimmed(box)) }
        (forward, backward) = ([], [])
    }

    private func trimmed(_ box: Box) -> Box {
        var box = box
        while let first = box.old.first, let other = box.new.first, old[first] == new[other] {
            box.old = first + 1..<box.old.upperBound
            box.new = other + 1..<box.new.upperBound
        }
        while let last = box.old.last, let other = box.new.last, old[last] == new[other] {
            box.old = box.old.lowerBound..<last
            box.new = box.new.lowerBound..<other
        }
        return box
    }

    private mutating func divide(_ box: Box) {
        if box.old.isEmpty || box.new.isEmpty {
            for index in box.old { isOldChanged[index] = true }
            for index in box.new { isNewChanged[index] = true }
        } else if let point = midpoint(of: box) {
            waiting.append(
                Box(old: box.old.lowerBound..<point.old, new: box.new.lowerBound..<point.new, depth: box.depth))
            waiting.append(
                Box(old: point.old..<box.old.upperBound, new: point.new..<box.new.upperBound, depth: box.depth))
        } else {
            divideAtPairs(box)
        }
    }

    private mutating func divideAtPairs(_ box: Box) {
        var pairs: [LinePairing.Pair] = []
        if box.depth < Self.maxDepth { pairs = pairing.uniquePairs(old, box.old, new, box.new) }
        let isLast = pairs.isEmpty
        if isLast { pairs = pairing.pairsInOrder(old, box.old, new, box.new) }
        var (oldStart, newStart) = (box.old.lowerBound, box.new.lowerBound)
        for pair in pairs + [.init(old: Int32(box.old.upperBound), new: Int32(box.new.upperBound))] {
            let between = Box(old: oldStart..<Int(pair.old), new: newStart..<Int(pair.new), depth: box.depth + 1)
            (oldStart, newStart) = (Int(pair.old) + 1, Int(pair.new) + 1)
            if isLast {
                for index in between.old { isOldChanged[index] = true }
                for index in between.new { isNewChanged[index] = true }
            } else if !between.old.isEmpty || !between.new.isEmpty {
                waiting.append(between)
            }
        }
    }

    // MARK: Myers

    /// A point that a shortest way through a box goes through, neither its first nor its last corner; nil when finding
    /// it takes more steps than there are. First and last elements of the box differ.
    private mutating func midpoint(of box: Box) -> (old: Int, new: Int)? {
        let size = box.old.count + box.new.count
        let allowed = min(allowedSteps - steps, 262_144 + size * 32)
        guard allowed > 0 else { return nil }
        let found = unsafe old.withUnsafeBufferPointer { old in
            unsafe new.withUnsafeBufferPointer { new in
                unsafe forward.withUnsafeMutableBufferPointer { forward in
                    unsafe backward.withUnsafeMutableBufferPointer { backward in
                        var search = unsafe MidpointSearch(
                            old: UnsafeBufferPointer(rebasing: old[box.old]),
                            new: UnsafeBufferPointer(rebasing: new[box.new]), forward: forward, backward: backward)
                        let point = search.run(allowedSteps: allowed)
                        return (point, search.steps)
                    }
                }
            }
        }
        steps += found.1
        return found.0.map { (box.old.lowerBound + $0.old, box.new.lowerBound + $0.new) }
    }
}

/// The search for the middle of a shortest way, from both ends at once.
@safe
private struct MidpointSearch {
    let old: UnsafeBufferPointer<Int32>
    let new: UnsafeBufferPointer<Int32>
    /// For every diagonal (old minus new position) how far in `old` a way with so many changes gets; from the end in
    /// `backward`, where positions and diagonals are counted from there.
    let forward: UnsafeMutableBufferPointer<Int32>
    let backward: UnsafeMutableBufferPointer<Int32>
    private(set) var steps = 0
    /// No way gets to a diagonal.
    private static let nowhere = Int32.min / 2

    init(
        old: UnsafeBufferPointer<Int32>, new: UnsafeBufferPointer<Int32>, forward: UnsafeMutableBufferPointer<Int32>,
        backward: UnsafeMutableBufferPointer<Int32>
    ) {
        unsafe self.old = old
        unsafe self.new = new
        unsafe self.forward = forward
        unsafe self.backward = backward
    }

    mutating func run(allowedSteps: Int) -> (old: Int, new: Int)? {
        let (oldCount, newCount) = unsafe (old.count, new.count)
        let half = (oldCount + newCount + 1) / 2
        let difference = oldCount - newCount
        let isOdd = difference & 1 != 0
        let zero = half + 1
        for changes in 0...half {
            // Diagonals beyond the edges have no points.
            let lowest = -(changes - 2 * max(0, changes - newCount))
            let highest = changes - 2 * max(0, changes - oldCount)
            for diagonal in stride(from: lowest, through: highest, by: 2) {
                let reached = unsafe advance(forward, diagonal, changes, zero, isBackward: false)
                if steps > allowedSteps { return nil }
                let opposite = difference - diagonal
                guard isOdd, abs(opposite) < changes, reached >= 0 else { continue }
                let other = unsafe Int(backward[zero + opposite])
                if other >= 0, reached + other >= oldCount { return (reached, reached - diagonal) }
            }
            for diagonal in stride(from: lowest, through: highest, by: 2) {
                let reached = unsafe advance(backward, diagonal, changes, zero, isBackward: true)
                if steps > allowedSteps { return nil }
                let opposite = difference - diagonal
                guard !isOdd, abs(opposite) <= changes, reached >= 0 else { continue }
                let other = unsafe Int(forward[zero + opposite])
                if other >= 0, reached + other >= oldCount {
                    return (oldCount - reached, newCount - (reached - diagonal))
                }
            }
        }
        return nil
    }

    /// Takes the way with one change more on a diagonal, as far as elements are equal.
    private mutating func advance(
        _ ways: UnsafeMutableBufferPointer<Int32>, _ diagonal: Int, _ changes: Int, _ zero: Int, isBackward: Bool
    ) -> Int {
        let (oldCount, newCount) = unsafe (old.count, new.count)
        var position = Self.nowhere
        if changes == 0 {
            position = 0
        } else {
            if diagonal != -changes {
                let left = unsafe ways[zero + diagonal - 1]
                if left >= 0, Int(left) < oldCount { position = left + 1 }
            }
            if diagonal != changes {
                let above = unsafe ways[zero + diagonal + 1]
                if above >= 0, Int(above) - diagonal <= newCount { position = max(position, above) }
            }
        }
        var reached = Int(position)
        let start = reached
        if reached >= 0 {
            if isBackward {
                while reached < oldCount, reached - diagonal < newCount,
                    unsafe old[oldCount - 1 - reached] == new[newCount - 1 - (reached - diagonal)]
                { reached += 1 }
            } else {
                while reached < oldCount, reached - diagonal < newCount,
                    unsafe old[reached] == new[reached - diagonal]
                { reached += 1 }
            }
        }
        steps += 1 + reached - start
        unsafe ways[zero + diagonal] = Int32(truncatingIfNeeded: reached)
        return reached
    }
}
