/// Finds the word that a mistyped one most likely stood for.
enum Suggestion {
    /// The candidate within two edits (fewer for short words), or nil.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let scored = candidates.map { (name: $0, distance: distance(Array(word.utf8), Array($0.utf8))) }
        let bound = word.utf8.count <= 4 ? 1 : 2
        return scored.filter { $0.distance <= bound || $0.name.hasPrefix(word) }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
    }

    /// Edits between two byte strings, counting a swap of neighbours as one.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var rows = [Array(0...b.count)]
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
