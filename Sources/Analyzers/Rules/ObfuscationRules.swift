import Registry
import Screening

/// Rules about code that hides what it is, and files that hide that they run.
let obfuscationRules: [Rule] = [
    Rule(
        "OBF-DECODE", "Holds encoded code",
        rationale: """
            Pictures, fonts, tables and WebAssembly are often embedded as encoded text, and that is only noted. A \
            text that decodes to code is there so that it is not read as code. When it is a short program or a command \
            and the same file has the means to run it, it is malicious where the file runs by itself, by whatever way \
            the text comes there.
            """,
        [
            RuleDetail(
                .hiddenProgram, .malicious, call: .suspicious, install: .malicious,
                "an encoded text in the code is a program or command, and the code has the means to run it"),
            RuleDetail(.decodedCodeText, .suspicious, "an encoded text in the code is code when it is decoded"),
            RuleDetail(
                .hiddenProgramElsewhere, .suspicious, install: .malicious,
                "an encoded text in one file is a program, and another file has the means to run it"),
            RuleDetail(.decodedData, .info, "the code decodes a long text of its own"),
        ]),
    Rule(
        "OBF-ALIAS", "Hides the name of what it calls",
        rationale: """
            A name such as eval, exec or child_process that is put together from pieces, or written with escapes, is \
            written so that nobody finds it by searching. Plain strings in brackets and aliases of short names are \
            ordinary and not counted.
            """,
        [
            RuleDetail(
                .computedName, .suspicious, install: .malicious,
                "the code puts together the name of something that runs code or programs"),
            RuleDetail(
                .decodedModule, .suspicious, call: .info, install: .malicious,
                "the code decodes the name of a module that it loads"),
            RuleDetail(
                .disguisedName, .malicious,
                "the code writes the name of something that runs code with escapes or "
                    + "look-alike letters"),
        ]),
    Rule(
        "OBF-0X", "Names of an obfuscator", ecosystems: [.npm],
        rationale: """
            Ten or more names such as _0x3fa1 are the work of an obfuscator, which honest packages do not run over \
            what they publish. What the code does can hardly be told, so it is held, and malicious at installation.
            """,
        [
            RuleDetail(
                .hexNames, .suspicious, install: .malicious, "the code was made unreadable by an obfuscator")
        ]),
    Rule(
        "OBF-PACKER", "Packed script", ecosystems: [.npm],
        rationale: """
            A packer's loader (`p,a,c,k,e,d`) unpacks a script and runs it. It was used for size long ago, so old \
            libraries have it. Texts that are put in order with a seed are newer, and have no other use than hiding.
            """,
        [
            RuleDetail(.packedScript, .suspicious, install: .malicious, "the script is packed and unpacks itself"),
            RuleDetail(
                .shuffledNames, .suspicious, install: .malicious,
                "the script takes the names that it uses out of a shuffled text"),
        ]),
    Rule(
        "OBF-JSFUCK", "Program of symbols", ecosystems: [.npm],
        rationale: "Hundreds of brackets, `!` and `+` in a row are a program that nobody is meant to read.",
        [RuleDetail(.symbolProgram, .suspicious, install: .malicious, "the code is a program of symbols only")]),
    Rule(
        "OBF-CHARCODE", "Text made of numbers",
        rationale: """
            A readable text that is put together from twenty or more numbers of characters is written so that it \
            cannot be searched for. Tables of characters that are no text are not counted.
            """,
        [
            RuleDetail(
                .charcodeText, .suspicious, install: .malicious, "the code puts readable text together from numbers")
        ]),
    Rule(
        "OBF-ARMOR", "Encrypted module", ecosystems: [.pypi],
        rationale: """
            Tools such as pyarmor encrypt modules, which then cannot be reviewed. They are sold for protecting \
            programs; in a public registry they are rare and mostly hide something.
            """,
        [RuleDetail(.armoredCode, .suspicious, "the module is encrypted by a tool for that")]),
    Rule(
        "HIDE-NAME", "Runs files whose names do not say so",
        rationale: """
            People look for code where names promise it. A data file that is run, a dot-file that is loaded and \
            `logo.png.js` are passed over by them. Code among tests or documentation that the package loads is judged \
            like all other code; at installation that is odd enough to be held.
            """,
        [
            RuleDetail(
                .dataFileRuns, .suspicious, install: .malicious, "a file whose name promises no code is run as code"),
            RuleDetail(.hiddenFileRuns, .suspicious, "a hidden file holds code that the package runs"),
            RuleDetail(.doubleEnding, .suspicious, "a file with code has the ending of a harmless file before its own"),
            RuleDetail(
                .quietCodeRuns, .info, install: .suspicious, "the package runs code that lies among tests or documents"),
            RuleDetail(
                .testHookIsGrave, .suspicious, tests: .suspicious,
                "code that every run of the tests loads by itself does what is malicious elsewhere"),
        ]),
]

extension Observation {
    static let decodedCodeText = Observation("decoded-code-text")
    static let hiddenProgram = Observation("hidden-program")
    static let hiddenProgramElsewhere = Observation("hidden-program-in-parts")
    static let decodedData = Observation("decoded-data")
    static let computedName = Observation("computed-name")
    static let decodedModule = Observation("decoded-module-name")
    static let disguisedName = Observation("disguised-name")
    static let hexNames = Observation("obfuscator-names")
    static let packedScript = Observation("packed-script")
    static let shuffledNames = Observation("shuffled-names")
    static let symbolProgram = Observation("symbol-program")
    static let charcodeText = Observation("text-of-numbers")
    static let armoredCode = Observation("armored-code")
    static let dataFileRuns = Observation("data-file-runs")
    static let hiddenFileRuns = Observation("hidden-file-runs")
    static let doubleEnding = Observation("double-ending")
    static let testHookIsGrave = Observation("test-hook-is-grave")
    static let quietCodeRuns = Observation("test-code-runs")
}
