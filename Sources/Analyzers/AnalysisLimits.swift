/// Bounds of one static analysis; what exceeds them is a finding, never a pass.
public struct AnalysisLimits: Sendable, Equatable {
    /// Members of the archive.
    public var entries: Int
    /// Bytes that everything together may unpack to.
    public var totalBytes: Int64
    /// Bytes of one file that are held in memory for rules; larger files are streamed and only hashed.
    public var fileBytes: Int
    /// Unpacked bytes per byte of the artifact, counted once more than `ratioFloorBytes` are unpacked.
    public var ratio: Int64
    /// Below this many unpacked bytes no ratio is suspicious: small files of zeros are ordinary.
    public var ratioFloorBytes: Int64
    /// Bytes of a member's path.
    public var pathBytes: Int
    /// Folders that a member may lie deep.
    public var depth: Int
    /// Wall-clock seconds for the whole analysis.
    public var seconds: Int

    public init(
        entries: Int = 200_000, totalBytes: Int64 = 8 << 30, fileBytes: Int = 32 << 20, ratio: Int64 = 250,
        ratioFloorBytes: Int64 = 128 << 20, pathBytes: Int = 1024, depth: Int = 64, seconds: Int = 300
    ) {
        self.entries = entries
        self.totalBytes = totalBytes
        self.fileBytes = fileBytes
        self.ratio = ratio
        self.ratioFloorBytes = ratioFloorBytes
        self.pathBytes = pathBytes
        self.depth = depth
        self.seconds = seconds
    }

    /// The limits for archives inside the artifact, all of them together.
    fileprivate var nested: AnalysisLimits {
        var limits = self
        limits.entries = min(entries, 50_000)
        limits.totalBytes = min(totalBytes, 256 << 20)
        limits.fileBytes = min(fileBytes, 8 << 20)
        limits.ratioFloorBytes = .max
        return limits
    }

    /// The limits that jurat runs with.
    public static let standard = AnalysisLimits()
}

/// What has been used of the limits.
final class AnalysisBudget {
    let limits: AnalysisLimits
    private let artifactBytes: Int64
    private let deadline: ContinuousClock.Instant
    /// Whether files that are too large to be held are read all the same, to be hashed.
    let readsLargeFiles: Bool
    private var entries = 0
    private(set) var unpackedBytes: Int64 = 0

    init(limits: AnalysisLimits, artifactBytes: Int64) {
        self.limits = limits
        self.artifactBytes = max(artifactBytes, 1)
        readsLargeFiles = true
        deadline = ContinuousClock.now.advanced(by: .seconds(limits.seconds))
    }

    private init(nestedIn outer: AnalysisBudget) {
        limits = outer.limits.nested
        artifactBytes = 1
        readsLargeFiles = false
        deadline = outer.deadline
    }

    /// What all archives inside the artifact may use together. They are data that no installer unpacks, and test data
    /// is often far larger unpacked than the package itself, so they share the deadline and nothing else.
    func nested() -> AnalysisBudget { AnalysisBudget(nestedIn: self) }

    /// Counts one member.
    func countEntry() throws(ArchiveFailure) {
        entries += 1
        if entries > limits.entries { throw .limit(.tooManyEntries) }
        try checkTime()
    }

    /// Counts bytes that came out of a decompressor.
    func countUnpacked(_ count: Int) throws(ArchiveFailure) {
        let (sum, overflow) = unpackedBytes.addingReportingOverflow(Int64(count))
        unpackedBytes = sum
        if overflow || sum > limits.totalBytes { throw .limit(.tooManyBytes) }
        if sum > limits.ratioFloorBytes, sum / artifactBytes > limits.ratio { throw .limit(.ratioTooHigh) }
        try checkTime()
    }

    private func checkTime() throws(ArchiveFailure) {
        if ContinuousClock.now > deadline { throw .limit(.tookTooLong) }
    }
}
