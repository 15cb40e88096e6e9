public import VerdictStore

/// Why an artifact could not be analysed: what a job's lease is given back with. It costs one attempt and nothing else.
public struct AnalysisFailure: Error, Equatable, Sendable, CustomStringConvertible {
    public let cause: JobFailure.Cause
    /// For the operator; never text from a package.
    public let detail: String

    public var description: String { "\(cause.rawValue): \(detail)" }
}
