import SourceCode

/// Finds the calls and reads of a model by where they stand.
struct CallIndex {
    /// Positions in `CodeModel.calls` by where they begin; the longer first where two begin together.
    private let calls: [Int32]
    private let starts: [Int32]
    private let ends: [Int32]
    /// For each call the nearest one around it, as a position in `calls`; -1 for none.
    private let parents: [Int32]
    private let reads: [Int32]
    private let readStarts: [Int32]
    private let readEnds: [Int32]

    init(_ model: CodeModel) {
        let ranges = model.calls.map(\.tokens)
        let ordered = CallIndex.ordered(ranges) { left, right in
            left.lowerBound != right.lowerBound
                ? left.lowerBound < right.lowerBound : left.upperBound > right.upperBound
        }
        calls = ordered
        let starts = ordered.map { ranges[Int($0)].lowerBound }
        let ends = ordered.map { ranges[Int($0)].upperBound }
        var parents: [Int32] = []
        parents.reserveCapacity(ordered.count)
        var open: [Int32] = []
        for position in ordered.indices {
            while let last = open.last, ends[Int(last)] <= starts[position] { open.removeLast() }
            parents.append(open.last ?? -1)
            open.append(Int32(truncatingIfNeeded: position))
        }
        self.starts = starts
        self.ends = ends
        self.parents = parents
        let readRanges = model.reads.map(\.tokens)
        reads = CallIndex.ordered(readRanges) { $0.lowerBound < $1.lowerBound }
        readStarts = reads.map { readRanges[Int($0)].lowerBound }
        readEnds = reads.map { readRanges[Int($0)].upperBound }
    }

    /// The positions of some ranges in an order; those that are alike stay as they are.
    private static func ordered(_ ranges: [TokenRange], by precedes: (TokenRange, TokenRange) -> Bool) -> [Int32] {
        let positions = ranges.indices.map { Int32(truncatingIfNeeded: $0) }
        // Models are written in the order of the source, but for a few calls.
        if ranges.indices.dropFirst().allSatisfy({ !precedes(ranges[$0], ranges[$0 - 1]) }) { return positions }
        return positions.sorted { left, right in
            let (first, second) = (ranges[Int(left)], ranges[Int(right)])
            return precedes(first, second) || !precedes(second, first) && left < right
        }
    }

    /// The calls that lie wholly in a range, in order.
    func inside(_ tokens: TokenRange) -> [Int32] {
        var found: [Int32] = []
        var position = Self.first(starts, from: tokens.lowerBound)
        while position < starts.count, starts[position] < tokens.upperBound {
            if ends[position] <= tokens.upperBound { found.append(calls[position]) }
            position += 1
        }
        return found
    }

    /// The reads that lie wholly in a range, in order.
    func reads(in tokens: TokenRange) -> [Int32] {
        var found: [Int32] = []
        var position = Self.first(readStarts, from: tokens.lowerBound)
        while position < readStarts.count, readStarts[position] < tokens.upperBound {
            if readEnds[position] <= tokens.upperBound { found.append(reads[position]) }
            position += 1
        }
        return found
    }

    /// The calls around a token, from the inside out.
    func around(_ token: Int32) -> [Int32] {
        var position = Self.first(starts, from: token + 1) - 1
        var found: [Int32] = []
        while position >= 0, found.count < 32 {
            if starts[position] <= token, token < ends[position] { found.append(calls[position]) }
            position = Int(parents[position])
        }
        return found
    }

    private static func first(_ values: [Int32], from wanted: Int32) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
