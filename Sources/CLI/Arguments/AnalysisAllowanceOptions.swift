import Configuration
import Worker

/// `--memory` and `--time`: what the analysis of one artifact may use.
enum AnalysisAllowanceOptions {
    static let memory = CommandOption.value(
        "memory", "SIZE", "memory of one analysis, such as 512MiB or 4GiB (default 3GiB)")
    static let time = CommandOption.value("time", "SECONDS", "time of one analysis (default 300)")

    /// - Parameter standard: what holds where the command line is silent.
    static func read(
        _ invocation: Invocation, over standard: AnalysisAllowance = AnalysisAllowance()
    ) throws(CommandFailure) -> AnalysisAllowance {
        let seconds = try invocation.number("time", in: AnalysisAllowance.secondsRange, default: standard.seconds)
        guard let text = invocation.value("memory") else {
            return AnalysisAllowance(memoryBytes: standard.memoryBytes, seconds: seconds)
        }
        // The configuration's units, and without the ending that some write and others do not.
        guard let size = Quantity.sizeBytes(text) ?? Quantity.sizeBytes(text + "iB"),
            AnalysisAllowance.memoryRange.contains(size)
        else {
            throw CommandFailure(
                .usage, "--memory is \(text); expected a size from 256MiB to 1TiB, such as 512MiB or 4GiB")
        }
        return AnalysisAllowance(memoryBytes: size, seconds: seconds)
    }
}

extension ChildLimits {
    /// Time that a child has on top for starting and answering; the analysis itself keeps to the allowance.
    private static let extraSeconds = 30

    init(_ allowance: AnalysisAllowance) {
        self.init(memoryBytes: allowance.memoryBytes, deadline: .seconds(allowance.seconds + Self.extraSeconds))
    }
}
