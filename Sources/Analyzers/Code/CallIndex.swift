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
        let ordered = model.calls.indices.sorted { left, right in
            let (left, right) = (model.calls[left].tokens, model.calls[right].tokens)
            return left.lowerBound != right.lowerBound
                ? left.lowerBound < right.lowerBound : left.upperBound > right.upperBound
        }
        calls = ordered.map(Int32.init)
        starts = ordered.map { model.calls[$0].tokens.lowerBound }
        ends = ordered.map { model.calls[$0].tokens.upperBound }
        var parents: [Int32] = []
        var open: [Int32] = []
        for position in ordered.indices {
            while let last = open.last,
                model.calls[ordered[Int(last)]].tokens.upperBound
                    <= model.calls[ordered[position]].tokens.lowerBound
            {
                open.removeLast()
            }
            parents.append(open.last ?? -1)
            open.append(Int32(position))
        }
        self.parents = parents
        let readOrder = model.reads.indices.sorted {
            (model.reads[$0].tokens.lowerBound, $0) < (model.reads[$1].tokens.lowerBound, $1)
        }
        reads = readOrder.map(Int32.init)
        readStarts = readOrder.map { model.reads[$0].tokens.lowerBound }
        readEnds = readOrder.map { model.reads[$0].tokens.upperBound }
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
