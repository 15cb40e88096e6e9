/// How large a difference may be, and how long a chain of them, before the whole artifact is reviewed again.
public struct DiffThresholds: Sendable, Hashable {
    /// Bytes that the base's files did not have.
    public var maxChangedBytes: Int64
    /// Files that are new, changed, moved or have other rights.
    public var maxChangedFiles: Int
    /// Differences that may stand on one full review.
    public var maxSteps: Int
    /// Lines of code, in percent of all that the new artifact has, that a patch may bring and still be called small.
    public var maxNewCodePercent: Int

    public init(
        maxChangedBytes: Int64 = 1 << 20, maxChangedFiles: Int = 200, maxSteps: Int = 10, maxNewCodePercent: Int = 30
    ) {
        self.maxChangedBytes = maxChangedBytes
        self.maxChangedFiles = maxChangedFiles
        self.maxSteps = maxSteps
        self.maxNewCodePercent = maxNewCodePercent
    }

    /// The thresholds that jurat runs with unless its operator says otherwise.
    public static let standard = DiffThresholds()
}
