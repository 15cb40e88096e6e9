/// How far a review of differences alone may go before a version is reviewed in full.
///
/// Spec: analyzers, section 3, "Mandatory escalation"; policy, key `screening.diff`.
public struct DifferenceLimits: Sendable, Hashable {
    /// The most bytes of added and changed files.
    public let maxChangedBytes: Int64
    /// The most files that are added, changed or removed.
    public let maxChangedFiles: Int
    /// The most differences between a version and the full review that its chain begins with; 0 reviews every version in
    /// full.
    public let maxSteps: Int

    public static let standard = DifferenceLimits(maxChangedBytes: 1 << 20, maxChangedFiles: 200, maxSteps: 10)

    /// The largest limits that can be written.
    public static let greatest = DifferenceLimits(
        maxChangedBytes: 1 << 40, maxChangedFiles: 1_000_000, maxSteps: 1000)

    public init(maxChangedBytes: Int64, maxChangedFiles: Int, maxSteps: Int) {
        self.maxChangedBytes = maxChangedBytes
        self.maxChangedFiles = maxChangedFiles
        self.maxSteps = maxSteps
    }
}

/// The limits as one level writes them; nil means unset.
public struct DifferenceLayer: Sendable, Hashable {
    public var maxChangedBytes: Int64?
    public var maxChangedFiles: Int?
    public var maxSteps: Int?

    public init(maxChangedBytes: Int64? = nil, maxChangedFiles: Int? = nil, maxSteps: Int? = nil) {
        self.maxChangedBytes = maxChangedBytes
        self.maxChangedFiles = maxChangedFiles
        self.maxSteps = maxSteps
    }
}
