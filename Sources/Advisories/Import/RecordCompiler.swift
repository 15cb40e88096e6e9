import Platform
import Registry

/// One record about one package, ready to be compiled.
struct PendingAdvisory: Sendable {
    let id: String
    let aliases: [String]
    let isMalicious: Bool
    let modifiedSeconds: Int64?
    let summary: String
    let score: CVSSBaseScore?
    let versions: [PackageVersion]
    let ranges: [[PendingEvent]]
}

struct PendingEvent: Sendable {
    let kind: RangeEventKind
    /// Nil is before every version.
    let version: PackageVersion?
}

/// What a record says about the packages of one ecosystem, and what in it cannot be used.
struct ReadRecord {
    let id: String
    let state: RecordState
    /// One part for each package, in the order in which the record first names them.
    let parts: [(name: String, advisory: PendingAdvisory)]
    /// Why it, or a part of it, is not used.
    let fault: String?
}

/// Turns records into what they say about one ecosystem's packages.
struct RecordCompiler {
    private let ecosystem: Ecosystem
    private let label: String

    init(_ ecosystem: Ecosystem) {
        self.ecosystem = ecosystem
        label = ecosystem.nameInRecords
    }

    func compile(_ record: OSVRecord) -> ReadRecord {
        if record.isWithdrawn { return ReadRecord(id: record.id, state: .withdrawn, parts: [], fault: nil) }
        var packages = AffectedPackages()
        var fault: String?
        for affected in record.affected where affected.ecosystem == label {
            let name: PackageName
            do throws(NameError) {
                name = try PackageName(parsing: affected.name, ecosystem: ecosystem)
            } catch {
                fault = fault ?? "\(error)"
                continue
            }
            var reader = AffectedReader(ecosystem)
            let ranges = reader.ranges(affected, isMalicious: record.isMalicious)
            let versions = reader.versions(affected.versions)
            if let unreadable = reader.unreadable.first { fault = fault ?? "\(unreadable) of \(name)" }
            if ranges.isEmpty && versions.isEmpty {
                fault = fault ?? "it names no readable version of \(name)"
                // Nobody can say which versions are meant, and guessing "none" would serve a package known to be hostile.
                guard record.isMalicious else { continue }
                packages.add(name, [], [AffectedReader.everyVersion], affected.severities)
            } else {
                packages.add(name, versions, ranges, affected.severities)
            }
        }
        if packages.list.isEmpty && fault == nil { fault = "it is about no \(label) package" }
        let aliases = aliases(of: record, packages.list.count, &fault)
        let parts = packages.list.map { ($0.name.canonical, $0.advisory(of: record, aliases)) }
        var state: RecordState = fault == nil ? [] : .faulty
        if !parts.isEmpty { state.insert(.kept) }
        if !parts.isEmpty && record.isMalicious { state.insert(.malicious) }
        return ReadRecord(id: record.id, state: state, parts: parts, fault: fault)
    }

    /// Every alias is written once for each package, so a small record could make a large index.
    private func aliases(of record: OSVRecord, _ packageCount: Int, _ fault: inout String?) -> [String] {
        guard !record.aliases.isEmpty else { return [] }
        let aliases = Set(record.aliases).subtracting([record.id]).sorted(by: AliasGroups.precedes)
        var room = BundleLimits.maxAliasBytes / max(1, packageCount)
        let fitting = aliases.prefix {
            room -= $0.utf8.count + 8
            return room >= 0
        }
        if fitting.count < aliases.count {
            fault = fault ?? "of its \(aliases.count) aliases only \(fitting.count) are kept"
        }
        return Array(fitting)
    }
}

/// What one record says, collected by package.
private struct AffectedPackages {
    struct Part {
        let name: PackageName
        var versions: [PackageVersion]
        var ranges: [[PendingEvent]]
        var vectors: [String]

        func advisory(of record: OSVRecord, _ aliases: [String]) -> PendingAdvisory {
            var score: CVSSBaseScore?
            for vector in record.severities + vectors {
                // The first of the highest ones, so that the same record always shows the same vector.
                guard let other = try? CVSSBaseScore(parsing: vector) else { continue }
                if score.map({ $0.tenths < other.tenths }) ?? true { score = other }
            }
            return PendingAdvisory(
                id: record.id, aliases: aliases, isMalicious: record.isMalicious,
                modifiedSeconds: record.modified?.secondsSinceEpoch, summary: record.summary, score: score,
                versions: versions, ranges: ranges)
        }
    }

    private(set) var list: [Part] = []
    private var places: [PackageName: Int] = [:]

    mutating func add(
        _ name: PackageName, _ versions: [PackageVersion], _ ranges: [[PendingEvent]], _ vectors: [String]
    ) {
        if list.isEmpty {
            list.append(Part(name: name, versions: versions, ranges: ranges, vectors: vectors))
            return
        }
        // Most records are about one package: the table is made for the others alone.
        if places.isEmpty { places[list[0].name] = 0 }
        if let place = places[name] {
            list[place].versions += versions
            list[place].ranges += ranges
            list[place].vectors += vectors
        } else {
            places[name] = list.count
            list.append(Part(name: name, versions: versions, ranges: ranges, vectors: vectors))
        }
    }
}
