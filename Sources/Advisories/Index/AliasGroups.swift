/// Records that name each other, or a common third name, are about one problem.
///
/// The same flaw is often recorded by several databases; counting it once per database would only make noise.
enum AliasGroups {
    /// The group of each record: the place of the first record that it is linked with.
    ///
    /// - Parameter names: all names each record gives to its problem.
    static func groups(_ names: [[String]]) -> [Int] {
        var parents = Array(names.indices)
        func root(_ start: Int) -> Int {
            var at = start
            while parents[at] != at {
                // Halving the path keeps long chains of aliases from costing the square of their length.
                parents[at] = parents[parents[at]]
                at = parents[at]
            }
            return at
        }
        var owners: [String: Int] = [:]
        for (index, names) in names.enumerated() {
            for name in names {
                let (one, other) = (root(index), root(owners[name] ?? index))
                // The smaller place is kept as root, so that groups do not depend on the order of names.
                parents[max(one, other)] = min(one, other)
                owners[name] = index
            }
        }
        return names.indices.map(root)
    }

    /// One match per group, ascending by id.
    ///
    /// - Parameter versionText: the text of the version at a place.
    static func merge(_ matches: [AdvisoryBlob.Match], _ versionText: (Int) -> String) -> [AdvisoryMatch] {
        if matches.count <= 1 { return matches.map { combine([$0], versionText) } }
        return collected(matches.map { ($0.group, $0) }).map { combine($0, versionText) }
            .sorted { precedes($0.id, $1.id) }
    }

    /// The members of each group together, groups in the order of their first members.
    static func collected<Member>(_ members: [(group: Int, member: Member)]) -> [[Member]] {
        var places: [Int: Int] = [:]
        var groups: [[Member]] = []
        for (group, member) in members {
            if let place = places[group] {
                groups[place].append(member)
            } else {
                places[group] = groups.count
                groups.append([member])
            }
        }
        return groups
    }

    private static func combine(_ group: [AdvisoryBlob.Match], _ versionText: (Int) -> String) -> AdvisoryMatch {
        if group.count == 1, group[0].fixedPlaces.count <= 1 {
            let labels = group[0].labels
            return AdvisoryMatch(
                id: labels.id, aliases: labels.aliases, isMalicious: labels.isMalicious, cvssTenths: labels.cvssTenths,
                summary: labels.summary, fixedVersions: group[0].fixedPlaces.map(versionText))
        }
        let ranked = group.map(\.labels).sorted { leads($0.id, $1.id) }
        let leader = ranked[0]
        var aliases = leader.aliases
        if ranked.count > 1 {
            var names = Set(ranked.flatMap { [$0.id] + $0.aliases })
            names.remove(leader.id)
            aliases = names.sorted(by: precedes)
        }
        var fixed: [Int] = []
        // Places ascend as the ecosystem orders versions.
        for place in group.flatMap(\.fixedPlaces).sorted() where fixed.last != place { fixed.append(place) }
        return AdvisoryMatch(
            id: leader.id, aliases: aliases, isMalicious: ranked.contains { $0.isMalicious },
            cvssTenths: ranked.lazy.compactMap(\.cvssTenths).max(),
            summary: ranked.first { !$0.summary.isEmpty }?.summary ?? "", fixedVersions: fixed.map(versionText))
    }

    /// Whether a problem of both names is called by the left one: `MAL-` before `GHSA-` before `PYSEC-` before others.
    static func leads(_ left: String, _ right: String) -> Bool {
        let (one, other) = (rank(left), rank(right))
        return one == other ? precedes(left, right) : one < other
    }

    private static func rank(_ id: String) -> Int {
        ["MAL-", "GHSA-", "PYSEC-"].firstIndex { id.hasPrefix($0) } ?? 3
    }

    /// The order of names everywhere in an index: by bytes. Names are ASCII, for which `<` is that order, and fast.
    static func precedes(_ left: String, _ right: String) -> Bool {
        left < right
    }
}
