import Advisories
import JSON
import Platform
import Registry
import Screening

/// Records of the OSV format made from what we know, where there is no original.
///
/// Spec: Open Source Vulnerability format 1.x.
enum OSVRecords {
    private static let schemaVersion = "1.6.0"

    /// What the index keeps of one record: for each package it is about one part.
    static func document(of parts: [PackageAdvisory]) -> JSONValue {
        guard let first = parts.first else { return [:] }
        var document: JSONObject = [
            "schema_version": .string(schemaVersion), "id": .string(first.id),
            "modified": .string(modified(first).rfc3339),
            "aliases": .array(first.aliases.map { .string($0) }),
        ]
        if !first.summary.isEmpty { document.append("summary", .string(first.summary)) }
        let vectors = Set(parts.compactMap(\.cvssVector)).sorted()
        if !vectors.isEmpty {
            document.append("severity", .array(vectors.map { ["type": .string(kind(of: $0)), "score": .string($0)] }))
        }
        document.append("affected", .array(parts.map(affected)))
        return .object(document)
    }

    /// What our own log says against the versions that carry one finding.
    static func document(of findings: [OwnFinding], publicBase: String) -> JSONValue {
        guard let first = findings.first else { return [:] }
        return [
            "schema_version": .string(schemaVersion), "id": .string(first.id),
            "modified": .string(first.since.rfc3339), "published": .string(first.since.rfc3339),
            "related": .array(Set(findings.flatMap(\.related)).sorted().map { .string($0) }),
            "summary": .string(first.sentence), "details": .string("\(first.sentence). \(first.advice)"),
            "affected": .array(
                findings.map { finding in
                    ["package": package(finding.name), "versions": [.string(finding.version.text)]]
                }),
            "references": .array(findings.map { ["type": "WEB", "url": .string($0.whyURL(publicBase))] }),
            "database_specific": [
                "severity": "CRITICAL", "statement": .string(first.statement.statement.hex),
                "logIndex": .integer(Int64(clamping: first.statement.logIndex)),
                "analyzers": .array(first.analyzers.map { .string($0.text) }), "revoked": .bool(first.isRevoked),
            ],
        ]
    }

    /// When a record was changed last; one that does not say so is as old as can be.
    static func modified(_ record: PackageAdvisory) -> Timestamp {
        Timestamp(secondsSinceEpoch: record.modifiedSeconds ?? 0)
    }

    private static func package(_ name: PackageName) -> JSONValue {
        [
            "ecosystem": .string(name.ecosystem.nameInRecords), "name": .string(name.canonical),
            "purl": .string(PackageURL(name).text),
        ]
    }

    private static func affected(_ part: PackageAdvisory) -> JSONValue {
        let type = part.package.ecosystem == .npm ? "SEMVER" : "ECOSYSTEM"
        let ranges = part.ranges.map { events -> JSONValue in
            let listed = events.map { JSONValue.object([word(for: $0.kind): .string($0.version)]) }
            return ["type": .string(type), "events": .array(listed)]
        }
        return [
            "package": package(part.package), "ranges": .array(ranges),
            "versions": .array(part.versions.map { .string($0) }),
        ]
    }

    private static func word(for kind: RangeEventKind) -> String {
        switch kind {
        case .introduced: "introduced"
        case .fixed: "fixed"
        case .lastAffected: "last_affected"
        case .limit: "limit"
        }
    }

    private static func kind(of vector: String) -> String {
        if vector.hasPrefix("CVSS:4") { return "CVSS_V4" }
        return vector.hasPrefix("CVSS:3") ? "CVSS_V3" : "CVSS_V2"
    }
}
