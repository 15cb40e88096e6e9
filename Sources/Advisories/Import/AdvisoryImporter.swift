import Cryptography
public import Platform
import Registry

/// Builds index files from bundles.
public enum AdvisoryImporter {
    /// Compiles bundles into a new index file that replaces the one at `path` as a whole.
    ///
    /// Ecosystems without a bundle are carried over from `previous` unchanged, and so is one whose bundle is byte for
    /// byte the one it was made from. The new file is durable before it takes the old one's place; whoever has the old
    /// one open keeps it. If this stops anywhere, the old file stands and a temporary file may be left beside it.
    ///
    /// Takes seconds and blocks: not for the cooperative pool.
    ///
    /// - Parameters:
    ///   - bundles: at most one for each ecosystem.
    ///   - allowShrink: accept a bundle with less than half of the records that `previous` has.
    /// - Throws: `AdvisoryError`; nothing has changed then.
    public static func build(
        bundles: [AdvisoryBundle], carryingOver previous: AdvisoryIndex?, into path: String, now: Timestamp,
        allowShrink: Bool
    ) throws(AdvisoryError) -> AdvisoryImportReport {
        var report = AdvisoryImportReport()
        var parts: [(entry: SectionEntry, bytes: [UInt8])] = []
        for ecosystem in Ecosystem.allCases.sorted(by: { IndexFormat.code(of: $0) < IndexFormat.code(of: $1) }) {
            let offered = bundles.filter { $0.ecosystem == ecosystem }
            precondition(offered.count <= 1, "two bundles for \(ecosystem.rawValue)")
            if let bundle = offered.first {
                parts.append(try compile(bundle, previous, now, allowShrink, &report))
            } else if let carried = previous?.carriedSection(ecosystem) {
                parts.append(carried)
            }
        }
        do throws(FileError) {
            try write(parts, to: path, now)
        } catch {
            throw .file(error)
        }
        report.snapshotID = try AdvisoryIndex.open(path: path).snapshotID
        return report
    }

    private static func compile(
        _ bundle: AdvisoryBundle, _ previous: AdvisoryIndex?, _ now: Timestamp, _ allowShrink: Bool,
        _ report: inout AdvisoryImportReport
    ) throws(AdvisoryError) -> (entry: SectionEntry, bytes: [UInt8]) {
        let ecosystem = bundle.ecosystem
        let source = bundle.digest
        if let carried = previous?.carriedSection(ecosystem), carried.entry.sourceDigest == source {
            var counts = AdvisoryImportReport.Counts()
            counts.recordsKept = carried.entry.recordCount
            counts.isUnchanged = true
            report.add(counts, for: ecosystem)
            return (carried.entry.confirmed(at: now), carried.bytes)
        }
        var builder = SectionBuilder(ecosystem, report: report)
        try builder.read(bundle)
        let after = builder.counts.recordsKept
        if let before = previous?.recordCounts[ecosystem], !allowShrink, after < before - after {
            throw .shrunken(ecosystem, before: before, after: after)
        }
        let bytes: [UInt8]
        (bytes, report) = try builder.finish()
        let entry = SectionEntry(
            ecosystem: ecosystem, recordCount: after, offset: 0, byteCount: bytes.count, importedAt: now,
            sourceDigest: source, digest: SHA256Digest(hashing: bytes))
        return (entry, bytes)
    }

    private static func write(
        _ parts: [(entry: SectionEntry, bytes: [UInt8])], to path: String, _ now: Timestamp
    ) throws(FileError) {
        var next = IndexFormat.headerBytes + parts.count * IndexFormat.entryBytes
        var entries: [SectionEntry] = []
        for part in parts {
            entries.append(part.entry.moved(to: next))
            next += part.bytes.count
        }
        var file = try TemporaryFile.create(inDirectory: Files.directory(of: path))
        try file.write(IndexHeader.encode(entries, builtAt: now))
        for part in parts { try file.write(part.bytes) }
        // Before this line the old index is in force, after it the new one; both are complete files.
        try file.commit(to: path)
    }
}

extension SectionEntry {
    func moved(to offset: Int) -> SectionEntry {
        SectionEntry(
            ecosystem: ecosystem, recordCount: recordCount, offset: offset, byteCount: byteCount,
            importedAt: importedAt, sourceDigest: sourceDigest, digest: digest)
    }

    func confirmed(at now: Timestamp) -> SectionEntry {
        SectionEntry(
            ecosystem: ecosystem, recordCount: recordCount, offset: offset, byteCount: byteCount, importedAt: now,
            sourceDigest: sourceDigest, digest: digest)
    }
}
