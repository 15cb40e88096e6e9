public import Platform
import Registry

/// The directory that holds the advisory snapshot in force.
///
/// ```
/// advisories/index          the snapshot, replaced as a whole
///            bundles/       the bundles it was made from
///            sources.json   what is remembered of each ecosystem's source, see `AdvisorySourceState`
///            incoming/      bundles that are being fetched
///            import.lock    held by the process that imports
/// ```
/// One process imports at a time; any number read. A reader keeps the snapshot it has until `reloadIfChanged`.
/// Methods that touch files block: not for the cooperative pool.
public final class AdvisoryDirectory: Sendable {
    let directory: String
    let loaded: Lock<Loaded>

    struct Loaded {
        var index: AdvisoryIndex?
        /// What was read of the sources, or why it could not be.
        var sources = SourceMemory()
        /// What the files were when they were read.
        var files = DirectoryFiles()
        /// What the source said of the very records of `index`. What it says of another bundle, which may be installed and
        /// still not be in use here, makes these no fresher.
        var confirmations: [Ecosystem: Confirmation] = [:]
        /// The file that was opened last, and what was wrong with it.
        var indexFile: Files.Fingerprint?
        var indexProblem: AdvisoryError?
    }

    public init(directory: String) {
        self.directory = directory
        loaded = Lock(Loaded())
    }

    /// The path of the snapshot in force.
    public var indexPath: String { "\(directory)/index" }

    /// The newest complete snapshot; nil when none was ever loaded.
    ///
    /// Opened once; later calls only hand it out.
    /// - Throws: `AdvisoryError` when there is one that cannot be used.
    public func current() throws(AdvisoryError) -> AdvisoryIndex? {
        if let index = loaded.withLock({ $0.index }) { return index }
        _ = try reloadIfChanged()
        return loaded.withLock { $0.index }
    }

    /// Looks whether another process (or this one) has installed a snapshot, and takes it over.
    ///
    /// - Returns: true when the snapshot is another one than before.
    /// - Throws: `AdvisoryError` when there is one that cannot be used; the one in use stays.
    @discardableResult
    public func reloadIfChanged() throws(AdvisoryError) -> Bool {
        // Taken before the files are read: what changes meanwhile is another change.
        let files = DirectoryFiles(self)
        let sources = SourceMemory.read(from: self)
        loaded.withLock { loaded in
            loaded.sources = sources
            loaded.files = files
        }
        defer { loaded.withLock { $0.credit() } }
        guard Files.exists(indexPath) else {
            // Whoever judged by advisories once does not go on without because a file was lost.
            guard sources.states.values.allSatisfy({ $0.confirmedAt == nil }) else {
                throw .corruptIndex(path: indexPath, reason: "it is gone, though advisories were loaded here")
            }
            return false
        }
        let (last, problem, isLoaded) = loaded.withLock { ($0.indexFile, $0.indexProblem, $0.index != nil) }
        if files.index != nil, files.index == last {
            if let problem { throw problem }
            if isLoaded { return false }
        }
        do throws(AdvisoryError) {
            // All of it is checked, also when its beginning is that of the one in use.
            let fresh = try AdvisoryIndex.open(path: indexPath)
            return loaded.withLock { loaded in
                let isOther = loaded.index?.snapshotID != fresh.snapshotID
                (loaded.index, loaded.indexFile, loaded.indexProblem) = (fresh, files.index, nil)
                return isOther
            }
        } catch {
            // A file that could not be had just now may be had the next time; a damaged one stays damaged.
            if case .file = error { throw error }
            loaded.withLock { ($0.indexFile, $0.indexProblem) = (files.index, error) }
            throw error
        }
    }

    /// How fresh the snapshot in force is.
    ///
    /// - Parameter maxAge: how long ago each loaded ecosystem may have been confirmed by its source.
    public func state(now: Timestamp, maxAge: Duration) throws(AdvisoryError) -> AdvisoryState {
        guard let index = try current() else { return .neverLoaded }
        // The worst counts: whoever asks by ecosystem uses `freshness`.
        var oldest: Duration?
        for ecosystem in index.importedAt.keys {
            let freshness = freshness(of: ecosystem, in: index, now: now, maxAge: maxAge)
            guard !freshness.isCurrent, let age = freshness.age else { continue }
            oldest = max(oldest ?? age, age)
        }
        return oldest.map { .stale(index, age: $0) } ?? .current(index)
    }
}
