import Registry
import Screening

/// Rules about characters and encodings that people do not see as machines read them.
let hiddenTextRules: [Rule] = [
    Rule(
        "UNI-BIDI", "Text direction controls",
        rationale: """
            U+202A–202E and U+2066–2069 make an editor show code in another order than it runs in. No code needs \
            them raw; escapes do the same visibly. Lines in the middle of a literal cannot pass for code and are only held. \
            Strings of Arabic or Hebrew may hold embeddings honestly, which is \
            only mentioned. Manifests and metadata headers are suspicious, and prose that overrides the order of \
            letters without any of a script that needs it. Test data of parsers has them honestly, which is \
            only noted while nothing leads there.
            """,
        [
            RuleDetail(
                .bidiInCode, .malicious, tests: .suspicious,
                "code contains characters that reorder how it is displayed"),
            RuleDetail(
                .bidiInTests, .suspicious, tests: .info,
                "test code contains characters that reorder how it is displayed"),
            RuleDetail(
                .bidiInText, .suspicious, tests: .suspicious,
                "metadata contains characters that reorder how it is displayed"),
            RuleDetail(.bidiInProse, .suspicious, "a text overrides the order of its letters without need"),
            RuleDetail(
                .bidiWithinText, .suspicious, "lines of a literal in code reorder how they are displayed"),
            RuleDetail(.bidiInDocumentation, .info, "documentation in code reorders how its lines are displayed"),
            RuleDetail(.bidiListed, .info, "literals in code list characters that reorder text, one by one"),
            RuleDetail(.bidiWithLetters, .info, "strings in a right-to-left script contain direction controls"),
        ]),
    Rule(
        "UNI-TAG", "Invisible tag characters",
        rationale: """
            U+E0000–E007F are invisible and spell text that language models and decoders read. Their one honest use, \
            the flags of regions (a black flag, tag letters, a terminator), is recognised and left out.
            """,
        [
            RuleDetail(.tagCharacters, .malicious, tests: .suspicious, "the file contains invisible tag characters"),
            RuleDetail(
                .tagCharactersInTests, .suspicious, tests: .suspicious, "test data contains invisible tag characters"),
        ]),
    Rule(
        "UNI-VS", "Runs of variation selectors",
        rationale: """
            A variation selector chooses the form of the character before it, so one is ordinary and several in a row \
            have no meaning, nor has one after a Latin letter. There are 256 of them, and none shows: they spell any \
            bytes, which programs in the wild decode and run. Doubled selectors after emoji are slips of editors.
            """,
        [
            RuleDetail(
                .variationRun, .malicious, tests: .suspicious, "variation selectors in a row spell hidden bytes"),
            RuleDetail(
                .variationRunInTests, .suspicious, tests: .suspicious, "test data has variation selectors in a row"),
            RuleDetail(
                .variationStray, .malicious, tests: .suspicious,
                "variation selectors follow characters that have no variants"),
            RuleDetail(
                .variationStrayInTests, .info, "test data has variation selectors after characters without variants"),
            RuleDetail(.variationPair, .suspicious, "variation selectors stand where they have no meaning"),
        ]),
    Rule(
        "UNI-ZW", "Zero-width characters",
        rationale: """
            Characters without width split names that look whole and, in a row, spell hidden text as bits. Joiners in \
            emoji and in the scripts that need them, break opportunities in prose, soft hyphens and byte order marks \
            are honest and not counted. A row of sixteen of several kinds is a message; shorter ones are held.
            """,
        [
            RuleDetail(
                .zeroWidthMessage, .malicious, tests: .suspicious, "zero-width characters in a row spell hidden bits"),
            RuleDetail(
                .zeroWidthRunInTests, .suspicious, tests: .suspicious,
                "test data has long rows of zero-width characters"),
            RuleDetail(.zeroWidthRun, .suspicious, "zero-width characters stand in a row"),
            RuleDetail(
                .zeroWidthSpread, .suspicious, "zero-width characters of several kinds are spread over plain words"),
            RuleDetail(.zeroWidthInIdentifier, .suspicious, "a name in code contains zero-width characters"),
            RuleDetail(
                .zeroWidthInName, .malicious, tests: .suspicious,
                "zero-width characters split the name of a powerful function"),
            RuleDetail(
                .hiddenInFileName, .suspicious, tests: .suspicious, "a file's name contains characters that do not show"
            ),
        ]),
    Rule(
        "UNI-FILLER", "Letters that show nothing",
        rationale: """
            Hangul's fillers are letters to an interpreter and blank to everyone else: a variable, a member or a row of \
            them as bits is code that cannot be seen. Braille pictures, which use the empty pattern, and blank strings \
            are honest.
            """,
        [
            RuleDetail(
                .fillerInName, .malicious, tests: .suspicious, "a name in code consists of letters that show nothing"),
            RuleDetail(
                .fillerInTests, .suspicious, tests: .suspicious, "a name in test code has letters that show nothing"),
            RuleDetail(.fillerInCode, .malicious, tests: .suspicious, "code contains letters that show nothing"),
            RuleDetail(.fillerRun, .malicious, tests: .suspicious, "letters that show nothing spell hidden bits"),
            RuleDetail(
                .fillerRunInTests, .suspicious, tests: .suspicious, "test data has rows of letters that show nothing"),
            RuleDetail(.fillerAsMember, .suspicious, "a member is named by letters that show nothing"),
        ]),
    Rule(
        "UNI-MIXED", "Names with letters of two scripts",
        rationale: """
            A name in which Cyrillic, Greek, Armenian or Cherokee letters stand for the Latin ones they look like \
            reads as another name. Counted only when every foreign letter of the word is such a look-alike: names \
            such as `Δx`, `µs` or `getДанные` are honest.
            """,
        [
            RuleDetail(.mixedScripts, .suspicious, "a name mixes Latin letters with look-alikes of another script"),
            RuleDetail(.twinName, .suspicious, "two names of one file look the same and differ"),
            RuleDetail(
                .mixedFileName, .suspicious, tests: .suspicious, "a file's name mixes Latin letters with look-alikes"),
        ]),
    Rule(
        "UNI-NFKC", "Names that Python reads as others", ecosystems: [.pypi],
        rationale: """
            Python takes a name by its NFKC form, so `𝓮𝓿𝓪𝓵` is `eval`, and a search for the plain name misses it. No \
            keyboard types such a name of a builtin. Mathematical names of one or two letters are honest.
            """,
        [
            RuleDetail(
                .formOfPowerful, .malicious, tests: .suspicious,
                "letters of another style spell the name of a powerful function"),
            RuleDetail(
                .formOfPowerfulInTests, .suspicious, tests: .suspicious,
                "test code spells a powerful function in letters of another style"),
            RuleDetail(.formOfBuiltin, .suspicious, "letters of another style spell a builtin or keyword"),
            RuleDetail(.formOfOther, .suspicious, "letters of another style spell another name of the same file"),
        ]),
    Rule(
        "UNI-PUA", "Rows of private-use characters",
        rationale: """
            Private-use characters mean what a program makes of them. Icon tables name them one by one or in order; a \
            row of them in no order within code is data that does not show.
            """,
        [RuleDetail(.privateUseRun, .suspicious, "code contains a row of private-use characters")]),
    Rule(
        "UNI-CTRL", "Control characters that forge what is shown",
        rationale: """
            Escape sequences and backspaces overwrite what a terminal shows of a file; a lone return or a Unicode line \
            separator ends a comment for the interpreter while an editor shows one line. In strings, where programs \
            and minifiers put controls honestly, they are not counted.
            """,
        [
            RuleDetail(.controlInCode, .suspicious, "code contains control characters outside of its strings"),
            RuleDetail(.controlInMetadata, .suspicious, tests: .suspicious, "metadata contains control characters"),
            RuleDetail(
                .lineEndInComment, .suspicious, "a line end that editors do not show ends a comment before code"),
        ]),
    Rule(
        "ENC-COOKIE", "Source in an encoding that transforms it", ecosystems: [.pypi],
        rationale: """
            The first lines of a Python file may name the encoding that the rest is decoded with. Encodings such as \
            utf-7, unicode_escape or rot13 make other code of the bytes than anyone sees. Encodings of letters are \
            honest; one that Python does not know needs a codec that something registers before.
            """,
        [
            RuleDetail(
                .cookieTransforms, .malicious, tests: .info, "source is read through an encoding that changes the code"),
            RuleDetail(.cookieUnknown, .suspicious, "source names an encoding that Python does not have"),
            RuleDetail(.cookieOfLetters, .info, "source is in an old encoding of letters"),
        ]),
    Rule(
        "ENC-UTF16", "Source in UTF-16 or UTF-32",
        rationale: """
            Neither Node.js nor Python reads source in these encodings as it stands, and tools that search text pass \
            over it.
            """,
        [RuleDetail(.wideSource, .suspicious, "source is in UTF-16 or UTF-32")]),
]

extension Observation {
    static let bidiInCode = Observation("bidi-in-code")
    static let bidiInTests = Observation("bidi-in-tests")
    static let bidiInText = Observation("bidi-in-text")
    static let bidiInProse = Observation("bidi-in-prose")
    static let bidiWithinText = Observation("bidi-within-text")
    static let bidiInDocumentation = Observation("bidi-in-documentation")
    static let bidiListed = Observation("bidi-listed")
    static let bidiWithLetters = Observation("bidi-with-letters")
    static let tagCharacters = Observation("tag-characters")
    static let tagCharactersInTests = Observation("tag-characters-in-tests")
    static let variationRun = Observation("variation-run")
    static let variationRunInTests = Observation("variation-run-in-tests")
    static let variationStray = Observation("variation-stray")
    static let variationStrayInTests = Observation("variation-stray-in-tests")
    static let variationPair = Observation("variation-pair")
    static let zeroWidthMessage = Observation("zero-width-message")
    static let zeroWidthRunInTests = Observation("zero-width-run-in-tests")
    static let zeroWidthRun = Observation("zero-width-run")
    static let zeroWidthSpread = Observation("zero-width-spread")
    static let zeroWidthInIdentifier = Observation("zero-width-in-identifier")
    static let zeroWidthInName = Observation("zero-width-in-powerful-name")
    static let hiddenInFileName = Observation("hidden-in-file-name")
    static let fillerInName = Observation("filler-in-name")
    static let fillerInTests = Observation("filler-in-tests")
    static let fillerInCode = Observation("filler-in-code")
    static let fillerRun = Observation("filler-run")
    static let fillerRunInTests = Observation("filler-run-in-tests")
    static let fillerAsMember = Observation("filler-as-member")
    static let mixedScripts = Observation("mixed-scripts")
    static let twinName = Observation("twin-name")
    static let mixedFileName = Observation("mixed-file-name")
    static let formOfPowerful = Observation("form-of-powerful-name")
    static let formOfPowerfulInTests = Observation("form-of-powerful-name-in-tests")
    static let formOfBuiltin = Observation("form-of-builtin")
    static let formOfOther = Observation("form-of-other-name")
    static let privateUseRun = Observation("private-use-run")
    static let controlInCode = Observation("control-in-code")
    static let controlInMetadata = Observation("control-in-metadata")
    static let lineEndInComment = Observation("line-end-in-comment")
    static let cookieTransforms = Observation("cookie-transforms")
    static let cookieUnknown = Observation("cookie-unknown")
    static let cookieOfLetters = Observation("cookie-of-letters")
    static let wideSource = Observation("wide-source")
}
