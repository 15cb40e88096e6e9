import Advisories
import JSON
import Registry

/// One public flaw of a package as audits show it: all records that are aliases of each other.
struct AuditedAdvisory: Sendable {
    /// The record that stands for the flaw: `MAL-` before `GHSA-` before `PYSEC-` before others.
    let leader: PackageAdvisory
    let isMalicious: Bool
    /// The record with the highest score, if any has one.
    let scored: PackageAdvisory?
    /// Every version that any of the records is about.
    let affected: AffectedVersions
    let title: String

    init(_ records: [PackageAdvisory]) {
        let ranked = records.sorted { PackageAdvisory.leads($0.id, $1.id) }
        leader = ranked[0]
        isMalicious = records.contains(where: \.isMalicious)
        scored = ranked.filter { $0.cvssTenths != nil }.max { ($0.cvssTenths ?? 0) < ($1.cvssTenths ?? 0) }
        affected = AffectedVersions(records)
        title = ranked.lazy.map(\.summary).first { !$0.isEmpty } ?? leader.id
    }

    /// Where people read about it. Tools that know GitHub's ids look for them in GitHub's addresses.
    var url: String {
        leader.id.hasPrefix("GHSA-")
            ? "https://github.com/advisories/\(leader.id)" : "https://osv.dev/vulnerability/\(leader.id)"
    }
}

extension AdvisoryIndex {
    /// The flaws that affect any of these versions of a package, ascending by their leading records.
    func flaws(of name: PackageName, affecting versions: [PackageVersion]) -> [AuditedAdvisory] {
        guard hasAdvisories(for: name) else { return [] }
        var matching: Set<String> = []
        for version in versions {
            for match in matches(name, version) { matching.insert(match.id) }
        }
        guard !matching.isEmpty else { return [] }
        return PackageAdvisory.flaws(among: advisories(for: name))
            .filter { records in records.contains { matching.contains($0.id) } }
            .map(AuditedAdvisory.init)
            .sorted { $0.leader.id < $1.leader.id }
    }
}

/// What an original record says that the index does not keep.
struct OriginalLabels {
    /// `CWE-…` ids, as the record orders them.
    var cwes: [String] = []
    /// The word that the record's own database gives its severity, in lower case.
    var severity: String?

    private static let maxWeaknesses = 20

    /// Labels of the database that GitHub's records carry; without a readable record none.
    init(of record: [UInt8]?) {
        let limits = JSONLimits(maxDepth: 64, duplicates: .keepLast)
        guard let record, let document = try? JSONText.parse(record, limits: limits),
            let labels = document["database_specific"]
        else { return }
        cwes = (labels["cwe_ids"]?.arrayValue ?? []).compactMap(\.stringValue).filter(Self.isWeakness)
        cwes = Array(cwes.prefix(Self.maxWeaknesses))
        severity = labels["severity"]?.stringValue?.lowercased()
    }

    private static func isWeakness(_ text: String) -> Bool {
        text.hasPrefix("CWE-") && text.utf8.count <= 12
            && text.utf8.dropFirst(4).allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
