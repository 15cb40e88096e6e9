/// How one packument is shown to clients of one registry: what is refused and where our addresses begin.
public struct PackumentPlan: Sendable, Equatable {
    /// Which of npm's two representations is wanted.
    public enum Form: Sendable, Equatable {
        case full
        /// `application/vnd.npm.install-v1+json`, with `time` added.
        case abbreviated
    }

    public let form: Form
    /// Refused versions, by the text under `versions`, with the sentence that says why. Others are ignored.
    public let refused: [String: String]
    /// The registry's root without a slash at its end; tarballs are `<tarballBase>/<package>/-/<file>`.
    public let tarballBase: String
    /// What npm prints when only refused versions would do; nil composes it from the sentences of up to three of them.
    public let restrictionMessage: String?

    public init(form: Form, refused: [String: String], tarballBase: String, restrictionMessage: String? = nil) {
        self.form = form
        self.refused = refused
        self.tarballBase = tarballBase
        self.restrictionMessage = restrictionMessage
    }
}
