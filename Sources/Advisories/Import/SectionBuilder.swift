import Platform
import Registry

/// Compiles one bundle into one ecosystem's parts of an index, taking over from the snapshot before what is the same.
///
/// The result depends on the bundle alone: what was there before only saves work.
struct SectionBuilder {
    private let source: BundleRecords
    private let before: PreviousKnowledge?
    private let known: KnownRecords?
    private(set) var counts = AdvisoryImportReport.Counts()
    private(set) var maliciousCount = 0
    private(set) var skipped: [(record: String, reason: String)] = []
    private var knownIDs: Set<String> = []
    private var rows: [AcceptedRecord] = []
    private var parts: [PackagePart] = []
    private var blobs: [UInt8] = []
    /// The place among `rows` of each row of the snapshot before that was taken over, else -1.
    private var carried: [Int32]

    private static let batchCount = 256

    init(_ source: BundleRecords, previous: AdvisoryIndex?) {
        self.source = source
        known = KnownRecords(previous, source.ecosystem)
        before = known == nil ? nil : PreviousKnowledge(previous, source.ecosystem)
        carried = [Int32](repeating: -1, count: before?.rowCount ?? 0)
    }

    /// Reads every record of the bundle. A bad one is counted and named, and never stops the rest.
    ///
    /// - Throws: `AdvisoryError.tooLarge`.
    mutating func read(_ progress: (AdvisoryImportProgress) -> Void) throws(AdvisoryError) {
        let threads = min(Processors.available, 8)
        let work = OrderedWork<BundleRecords.Batch>(name: "advisories", threads: threads)
        var added = 0
        var place = 0
        while place < source.count {
            while added < source.count, work.underWay < 2 * threads + 2 {
                let range = source.batch(from: added, atMost: Self.batchCount)
                work.add { [source, known] in source.read(range, known: known) }
                added = range.upperBound
            }
            let batch = work.next()
            for outcome in batch.outcomes {
                take(outcome, place, batch.blobs)
                place += 1
            }
            guard blobs.count <= BundleLimits.maxKnowledgeBytes else {
                throw .tooLarge(source.ecosystem, bytes: blobs.count)
            }
            progress(
                AdvisoryImportProgress(ecosystem: source.ecosystem, recordsDone: place, recordsTotal: source.count))
        }
    }

    private mutating func take(_ outcome: BundleRecords.Outcome, _ place: Int, _ bytes: [UInt8]) {
        counts.recordsRead += 1
        switch outcome {
        case .unreadable(let reason):
            counts.recordsReread += 1
            skip(source.label(place), reason)
        case .known(let row):
            guard let before else { preconditionFailure("a known record without a snapshot that knows it") }
            let (id, state, digest) = before.record(row)
            guard accept(AcceptedRecord(id: id, place: place, state: state, digest: digest)) else { return }
            carried[row] = Int32(rows.count - 1)
        case .read(let record):
            counts.recordsReread += 1
            let row = AcceptedRecord(id: record.id, place: place, state: record.state, digest: record.digest)
            guard accept(row) else { return }
            for (name, blob) in record.parts {
                let start = blobs.count
                blobs += bytes[blob]
                parts.append(PackagePart(name: name, row: rows.count - 1, blob: start..<blobs.count))
            }
            if let fault = record.fault { skip(record.id, fault) }
        }
    }

    /// Takes a record over unless another one has its id.
    private mutating func accept(_ row: AcceptedRecord) -> Bool {
        guard knownIDs.insert(row.id).inserted else {
            skip(row.id, "another record of this bundle has the same id")
            return false
        }
        rows.append(row)
        if row.state.contains(.withdrawn) { counts.recordsWithdrawn += 1 }
        if row.state.contains(.kept) { counts.recordsKept += 1 }
        if row.state.contains([.kept, .malicious]) { maliciousCount += 1 }
        return true
    }

    private mutating func skip(_ record: String, _ reason: String) {
        counts.recordsSkipped += 1
        if skipped.count < AdvisoryImportReport.maxNamed { skipped.append((record, reason)) }
    }

    /// The finished parts.
    ///
    /// - Throws: `AdvisoryError.emptyBundle`, or `.tooLarge`.
    mutating func finish() throws(AdvisoryError) -> (knowledge: [UInt8], provenance: [UInt8]) {
        guard counts.recordsKept > 0 else { throw .emptyBundle(source.ecosystem, recordsRead: counts.recordsRead) }
        knownIDs = []
        let stale = addCarriedParts()
        parts.sort { left, right in
            left.name == right.name
                ? AliasGroups.precedes(rows[left.row].id, rows[right.row].id)
                : AliasGroups.precedes(left.name, right.name)
        }
        let together = advisoriesOfSharedPackages()
        var writer = KnowledgeWriter(source.ecosystem)
        var copier = before.map { PackageCopier($0, stale) }
        forEachPackage { group in
            let name = parts[group.lowerBound].name
            copier?.copy(before: name, to: &writer)
            if let advisories = together[name] {
                let sorted = advisories.sorted { AliasGroups.precedes($0.id, $1.id) }
                writer.append(name) { PackageCompiler(sorted).append(to: &$0) }
            } else if let blob = parts[group.lowerBound].blob {
                writer.append(name) { $0 += blobs[blob] }
            }
        }
        copier?.copy(before: nil, to: &writer)
        blobs = []
        parts = []
        counts.packages = writer.packageCount
        return (try writer.encode(), ProvenanceWriter.encode(rows, source))
    }

    /// Adds what records that were taken over say about packages about which another record changed.
    ///
    /// - Returns: which packages of the snapshot before cannot be copied.
    private mutating func addCarriedParts() -> [Bool] {
        guard let before else { return [] }
        var stale = [Bool](repeating: false, count: before.packageCount)
        for row in carried.indices where carried[row] < 0 {
            before.forEachPackage(ofRow: row) { stale[$0] = true }
        }
        for part in parts {
            if let place = before.place(ofPackage: part.name) { stale[place] = true }
        }
        for package in stale.indices where stale[package] {
            let name = before.name(package)
            before.forEachRow(ofPackage: package) { row in
                if carried[row] >= 0 { parts.append(PackagePart(name: name, row: Int(carried[row]), blob: nil)) }
            }
        }
        return stale
    }

    /// Reads again the records of packages that several records are about, and those whose compiled form is not at hand.
    private func advisoriesOfSharedPackages() -> [String: [PendingAdvisory]] {
        var wanted: Set<String> = []
        var places: Set<Int> = []
        forEachPackage { group in
            guard group.count > 1 || parts[group.lowerBound].blob == nil else { return }
            wanted.insert(parts[group.lowerBound].name)
            for part in parts[group] { places.insert(rows[part.row].place) }
        }
        let threads = min(Processors.available, 8)
        let work = OrderedWork<[(name: String, PendingAdvisory)]>(name: "advisories", threads: threads)
        let ordered = places.sorted()
        var added = 0
        var found: [String: [PendingAdvisory]] = [:]
        while added < ordered.count || work.underWay > 0 {
            while added < ordered.count, work.underWay < 2 * threads + 2 {
                let slice = ordered[added..<min(added + Self.batchCount, ordered.count)]
                work.add { [source, wanted] in source.advisories(slice, about: wanted) }
                added = slice.endIndex
            }
            for (name, advisory) in work.next() { found[name, default: []].append(advisory) }
        }
        return found
    }

    /// Lends the places of the parts of each package, ascending by name.
    private func forEachPackage(_ body: (Range<Int>) -> Void) {
        var start = 0
        while start < parts.count {
            var end = start + 1
            while end < parts.count, parts[end].name == parts[start].name { end += 1 }
            body(start..<end)
            start = end
        }
    }
}

/// A record of the bundle that counts, whatever became of it.
struct AcceptedRecord {
    let id: String
    /// The record's place in the bundle.
    let place: Int
    let state: RecordState
    let digest: UInt128
}

/// That a record is about a package.
private struct PackagePart {
    let name: String
    /// The place among the accepted records.
    let row: Int
    /// The package's blob if no other record is about it; nil when it was not compiled.
    let blob: Range<Int>?
}
