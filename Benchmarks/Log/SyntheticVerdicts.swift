import Cryptography
import Platform
import Registry
import Screening

/// Verdicts as analysis makes them: a third with findings, every seventh a diff, of about a kilobyte each.
struct SyntheticVerdicts: Sendable {
    let key: Ed25519SigningKey

    func envelope(_ number: Int) throws -> Envelope { try Envelope.signing(.verdict(statement(number)), with: key) }

    private func statement(_ number: Int) throws -> VerdictStatement {
        let text = Array("artifact \(number)".utf8)
        let subject = Subject(
            purl: try PackageURL(
                parsing: "pkg:npm/%40scope\(number % 97)/package-\(number % 5000)@1.\(number / 5000).0"),
            sha512: SHA512Digest(hashing: text), sha256: SHA256Digest(hashing: text))
        let ruleset = RulesetReference(name: "static-rules", digest: SHA256Digest(hashing: [1]))
        let findings: [Finding] =
            number % 3 == 0
            ? [
                Finding(
                    rule: "INST-SCRIPT-NET", severity: .suspicious, path: "package/package.json", line: 14, count: 1),
                Finding(
                    rule: "CAP-ENV-SECRET", severity: .suspicious, path: "package/lib/index.js", line: 203, count: 3),
            ] : []
        return VerdictStatement(
            subject: subject,
            analyzer: AnalyzerRevision(id: number % 7 == 0 ? .diff : .static_, version: "1.4.0", ruleset: ruleset),
            contentDirectoryHash: SHA256Digest(hashing: text + [0]), verdict: findings.isEmpty ? .clean : .suspicious,
            findings: findings, createdAt: Timestamp(secondsSinceEpoch: 1_767_225_600 + Int64(number)))
    }
}
