import Compression
import Platform
import Registry

/// Compiles one bundle into one part of an index.
struct SectionBuilder {
    private let ecosystem: Ecosystem
    private var packages: [PackageName: [PendingAdvisory]] = [:]
    private var knownIDs: Set<String> = []
    private(set) var counts = AdvisoryImportReport.Counts()
    private var report: AdvisoryImportReport

    /// No record comes near this; the largest known have a few hundred kilobytes.
    private static let maxRecordBytes = 32 << 20

    init(_ ecosystem: Ecosystem, report: AdvisoryImportReport) {
        self.ecosystem = ecosystem
        self.report = report
    }

    /// Reads every record of a bundle. A bad one is counted and named, and never stops the rest.
    ///
    /// - Throws: `AdvisoryError` when the bundle itself cannot be read.
    mutating func read(_ bundle: AdvisoryBundle) throws(AdvisoryError) {
        let directory = try bundle.directory()
        for entry in directory.entries where !entry.isDirectory {
            // The name is only a label: names such as "--legacy-peer-deps.json" exist, and none is ever a path.
            let label = String(decoding: entry.nameBytes, as: UTF8.self)
            guard label.hasSuffix(".json") else { continue }
            counts.recordsRead += 1
            let record: OSVRecord
            do {
                record = try OSVReader.read(try directory.contents(of: entry, maxBytes: Self.maxRecordBytes))
            } catch {
                skip(label, "\(error)")
                continue
            }
            guard knownIDs.insert(record.id).inserted else {
                skip(record.id, "another record of this bundle has the same id")
                continue
            }
            add(record)
        }
    }

    private mutating func skip(_ record: String, _ reason: String) {
        counts.recordsSkipped += 1
        report.name(record, reason, in: ecosystem)
    }

    private mutating func add(_ record: OSVRecord) {
        if record.isWithdrawn {
            counts.recordsWithdrawn += 1
            return
        }
        let label = ecosystem == .npm ? "npm" : "PyPI"
        var parts: [PackageName: (versions: [PackageVersion], ranges: [[PendingEvent]], vectors: [String])] = [:]
        var faults: [String] = []
        for affected in record.affected where affected.ecosystem == label {
            let name: PackageName
            do throws(NameError) {
                name = try PackageName(parsing: affected.name, ecosystem: ecosystem)
            } catch {
                faults.append("\(error)")
                continue
            }
            var reader = AffectedReader(ecosystem)
            let ranges = reader.ranges(affected.ranges)
            let versions = reader.versions(affected.versions)
            faults += reader.unreadable.map { "a range of \(name) has the unreadable boundary \"\($0)\"" }
            if ranges.isEmpty && versions.isEmpty {
                if reader.unreadable.isEmpty { faults.append("it names no readable version of \(name)") }
                continue
            }
            parts[name, default: ([], [], [])].versions += versions
            parts[name, default: ([], [], [])].ranges += ranges
            parts[name, default: ([], [], [])].vectors += affected.severities
        }
        if parts.isEmpty && faults.isEmpty { faults.append("it is about no \(label) package") }
        let aliases = Set(record.aliases).subtracting([record.id]).sorted(by: AliasGroups.precedes)
        for (name, part) in parts {
            let scores = (record.severities + part.vectors).compactMap { try? CVSSBaseScore(parsing: $0) }
            packages[name, default: []].append(
                PendingAdvisory(
                    id: record.id, aliases: aliases,
                    isMalicious: record.isMalicious,
                    modifiedSeconds: record.modified?.secondsSinceEpoch, summary: record.summary,
                    score: scores.max { $0.tenths < $1.tenths }, versions: part.versions, ranges: part.ranges))
        }
        if !parts.isEmpty { counts.recordsKept += 1 }
        if let fault = faults.first { skip(record.id, fault) }
    }

    /// The finished part and the report with this bundle's counts.
    ///
    /// - Throws: `AdvisoryError.emptyBundle`, or `.tooLarge` when 32-bit offsets do not reach.
    consuming func finish() throws(AdvisoryError) -> (bytes: [UInt8], report: AdvisoryImportReport) {
        guard counts.recordsKept > 0 else { throw .emptyBundle(ecosystem, recordsRead: counts.recordsRead) }
        counts.packages = packages.count
        let bytes = try encode()
        report.add(counts, for: ecosystem)
        return (bytes, report)
    }

    private func encode() throws(AdvisoryError) -> [UInt8] {
        var names = JoinedItems()
        var blobs = JoinedItems()
        var places: [(id: String, package: Int)] = []
        for (index, name) in packages.keys.sorted().enumerated() {
            guard let pending = packages[name] else { preconditionFailure("a package that was not collected") }
            // Sorting by id makes equal sets of records equal bytes, whatever their order in the bundle.
            let advisories = pending.sorted { AliasGroups.precedes($0.id, $1.id) }
            names.append { $0.append(contentsOf: name.canonical.utf8) }
            blobs.append { PackageCompiler(advisories).append(to: &$0) }
            places += advisories.map { ($0.id, index) }
        }
        places.sort { left, right in
            left.id == right.id ? left.package < right.package : AliasGroups.precedes(left.id, right.id)
        }
        var ids = JoinedItems()
        for place in places { ids.append { $0.append(contentsOf: place.id.utf8) } }
        for items in [names, blobs, ids] where items.bytes.count > Int(UInt32.max) {
            throw .tooLarge(ecosystem, bytes: items.bytes.count)
        }
        var output: [UInt8] = []
        output.reserveCapacity(names.bytes.count + blobs.bytes.count + ids.bytes.count + 16 * places.count)
        for count in [names.ends.count, ids.ends.count, names.bytes.count, blobs.bytes.count, ids.bytes.count] {
            output.append(littleEndian: UInt32(count))
        }
        output += [UInt8](repeating: 0, count: 12)
        for end in names.ends + blobs.ends + ids.ends { output.append(littleEndian: UInt32(end)) }
        for place in places { output.append(littleEndian: UInt32(place.package)) }
        output += names.bytes
        output += blobs.bytes
        output += ids.bytes
        return output
    }
}

/// Items of different lengths, one after the other, and where each ends.
private struct JoinedItems {
    private(set) var bytes: [UInt8] = []
    private(set) var ends: [Int] = []

    mutating func append(_ write: (inout [UInt8]) -> Void) {
        write(&bytes)
        ends.append(bytes.count)
    }
}
