/// Finds the known word that was probably meant.
enum Suggestion {
    /// ", did you mean …?" for the nearest known word, otherwise nothing.
    static func text(for word: String, among known: [String]) -> String {
        nearest(to: word, among: known).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// The nearest of `known`, the first one when several are as near; nil when none is near enough to be meant.
    static func nearest(to word: String, among known: [String]) -> String? {
        // Distances are for short words; a long one is no slip of the finger.
        guard word.utf8.count <= 64 else { return nil }
        let lowered = word.lowercased()
        var best: (word: String, distance: Int)?
        for candidate in known {
            let distance = distance(from: Array(lowered.utf8), to: Array(candidate.lowercased().utf8))
            let allowed = max(1, min(3, candidate.utf8.count / 3))
            if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// Insertions, deletions, changes and swaps of neighbours that lead from one word to the other.
    static func distance(from source: [UInt8], to target: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: target.count + 1)
        var last = Array(0...target.count)
        for (row, byte) in source.enumerated() {
            var current = [row + 1]
            for (column, other) in target.enumerated() {
                var cost = min(
                    last[column + 1] + 1, current[column] + 1, last[column] + (byte == other ? 0 : 1))
                if row > 0, column > 0, byte == target[column - 1], source[row - 1] == other {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[target.count]
    }
}
