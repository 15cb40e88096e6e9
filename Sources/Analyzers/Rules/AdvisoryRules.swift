import Registry
import Screening

/// Rules of the advisory analyzer.
let advisoryRules: [Rule] = [
    Rule(
        "ADV-MAL", analyzer: .advisory, "Known malicious package",
        rationale: """
            The version is named in an OSV record of malicious packages (MAL-…) that was not withdrawn. Such records \
            are made by people after the fact and are nearly never wrong.
            """,
        [RuleDetail(.advisoryMalware, .malicious, "a public record says that this version is malicious")]),
    Rule(
        "ADV-VULN", analyzer: .advisory, "Known vulnerability",
        rationale: """
            The version is in the range of a public advisory. A vulnerability is no attack, so the verdict stays \
            clean; whether its score refuses the version is the policy's decision (maxCvssScore).
            """,
        [RuleDetail(.advisoryVulnerability, .info, "a public advisory applies to this version")]),
    Rule(
        "ADV-NODATA", analyzer: .advisory, "Judged without advisories",
        rationale: """
            No snapshot of advisories had ever been loaded when the version was judged. The statement says so, so \
            that it is not mistaken for a clean one, and it is replaced once a snapshot is there.
            """,
        [RuleDetail(.advisoryNoData, .info, "no advisory data had been loaded when this was judged")]),
    Rule(
        "ADV-PARTIAL", analyzer: .advisory, "Advisories of other ecosystems only",
        rationale: """
            A snapshot was loaded, but it has no source for this ecosystem, so nothing could match. The statement says \
            so; it stays until a source for the ecosystem is configured and loaded.
            """,
        [RuleDetail(.advisoryOtherEcosystem, .info, "the advisory data has no source for this ecosystem")]),
]

extension Observation {
    // ADV-MAL, ADV-VULN, ADV-NODATA, ADV-PARTIAL
    static let advisoryMalware = Observation("advisory-malware")
    static let advisoryVulnerability = Observation("advisory-vulnerability")
    static let advisoryNoData = Observation("advisory-no-data")
    static let advisoryOtherEcosystem = Observation("advisory-other-ecosystem")
}
