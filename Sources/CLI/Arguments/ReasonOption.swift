/// The option `--reason` of everything that is signed: a sentence for whoever reads the log later.
enum ReasonOption {
    static let option = CommandOption.value("reason", "TEXT", "why, for the log (required)")

    /// What a statement has room for.
    private static let maxBytes = 1024

    /// - Throws: `CommandFailure` with `usage` when it is missing or too long.
    static func read(_ invocation: Invocation) throws(CommandFailure) -> String {
        let reason = try invocation.required("reason")
        guard reason.utf8.count <= maxBytes else {
            throw CommandFailure(
                .usage, "--reason has \(reason.utf8.count) bytes; at most \(maxBytes) are kept, so say it shorter")
        }
        return reason
    }
}
