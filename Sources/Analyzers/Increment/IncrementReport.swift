public import Registry
public import Screening

/// What an artifact has otherwise than another of the same package, in numbers and in what decides about escalation.
public struct IncrementSummary: Sendable, Equatable {
    /// Nil when there was nothing to compare with.
    public var step: VersionStep?
    public var changedFiles: Int
    public var removedFiles: Int
    public var changedBytes: Int64
    public var newCodeLines: Int
    /// Lines of code of the new artifact.
    public var codeLines: Int
    /// Whether both could be read to the end, and compared in full.
    public var isComplete: Bool
    /// Whether anything that runs at installation or start is new or another.
    public var changesInstallation: Bool
    /// Whether native code, binaries or minified files are new or another.
    public var bringsUnreadableCode: Bool
    /// Words of grave capabilities that are new, sorted.
    public var graveCapabilities: [String]

    public init(
        step: VersionStep? = nil, changedFiles: Int = 0, removedFiles: Int = 0, changedBytes: Int64 = 0,
        newCodeLines: Int = 0, codeLines: Int = 0, isComplete: Bool = true, changesInstallation: Bool = false,
        bringsUnreadableCode: Bool = false, graveCapabilities: [String] = []
    ) {
        self.step = step
        self.changedFiles = changedFiles
        self.removedFiles = removedFiles
        self.changedBytes = changedBytes
        self.newCodeLines = newCodeLines
        self.codeLines = codeLines
        self.isComplete = isComplete
        self.changesInstallation = changesInstallation
        self.bringsUnreadableCode = bringsUnreadableCode
        self.graveCapabilities = graveCapabilities
    }
}

/// What the comparison of an artifact with an older one says.
public struct IncrementReport: Sendable, Equatable {
    /// What the static analysis says of the new artifact as a whole.
    public let full: AnalysisReport
    /// What of it the base does not have: by rule, evidence and path, files that moved followed.
    public let increment: [DetailedFinding]
    /// What the rules about differences say.
    public let difference: [DetailedFinding]
    public let summary: IncrementSummary
    /// What of the difference asks for a full review.
    public let triggers: [EscalationTrigger]
    /// What people are shown of the difference, where somebody asked for it.
    public let shown: ShownDifference?

    public init(
        full: AnalysisReport, increment: [DetailedFinding], difference: [DetailedFinding], summary: IncrementSummary,
        thresholds: DiffThresholds, shown: ShownDifference? = nil
    ) {
        self.shown = shown
        self.full = full
        self.increment = increment
        self.difference = difference
        self.summary = summary
        triggers = EscalationTriggers.ofDifference(summary, thresholds)
    }

    /// For an artifact that has nothing to be compared with: all of it is new.
    ///
    /// - Parameter whole: the report of a static analysis; what the operator's own rules say is left to that.
    public init(withoutBase whole: AnalysisReport, thresholds: DiffThresholds) {
        let full = AnalysisReport(
            revision: StaticAnalyzer.revision,
            findings: whole.findings.filter { !UserRules.isUserRule($0.finding.rule) },
            capabilities: whole.capabilities, isOutOfTime: whole.isOutOfTime)
        self.init(
            full: full, increment: full.findings, difference: [], summary: IncrementSummary(), thresholds: thresholds)
    }

    /// Whether either analysis ended because its time was over; then this depends on the machine and is not signed.
    public var isOutOfTime: Bool { full.isOutOfTime }
}
