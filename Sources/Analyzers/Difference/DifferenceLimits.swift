/// Bounds of what one difference may hold and cost; what is beyond them is told more roughly, and says so.
public struct DifferenceLimits: Sendable, Equatable {
    /// Bytes of text that are kept of one artifact; of text beyond them only digests are known.
    public var textBytes: Int
    /// Bytes of manifests that are kept besides, so that no amount of other text displaces them.
    public var manifestBytes: Int
    /// Lines of both versions of one file that are compared one by one, equal beginnings and ends aside.
    public var linesInFile: Int
    /// Lines that are compared one by one in the whole artifact.
    public var lines: Int
    /// Steps of the search for the shortest difference in the whole artifact. After them a good one has to do.
    public var steps: Int
    /// Changes of manifests that are told.
    public var manifestChanges: Int

    public init(
        textBytes: Int = 64 << 20, manifestBytes: Int = 16 << 20, linesInFile: Int = 400_000, lines: Int = 2_000_000,
        steps: Int = 100_000_000, manifestChanges: Int = 5000
    ) {
        self.textBytes = textBytes
        self.manifestBytes = manifestBytes
        self.linesInFile = linesInFile
        self.lines = lines
        self.steps = steps
        self.manifestChanges = manifestChanges
    }

    /// The limits that jurat runs with.
    public static let standard = DifferenceLimits()
}

/// What is left of the limits while the files of one artifact are compared, in the order of their paths.
struct DifferenceBudget {
    let linesInFile: Int
    private(set) var lines: Int
    private(set) var steps: Int

    init(_ limits: DifferenceLimits) {
        linesInFile = limits.linesInFile
        lines = limits.lines
        steps = limits.steps
    }

    /// Takes so many lines; false, and nothing taken, when they are too many.
    mutating func take(lines count: Int) -> Bool {
        guard count <= linesInFile, count <= lines else { return false }
        lines -= count
        return true
    }

    /// Steps that a file of so many lines may use.
    func steps(forLines count: Int) -> Int { min(steps, 1_048_576 + count * 64) }

    mutating func take(steps count: Int) { steps = max(0, steps - count) }
}
