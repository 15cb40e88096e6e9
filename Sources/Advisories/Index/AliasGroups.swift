/// Joins matches that name each other, or a common third name, into one.
///
/// The same flaw is often recorded by several databases; counting it once per database would only make noise.
enum AliasGroups {
    /// - Parameter matches: one per record, each with the names its record gives.
    /// - Returns: one per group, ascending by id.
    static func merge(_ matches: [AdvisoryMatch], isLater: (String, String) -> Bool) -> [AdvisoryMatch] {
        guard matches.count > 1 else { return matches }
        var parents = Array(matches.indices)
        func root(_ start: Int) -> Int {
            var at = start
            while parents[at] != at { at = parents[at] }
            return at
        }
        var owner: [String: Int] = [:]
        for (index, match) in matches.enumerated() {
            for name in [match.id] + match.aliases {
                guard let other = owner.updateValue(index, forKey: name) else { continue }
                parents[root(index)] = root(other)
            }
        }
        var groups: [Int: [AdvisoryMatch]] = [:]
        for (index, match) in matches.enumerated() {
            groups[root(index), default: []].append(match)
        }
        return groups.values.map { combine($0, isLater) }.sorted { precedes($0.id, $1.id) }
    }

    private static func combine(_ group: [AdvisoryMatch], _ isLater: (String, String) -> Bool) -> AdvisoryMatch {
        let ranked = group.sorted { (rank($0.id), $0.id) < (rank($1.id), $1.id) }
        let leader = ranked[0]
        var names = Set<String>()
        for match in group { names.formUnion([match.id] + match.aliases) }
        names.remove(leader.id)
        var fixed = Set<String>()
        for match in group { fixed.formUnion(match.fixedVersions) }
        return AdvisoryMatch(
            id: leader.id, aliases: names.sorted(by: precedes), isMalicious: group.contains { $0.isMalicious },
            cvssTenths: group.compactMap(\.cvssTenths).max(),
            summary: ranked.first { !$0.summary.isEmpty }?.summary ?? "",
            // Equal versions in two spellings stay apart by their text, so that the order is total.
            fixedVersions: fixed.sorted { isLater($1, $0) || (!isLater($0, $1) && precedes($0, $1)) })
    }

    private static func rank(_ id: String) -> Int {
        ["MAL-", "GHSA-", "PYSEC-"].firstIndex { id.hasPrefix($0) } ?? 3
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}
