import Cryptography
public import Platform
import Registry

extension AdvisoryDirectory {
    /// Compiles bundles into the snapshot in force; ecosystems without a bundle stay as they are.
    ///
    /// When every bundle is the one imported before, only the time of the check is written. One process installs at a
    /// time; what earlier installations left unfinished is removed.
    /// - Parameter progress: called on this thread as records are read.
    /// - Throws: `AdvisoryError`; the snapshot in force stays then. A damaged one is replaced only with `allowShrink`,
    ///   because nobody can say what it held.
    public func install(
        _ bundles: [AdvisoryBundle], now: Timestamp, allowShrink: Bool = false,
        progress: (AdvisoryImportProgress) -> Void = { _ in }
    ) throws(AdvisoryError) -> AdvisoryImportReport {
        var bundles = bundles
        let store = BundleStore(besideIndex: indexPath)
        var digests: [Ecosystem: SHA256Digest] = [:]
        do throws(FileError) {
            try Files.createDirectory(Files.directory(of: indexPath))
            try store.removeUnfinished(now: now)
            for place in bundles.indices { digests[bundles[place].ecosystem] = try bundles[place].fixDigest() }
        } catch {
            throw .file(error)
        }
        let previous = try previousIndex(allowShrink)
        if let previous, let report = AdvisoryImportReport(unchanged: digests, in: previous) {
            try confirm(bundles.map(\.ecosystem), now: now)
            return report
        }
        let report = try AdvisoryImporter.build(
            bundles: bundles, carryingOver: previous, into: indexPath, now: now, allowShrink: allowShrink,
            progress: progress)
        try reloadIfChanged()
        if let index = try current() {
            // Readers of the snapshot before have its bundles open. What cannot be removed now is tried again next time.
            do throws(FileError) { try store.sweep(keeping: index) } catch { throw .file(error) }
        }
        return report
    }

    private func previousIndex(_ allowShrink: Bool) throws(AdvisoryError) -> AdvisoryIndex? {
        guard Files.exists(indexPath) else { return nil }
        do throws(AdvisoryError) {
            return try AdvisoryIndex.open(path: indexPath)
        } catch {
            switch error {
            case .corruptIndex, .foreignIndex, .unreadableVersion:
                if allowShrink { return nil }
                throw error
            case .file, .bundle, .emptyBundle, .shrunken, .tooLarge, .original: throw error
            }
        }
    }
}
