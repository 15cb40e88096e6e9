public import Screening

/// Everything the log says about one artifact.
public struct SubjectKnowledge: Sendable, Equatable {
    /// Every verdict by a key that is good for it, in log order; older ones of the same analyzer included.
    public let verdicts: [StandingVerdict]
    /// Every disposition by a key that is good for it, in log order; expired and superseded ones included.
    public let dispositions: [StandingDisposition]
    /// Grows whenever the answer may have changed. 0 while the log says nothing.
    public let revision: UInt64

    /// What is known of an artifact that the log does not mention.
    public static let nothing = SubjectKnowledge(verdicts: [], dispositions: [], revision: 0)

    public init(verdicts: [StandingVerdict], dispositions: [StandingDisposition], revision: UInt64) {
        self.verdicts = verdicts
        self.dispositions = dispositions
        self.revision = revision
    }
}
