import Registry
import Screening

/// Rules about the shape of a file's text.
let statisticsRules: [Rule] = [
    Rule(
        "OBF-ESC", "Letters written as escapes",
        rationale: """
            Escapes are for what a keyboard has not. Plain letters written as `\\x63` or `\\u0063` by the dozen hide \
            words from searches and readers. Escaped bytes of tables, test vectors and serialised data are honest: only \
            letters that need no escape are counted.
            """,
        [
            RuleDetail(.escapedLiteral, .suspicious, "a literal writes plain letters as escapes"),
            RuleDetail(.escapedFile, .suspicious, "literals all over a file write plain letters as escapes"),
        ]),
    Rule(
        "OBF-ENTROPY", "Dense data in code",
        rationale: """
            A literal of a kilobyte or more without words is encoded or packed data. Many honest packages embed tables, \
            so it is only noted, but at installation such data has little honest use. Source that is no text at all is \
            encrypted or something else than it says.
            """,
        [
            RuleDetail(.denseLiteral, .info, "a long literal is encoded or packed data"),
            RuleDetail(.denseSource, .suspicious, "a source file's content is as dense as encrypted data"),
        ]),
    Rule(
        "OBF-LONGLINE", "Very long lines",
        rationale: """
            A line of five thousand characters outside of minified files cannot be reviewed in an editor. Generated \
            tables have such lines honestly, so it is only noted.
            """,
        [RuleDetail(.longLine, .info, "a line of code is longer than 5,000 characters")]),
    Rule(
        "OBF-POLYGLOT", "A program that is named as data",
        rationale: """
            A file that calls itself a picture, a font or a text and is a program was named so that nobody looks into \
            it. Held where code refers to it; data that nothing reaches is only noted.
            """,
        [
            RuleDetail(.programAsData, .suspicious, "a compiled program is named like data"),
            RuleDetail(.scriptAsMedia, .suspicious, "a script is named like a picture, sound or font"),
            RuleDetail(.scriptAfterMedia, .suspicious, "a script follows the end of a picture"),
        ]),
    Rule(
        "HIDE-WS", "Code far behind blanks",
        rationale: """
            A statement two hundred blanks to the right of another is outside of every window, and has no other reason \
            to be there. Comments, strings, indentation and aligned tables are left out; tools that blank out types \
            leave gaps within statements, so those and long stretches of empty lines are only held.
            """,
        [
            RuleDetail(
                .blanksBeforeStatement, .malicious, tests: .suspicious,
                "a statement stands behind another and 200 or more blanks"),
            RuleDetail(.blanksWithinStatement, .suspicious, "code goes on after 200 or more blanks"),
            RuleDetail(.blankLines, .suspicious, "code follows 500 or more empty lines"),
        ]),
]

extension Observation {
    static let escapedLiteral = Observation("escaped-literal")
    static let escapedFile = Observation("escaped-file")
    static let denseLiteral = Observation("dense-literal")
    static let denseSource = Observation("dense-source")
    static let longLine = Observation("long-line")
    static let programAsData = Observation("program-as-data")
    static let scriptAsMedia = Observation("script-as-media")
    static let scriptAfterMedia = Observation("script-after-media")
    static let blanksBeforeStatement = Observation("blanks-before-statement")
    static let blanksWithinStatement = Observation("blanks-within-statement")
    static let blankLines = Observation("blank-lines")
}
