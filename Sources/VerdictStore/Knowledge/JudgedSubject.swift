public import Cryptography
public import Screening

/// An artifact with the newest verdict of one analyzer that counts.
public struct JudgedSubject: Sendable, Equatable {
    public let sha512: SHA512Digest
    /// Where in the log that verdict is.
    public let logIndex: UInt64
    public let verdict: Verdict
    /// The rules that it was made by.
    public let ruleset: SHA256Digest

    public init(sha512: SHA512Digest, logIndex: UInt64, verdict: Verdict, ruleset: SHA256Digest) {
        self.sha512 = sha512
        self.logIndex = logIndex
        self.verdict = verdict
        self.ruleset = ruleset
    }
}
