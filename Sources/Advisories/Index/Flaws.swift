extension PackageAdvisory {
    /// Records of one package by the flaw that they are about: those that name each other, or a common third name,
    /// together. The same as matching joins; flaws in the order of their first records.
    public static func flaws(among records: [PackageAdvisory]) -> [[PackageAdvisory]] {
        let groups = AliasGroups.groups(records.map { [$0.id] + $0.aliases })
        return AliasGroups.collected(Array(zip(groups, records)))
    }

    /// Whether a flaw of both names is called by the left one: `MAL-` before `GHSA-` before `PYSEC-` before others.
    public static func leads(_ left: String, _ right: String) -> Bool { AliasGroups.leads(left, right) }
}
