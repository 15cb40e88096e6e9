import Registry
import Screening

/// Rules about text that people do not see as machines read it.
let textRules: [Rule] = [
    Rule(
        "UNI-BIDI", "Text direction controls",
        rationale: """
            U+202A–202E and U+2066–2069 make an editor show code in another order than it runs in. No code needs \
            them raw; escapes do the same visibly. Manifests and metadata headers are suspicious. Prose, where such \
            characters are part of writing Arabic or Hebrew, is not looked at. Test data of parsers has them \
            honestly, hence only suspicious there.
            """,
        [
            RuleDetail(.bidiInCode, .malicious, "code contains characters that reorder how it is displayed"),
            RuleDetail(.bidiInTests, .suspicious, "test code contains characters that reorder how it is displayed"),
            RuleDetail(.bidiInText, .suspicious, "metadata contains characters that reorder how it is displayed"),
        ]),
    Rule(
        "UNI-TAG", "Invisible tag characters",
        rationale: """
            U+E0000–E007F are invisible and spell text that language models and decoders read. Their one honest use, \
            the flags of regions (a black flag, tag letters, a terminator), is recognised and left out.
            """,
        [
            RuleDetail(.tagCharacters, .malicious, "the file contains invisible tag characters"),
            RuleDetail(.tagCharactersInTests, .suspicious, "test data contains invisible tag characters"),
        ]),
]

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
    // UNI-BIDI, UNI-TAG
    static let bidiInCode = Observation("bidi-in-code")
    static let bidiInTests = Observation("bidi-in-tests")
    static let bidiInText = Observation("bidi-in-text")
    static let tagCharacters = Observation("tag-characters")
    static let tagCharactersInTests = Observation("tag-characters-in-tests")

    // ADV-MAL, ADV-VULN, ADV-NODATA, ADV-PARTIAL
    static let advisoryMalware = Observation("advisory-malware")
    static let advisoryVulnerability = Observation("advisory-vulnerability")
    static let advisoryNoData = Observation("advisory-no-data")
    static let advisoryOtherEcosystem = Observation("advisory-other-ecosystem")
}
