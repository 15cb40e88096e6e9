/// How one Python project is shown to clients of one registry: which files are refused and where our addresses begin.
public struct ProjectPagePlan: Sendable, Equatable {
    /// Why one file is refused.
    public struct Refusal: Sendable, Equatable {
        /// The sentence installers print as the reason for yanking.
        public let reason: String
        /// Whether the file's metadata must not be shown either.
        public let isMalicious: Bool

        public init(reason: String, isMalicious: Bool) {
            self.reason = reason
            self.isMalicious = isMalicious
        }
    }

    /// Where files live, without a slash at its end (`<public>/~<registry>/files/<project>`); a file is
    /// `<fileBase>/<sha256>/<filename>`.
    public let fileBase: String
    /// Refused files by name. Others are ignored.
    public let refused: [String: Refusal]
    /// Set for a wholly malicious project: the page then has the status `quarantined` with this reason.
    public let quarantineReason: String?

    public init(fileBase: String, refused: [String: Refusal], quarantineReason: String? = nil) {
        self.fileBase = fileBase
        self.refused = refused
        self.quarantineReason = quarantineReason
    }
}
