import Registry
import Screening

/// The rule about what was not read.
let unanalyzedRules: [Rule] = [
    Rule(
        "UNANALYZED", "Not analysed",
        rationale: """
            What could not be read is said, never passed over. It holds the artifact when an installer or an entry \
            point could reach it; data that nothing reaches by itself is only noted.
            """,
        [
            RuleDetail(.formatUnknown, .suspicious, "the artifact is of no known archive format"),
            RuleDetail(.archiveUnreadable, .suspicious, "the archive is damaged or cannot be read to its end"),
            RuleDetail(.memberUnreadable, .suspicious, "a file in the archive cannot be unpacked"),
            RuleDetail(.memberEncrypted, .suspicious, "a file in the archive is encrypted"),
            RuleDetail(.manifestUnreadable, .suspicious, "the package's manifest cannot be parsed"),
            RuleDetail(.buildFileUnreadable, .info, "pyproject.toml cannot be parsed"),
            RuleDetail(.manifestMissing, .suspicious, "the package has no manifest"),
            RuleDetail(.codeTooLarge, .suspicious, "a code file is too large to be analysed"),
            RuleDetail(
                .codeCut, .suspicious, tests: .info, call: .info,
                "the code has more to be followed than the analysis takes on"),
            RuleDetail(
                .opaqueProgram, .info, install: .suspicious, "native code, WebAssembly or bytecode is not analysed"),
            RuleDetail(.codeNotText, .suspicious, "a file named like code is not text"),
            RuleDetail(.bytecodeAlone, .suspicious, "a module of Python is there as bytecode alone"),
            RuleDetail(.bytecodeUnchecked, .suspicious, "bytecode is loaded without a look at the source beside it"),
            RuleDetail(.nestedTooDeep, .info, "archives are nested too deeply to be analysed"),
            RuleDetail(.nestedTooLarge, .info, "an archive inside the archive is too large to be analysed"),
            RuleDetail(.nestedUnreadable, .info, "an archive inside the archive cannot be read"),
        ])
]

extension Observation {
    // UNANALYZED
    static let formatUnknown = Observation("format-unknown")
    static let archiveUnreadable = Observation("archive-unreadable")
    static let memberUnreadable = Observation("member-unreadable")
    static let memberEncrypted = Observation("member-encrypted")
    static let manifestUnreadable = Observation("manifest-unreadable")
    static let manifestMissing = Observation("manifest-missing")
    static let codeTooLarge = Observation("code-too-large")
    static let codeCut = Observation("code-cut")
    static let buildFileUnreadable = Observation("build-file-unreadable")
    static let opaqueProgram = Observation("opaque-program")
    static let codeNotText = Observation("code-not-text")
    static let bytecodeAlone = Observation("bytecode-alone")
    static let bytecodeUnchecked = Observation("bytecode-unchecked")
    static let nestedTooDeep = Observation("nested-too-deep")
    static let nestedTooLarge = Observation("nested-too-large")
    static let nestedUnreadable = Observation("nested-unreadable")
}
