import SourceCode

/// Where indicators stand in the strings of a file.
struct IndicatorHits {
    /// One indicator in one string.
    struct Hit {
        let indicator: Indicator
        /// The position of the string in the view.
        let string: Int
        /// In the string's value.
        let range: Range<Int>
    }

    /// In the order of the strings.
    let hits: [Hit]
    /// How many places of a file are looked at.
    private static let maxHits = 5_000

    /// Looks into every string of code.
    init(_ view: CodeView) {
        var hits: [Hit] = []
        for (index, string) in view.strings.enumerated() where string.value.count >= 4 {
            for match in IndicatorTable.set.matches(in: string.value, limit: 200) {
                hits.append(Hit(indicator: IndicatorTable.all[match.pattern], string: index, range: match.range))
            }
            guard hits.count < Self.maxHits else { break }
        }
        self.hits = hits
    }

    /// Those whose string begins in a range of tokens.
    func hits(in range: TokenRange, of view: CodeView) -> ArraySlice<Hit> {
        let wanted = view.stringIndices(in: range)
        let start = first(from: wanted.lowerBound)
        return hits[start..<max(start, first(from: wanted.upperBound))]
    }

    private func first(from string: Int) -> Int {
        var (low, high) = (0, hits.count)
        while low < high {
            let middle = (low + high) / 2
            if hits[middle].string < string { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Those in what a call is given or called on.
    func hits(reaching call: Call, in view: CodeView) -> [Hit] {
        guard !hits.isEmpty else { return [] }
        return view.sources(of: call).flatMap { hits(in: $0, of: view) }
    }
}
