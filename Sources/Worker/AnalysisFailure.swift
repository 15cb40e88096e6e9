import VerdictStore

/// Why a job could not be done: what its lease is given back with. It costs one attempt and nothing else.
struct AnalysisFailure: Error, Equatable, Sendable, CustomStringConvertible {
    let cause: JobFailure.Cause
    /// For the operator; never text from a package.
    let detail: String

    var description: String { "\(cause.rawValue): \(detail)" }
}
