import Cryptography
public import Platform
import Registry

/// Builds index files from bundles.
public enum AdvisoryImporter {
    /// Compiles bundles into a new index file that replaces the one at `path` as a whole.
    ///
    /// Each bundle is first kept in the folder `bundles` beside the index. Ecosystems without a bundle are carried over
    /// from `previous` unchanged, and so is one whose bundle is byte for byte the one it was made from. Of a bundle that
    /// changed, only the records that `previous` does not have are read; the outcome is the same as without `previous`.
    ///
    /// The bundles are durable before the new index, and that before it takes the old one's place; whoever has the old
    /// one open keeps it. If this stops anywhere, the old file stands; a temporary file or an unused bundle may be left.
    ///
    /// Takes seconds and blocks: not for the cooperative pool. One process imports at a time.
    ///
    /// - Parameters:
    ///   - bundles: at most one for each ecosystem.
    ///   - allowShrink: accept a bundle that has lost more than half of the records, packages or records of malicious
    ///     packages that `previous` has.
    ///   - progress: called on this thread as records are read.
    /// - Throws: `AdvisoryError`; nothing has changed then but that bundles may be left.
    public static func build(
        bundles: [AdvisoryBundle], carryingOver previous: AdvisoryIndex?, into path: String, now: Timestamp,
        allowShrink: Bool, progress: (AdvisoryImportProgress) -> Void = { _ in }
    ) throws(AdvisoryError) -> AdvisoryImportReport {
        var report = AdvisoryImportReport()
        var parts: [IndexPart] = []
        let store = BundleStore(besideIndex: path)
        for ecosystem in Ecosystem.allCases.sorted(by: { IndexFormat.code(of: $0) < IndexFormat.code(of: $1) }) {
            let offered = bundles.filter { $0.ecosystem == ecosystem }
            precondition(offered.count <= 1, "two bundles for \(ecosystem.rawValue)")
            if let bundle = offered.first {
                let step = Step(store: store, previous: previous, now: now, allowShrink: allowShrink)
                parts.append(try step.part(of: bundle, &report, progress))
            } else if let carried = IndexPart(carrying: ecosystem, from: previous) {
                parts.append(carried)
            }
        }
        do throws(FileError) {
            var file = try TemporaryFile.create(inDirectory: Files.directory(of: path))
            unsafe try IndexPart.write(parts, builtAt: now) { piece throws(FileError) in unsafe try file.write(piece) }
            // Before this line the old index is in force, after it the new one; both are complete files.
            try file.commit(to: path)
        } catch {
            throw .file(error)
        }
        parts = []
        report.snapshotID = try AdvisoryIndex.open(path: path).snapshotID
        return report
    }

    /// One bundle's turn.
    private struct Step {
        let store: BundleStore
        let previous: AdvisoryIndex?
        let now: Timestamp
        let allowShrink: Bool

        func part(
            of bundle: AdvisoryBundle, _ report: inout AdvisoryImportReport,
            _ progress: (AdvisoryImportProgress) -> Void
        ) throws(AdvisoryError) -> IndexPart {
            let ecosystem = bundle.ecosystem
            let staged: StagedBundle
            do throws(FileError) { staged = try store.stage(bundle) } catch { throw .file(error) }
            let source = staged.digest
            if let previous, previous.isMade(from: source, ecosystem),
                let carried = IndexPart(carrying: ecosystem, from: previous, confirmedAt: now)
            {
                if !previous.isComplete(ecosystem, from: source) { try keep(staged) }
                report.addUnchanged(ecosystem, in: previous)
                return carried
            }
            var builder = SectionBuilder(try BundleRecords(staged.contents, ecosystem), previous: previous)
            try builder.read(progress)
            let (knowledge, provenance) = try builder.finish()
            if !allowShrink { try requireNoShrinking(builder, ecosystem) }
            for (record, reason) in builder.skipped { report.name(record, reason, in: ecosystem) }
            report.add(builder.counts, for: ecosystem)
            // The bundle is there before anything says so. What is left if we stop here is swept by the next import.
            try keep(staged)
            return IndexPart(
                ecosystem, recordCount: builder.counts.recordsKept, importedAt: now, source: source,
                knowledge: knowledge, provenance: provenance)
        }

        private func keep(_ staged: consuming StagedBundle) throws(AdvisoryError) {
            do throws(FileError) { try staged.keep() } catch { throw .file(error) }
        }

        private func requireNoShrinking(_ builder: SectionBuilder, _ ecosystem: Ecosystem) throws(AdvisoryError) {
            guard let before = previous?.section(ecosystem) else { return }
            let counts: [(String, before: Int, after: Int)] = [
                ("records", before.entry.recordCount, builder.counts.recordsKept),
                ("packages", before.knowledge.packageCount, builder.counts.packages),
                ("records of malicious packages", before.knowledge.maliciousCount, builder.maliciousCount),
            ]
            for (counted, before, after) in counts where after < before - after {
                throw .shrunken(ecosystem, counted: counted, before: before, after: after)
            }
        }
    }
}

extension AdvisoryIndex {
    /// Whether this bundle made the ecosystem's part, with each record's place in it.
    func isMade(from bundle: SHA256Digest, _ ecosystem: Ecosystem) -> Bool {
        section(ecosystem)?.provenance != nil && sourceDigests[ecosystem] == bundle
    }

    /// Whether this bundle made the ecosystem's part and is still kept. Only its presence is looked at.
    func isComplete(_ ecosystem: Ecosystem, from bundle: SHA256Digest) -> Bool {
        guard isMade(from: bundle, ecosystem), case .success = bundles[ecosystem] else { return false }
        return true
    }
}
