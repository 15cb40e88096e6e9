import Cryptography
public import Platform
public import Registry

/// What a directory remembers of its sources, as it was read last.
struct SourceMemory: Sendable {
    var states: [Ecosystem: AdvisorySourceState] = [:]
    /// Why nothing is remembered although something was written; the records' own times count then.
    var problem: String?

    private static let maxBytes = 1 << 20

    /// Reads `sources.json`, or `checked.json` of earlier versions where there is no such file yet.
    static func read(from directory: AdvisoryDirectory) -> SourceMemory {
        let isEarlier = !Files.exists(directory.sourcesPath) && Files.exists(directory.earlierSourcesPath)
        let path = isEarlier ? directory.earlierSourcesPath : directory.sourcesPath
        guard Files.exists(path) else { return SourceMemory() }
        do {
            let bytes = try Files.readAll(path, maxBytes: maxBytes)
            let states = try isEarlier ? SourceStateText.decodeConfirmations(bytes) : SourceStateText.decode(bytes)
            return SourceMemory(states: states, problem: nil)
        } catch {
            // Nothing is confirmed then, which can only make the records older than they are.
            return SourceMemory(states: [:], problem: "\(path) cannot be read (\(error)); the next refresh replaces it")
        }
    }
}

/// Which files a directory was last read from.
struct DirectoryFiles: Sendable, Equatable {
    private(set) var index: Files.Fingerprint?
    private var sources: Files.Fingerprint?

    init() {}

    init(_ directory: AdvisoryDirectory) {
        // A file that is not there, or cannot be looked at, differs from any that can.
        index = try? Files.fingerprint(directory.indexPath)
        sources = try? Files.fingerprint(directory.sourcesPath)
    }
}

/// That a source called a bundle its newest.
struct Confirmation: Sendable {
    let bundle: SHA256Digest
    let at: Timestamp
}

extension AdvisoryDirectory.Loaded {
    /// Credits the records in use with what the sources said of their bundles.
    mutating func credit() {
        guard let index else { return }
        var credited: [Ecosystem: Confirmation] = [:]
        for (ecosystem, state) in sources.states {
            guard let bundle = index.sourceDigests[ecosystem] else { continue }
            // Earlier versions did not say which bundle they spoke of.
            if let at = state.confirmedAt, state.bundle.map({ $0.digest == bundle }) ?? true {
                credited[ecosystem] = Confirmation(bundle: bundle, at: at)
            } else if let before = confirmations[ecosystem], before.bundle == bundle {
                credited[ecosystem] = before
            }
        }
        confirmations = credited
    }
}

extension AdvisoryDirectory {
    var sourcesPath: String { "\(directory)/sources.json" }
    /// Where earlier versions kept the times of confirmation.
    var earlierSourcesPath: String { "\(directory)/checked.json" }

    /// What is remembered of every source, as of the last (re)load.
    public var sources: [Ecosystem: AdvisorySourceState] { loaded.withLock { $0.sources.states } }

    /// Why nothing is remembered of the sources although something was written; nil when all is well.
    public var sourcesProblem: String? { loaded.withLock { $0.sources.problem } }

    /// Whether another process has changed the files since they were read here. Two system calls.
    public func hasChangedOnDisk() -> Bool { DirectoryFiles(self) != loaded.withLock { $0.files } }

    /// How fresh the records of one ecosystem are, by the snapshot that was loaded last.
    ///
    /// - Parameter maxAge: how long ago its source may have confirmed them.
    public func freshness(of ecosystem: Ecosystem, now: Timestamp, maxAge: Duration) -> AdvisoryFreshness {
        guard let index = loaded.withLock({ $0.index }) else { return .neverLoaded }
        return freshness(of: ecosystem, in: index, now: now, maxAge: maxAge)
    }

    func freshness(
        of ecosystem: Ecosystem, in index: AdvisoryIndex, now: Timestamp, maxAge: Duration
    ) -> AdvisoryFreshness {
        guard let imported = index.importedAt[ecosystem] else { return .neverLoaded }
        let confirmed = loaded.withLock { $0.confirmations[ecosystem] }
        return AdvisoryFreshness(
            confirmations: [imported, confirmed?.at].compactMap(\.self), now: now, maxAge: maxAge)
    }

    /// Changes what is remembered of one source, durably. Only for the holder of the import lock.
    ///
    /// - Throws: `AdvisoryError.file` when it cannot be written.
    public func remember(
        _ ecosystem: Ecosystem, _ change: (inout AdvisorySourceState) -> Void
    ) throws(AdvisoryError) {
        try remember { states in change(&states[ecosystem, default: AdvisorySourceState()]) }
    }

    /// Remembers durably that the sources of these ecosystems have nothing newer, such as after "304 Not Modified".
    public func confirm(_ ecosystems: [Ecosystem], now: Timestamp) throws(AdvisoryError) {
        try remember { states in
            for ecosystem in ecosystems {
                var state = states[ecosystem] ?? AdvisorySourceState()
                state.succeeded(at: now, bundle: state.bundle)
                states[ecosystem] = state
            }
        }
    }

    private func remember(_ change: (inout [Ecosystem: AdvisorySourceState]) -> Void) throws(AdvisoryError) {
        var memory = SourceMemory.read(from: self)
        memory.problem = nil
        change(&memory.states)
        do throws(FileError) {
            try Files.createDirectory(directory)
            try Files.writeDurably(SourceStateText.encode(memory.states), to: sourcesPath)
            // Whatever it said is in the new file; if we stop before this line, the new one counts all the same.
            if Files.exists(earlierSourcesPath) { try Files.remove(earlierSourcesPath) }
        } catch {
            throw .file(error)
        }
        let (written, files) = (memory, DirectoryFiles(self))
        loaded.withLock { loaded in
            loaded.sources = written
            loaded.files = files
            loaded.credit()
        }
    }

    /// Becomes the one process that imports, until the lock is dropped.
    ///
    /// - Returns: nil while another one is at it.
    /// - Throws: `AdvisoryError.file` when there can be no lock.
    public func lockForImport() throws(AdvisoryError) -> FileLock? {
        do throws(FileError) {
            try Files.createDirectory(directory)
            return try FileLock.acquire("\(directory)/import.lock")
        } catch {
            throw .file(error)
        }
    }
}
