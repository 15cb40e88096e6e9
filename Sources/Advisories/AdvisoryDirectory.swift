import JSON
public import Platform
public import Registry

/// The directory that holds the advisory snapshot in force.
///
/// ```
/// advisories/index          the snapshot, replaced as a whole
///            checked.json   when each ecosystem's source last said "unchanged"
/// ```
/// One process imports at a time; any number read. A reader keeps the snapshot it has until `reloadIfChanged`.
/// Methods that touch files block: not for the cooperative pool.
public final class AdvisoryDirectory: Sendable {
    private let directory: String
    private let loaded: Lock<Loaded>

    private struct Loaded {
        var index: AdvisoryIndex?
        var checkedAt: [Ecosystem: Timestamp] = [:]
    }

    public init(directory: String) {
        self.directory = directory
        loaded = Lock(Loaded())
    }

    /// The path of the snapshot in force.
    public var indexPath: String { "\(directory)/index" }
    private var checkedPath: String { "\(directory)/checked.json" }

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
        guard Files.exists(indexPath) else { return false }
        let checkedAt = try readChecked()
        if let known = loaded.withLock({ $0.index }), try AdvisoryIndex.fileHeader(indexPath) == known.fileHeader {
            loaded.withLock { $0.checkedAt = checkedAt }
            return false
        }
        let fresh = try AdvisoryIndex.open(path: indexPath)
        return loaded.withLock { loaded in
            loaded.checkedAt = checkedAt
            let isOther = loaded.index?.snapshotID != fresh.snapshotID
            loaded.index = fresh
            return isOther
        }
    }

    /// How fresh the snapshot in force is.
    ///
    /// - Parameter maxAge: how long ago each loaded ecosystem may have been confirmed by its source.
    public func state(now: Timestamp, maxAge: Duration) throws(AdvisoryError) -> AdvisoryState {
        guard let index = try current() else { return .neverLoaded }
        let checkedAt = loaded.withLock { $0.checkedAt }
        let oldest = index.importedAt.map { ecosystem, imported in max(imported, checkedAt[ecosystem] ?? imported) }
            .min()
        let age = oldest.map { $0.distance(to: now) } ?? .zero
        return age > maxAge ? .stale(index, age: age) : .current(index)
    }

    /// Compiles bundles into the snapshot in force; ecosystems without a bundle stay as they are.
    ///
    /// When every bundle is the one imported before, only the time of the check is written.
    /// - Throws: `AdvisoryError`; the snapshot in force stays then. A damaged one is replaced only with `allowShrink`,
    ///   because nobody can say what it held.
    public func install(
        _ bundles: [AdvisoryBundle], now: Timestamp, allowShrink: Bool = false
    ) throws(AdvisoryError) -> AdvisoryImportReport {
        do throws(FileError) {
            try Files.createDirectory(directory)
        } catch {
            throw .file(error)
        }
        let previous = try previousIndex(allowShrink)
        if let previous, let report = AdvisoryImportReport(unchanged: bundles, in: previous) {
            try confirm(bundles.map(\.ecosystem), now: now)
            return report
        }
        let report = try AdvisoryImporter.build(
            bundles: bundles, carryingOver: previous, into: indexPath, now: now, allowShrink: allowShrink)
        try reloadIfChanged()
        return report
    }

    /// Remembers durably that the sources of these ecosystems have nothing newer, such as after "304 Not Modified".
    public func confirm(_ ecosystems: [Ecosystem], now: Timestamp) throws(AdvisoryError) {
        var checkedAt = try readChecked()
        for ecosystem in ecosystems { checkedAt[ecosystem] = max(now, checkedAt[ecosystem] ?? now) }
        var object = JSONObject()
        for ecosystem in Ecosystem.allCases {
            if let time = checkedAt[ecosystem] { object.append(ecosystem.rawValue, .string(time.rfc3339)) }
        }
        do throws(FileError) {
            try Files.writeDurably(JSONText.serialize(.object(object), pretty: true), to: checkedPath)
        } catch {
            throw .file(error)
        }
        let confirmed = checkedAt
        loaded.withLock { $0.checkedAt = confirmed }
    }

    private func previousIndex(_ allowShrink: Bool) throws(AdvisoryError) -> AdvisoryIndex? {
        guard Files.exists(indexPath) else { return nil }
        do throws(AdvisoryError) {
            return try AdvisoryIndex.open(path: indexPath)
        } catch {
            switch error {
            case .corruptIndex, .foreignIndex:
                if allowShrink { return nil }
                throw error
            case .file, .bundle, .emptyBundle, .shrunken, .tooLarge: throw error
            }
        }
    }

    private func readChecked() throws(AdvisoryError) -> [Ecosystem: Timestamp] {
        guard Files.exists(checkedPath) else { return [:] }
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.readAll(checkedPath, maxBytes: 1 << 16)
        } catch {
            throw .file(error)
        }
        do {
            var times: [Ecosystem: Timestamp] = [:]
            for member in try JSONText.parse(bytes).objectValue?.members ?? [] {
                guard let ecosystem = Ecosystem(rawValue: member.name), let text = member.value.stringValue else {
                    continue
                }
                times[ecosystem] = try Timestamp(parsing: text)
            }
            return times
        } catch {
            throw .corruptIndex(path: checkedPath, reason: "\(error)")
        }
    }
}

extension AdvisoryImportReport {
    /// The report of an import that has nothing to do; nil when some bundle is new.
    init?(unchanged bundles: [AdvisoryBundle], in index: AdvisoryIndex) {
        self.init()
        for bundle in bundles {
            guard index.sourceDigests[bundle.ecosystem] == bundle.digest else { return nil }
            var counts = Counts()
            counts.recordsKept = index.recordCounts[bundle.ecosystem] ?? 0
            counts.isUnchanged = true
            add(counts, for: bundle.ecosystem)
        }
        snapshotID = index.snapshotID
    }
}
