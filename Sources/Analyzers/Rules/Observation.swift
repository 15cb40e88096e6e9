/// One thing that a rule can notice; the raw value is its stable code in statements and in the child's answer.
///
/// Severity and sentence of each stand in the one table of rules (`RuleCatalog`).
enum Observation: String, CaseIterable, Sendable {
    // INST-SCRIPT, INST-SCRIPT-NET
    case installScript = "install-script"
    case scriptPipesToInterpreter = "script-pipes-download-to-interpreter"
    case scriptRunsDownload = "script-runs-download"
    case scriptReverseShell = "script-opens-shell"
    case scriptInlineNetwork = "script-inline-network-program"
    case scriptDecodesAndRuns = "script-decodes-and-runs"
    case scriptSendsData = "script-sends-local-data"
    case scriptNetworkClient = "script-network-client"
    case scriptMentionsURL = "script-url"
    case scriptInlineProgram = "script-inline-program"
    case scriptSubstitution = "script-substitution"
    case scriptDecoder = "script-decoder"
    case scriptPowerShell = "script-powershell"

    // INST-GYP
    case gypQuery = "gyp-query"
    case gypCommand = "gyp-command"
    case gypCommandWithoutSources = "gyp-command-without-sources"
    case gypCommandHostile = "gyp-command-hostile"
    case gypWithoutSources = "gyp-without-sources"

    // INST-PTH
    case pathFileInWheel = "pth-runs-code-in-wheel"
    case pathFileInSource = "pth-runs-code-in-sdist"
    case pathFileInTests = "pth-runs-code-in-tests"
    case pathFileKnown = "pth-known"

    // META-MISMATCH
    case nameMismatch = "name-mismatch"
    case nameSpelling = "name-spelling"
    case versionMismatch = "version-mismatch"
    case fileNameMismatch = "filename-mismatch"
    case folderMismatch = "dist-info-mismatch"

    // ARC-TRAVERSE
    case pathAbsolute = "path-absolute"
    case pathEscapes = "path-escapes"
    case pathParent = "path-parent"
    case linkEscapes = "link-escapes"
    case pathThroughLink = "path-through-link"
    case specialFile = "special-file"
    case privilegedFile = "setuid-file"

    // ARC-DUP
    case duplicateManifest = "duplicate-manifest"
    case duplicateFile = "duplicate-file"
    case duplicateIdentical = "duplicate-identical"
    case collidingManifest = "colliding-manifest"
    case collidingNames = "colliding-names"
    case twoRoots = "two-roots"

    // ARC-BOMB
    case tooManyEntries = "too-many-entries"
    case tooManyBytes = "too-many-bytes"
    case ratioTooHigh = "ratio-too-high"
    case pathTooLong = "path-too-long"
    case pathTooDeep = "path-too-deep"
    case tookTooLong = "took-too-long"

    // ARC-PARSER
    case gzipMembers = "gzip-members"
    case trailingBytes = "trailing-bytes"
    case twoFormats = "two-formats"
    case tarAfterEnd = "tar-after-end"
    case tarPadding = "tar-padding"
    case tarOverride = "tar-override"
    case tarOddMember = "tar-odd-member"
    case readersDisagree = "readers-disagree"
    case zipHeaders = "zip-headers-disagree"
    case zipLayout = "zip-layout"
    case zipComment = "zip-comment"

    // ARC-NAME
    case nameControl = "name-control"
    case nameBidi = "name-bidi"
    case nameTrailing = "name-trailing"
    case nameReserved = "name-reserved"
    case nameEncoding = "name-encoding"

    // ARC-RECORD
    case recordMissing = "record-missing"
    case recordHash = "record-hash"
    case recordUnlisted = "record-unlisted"
    case recordUnhashed = "record-unhashed"
    case recordUnreadable = "record-unreadable"
    case recordAbsent = "record-absent-file"

    // ARC-NESTED
    case nestedArchive = "nested-archive"

    // UNANALYZED
    case formatUnknown = "format-unknown"
    case archiveUnreadable = "archive-unreadable"
    case memberUnreadable = "member-unreadable"
    case memberEncrypted = "member-encrypted"
    case manifestUnreadable = "manifest-unreadable"
    case manifestMissing = "manifest-missing"
    case codeTooLarge = "code-too-large"
    case nestedTooDeep = "nested-too-deep"
    case nestedTooLarge = "nested-too-large"
    case nestedUnreadable = "nested-unreadable"

    // UNI-BIDI, UNI-TAG
    case bidiInCode = "bidi-in-code"
    case bidiInTests = "bidi-in-tests"
    case bidiInText = "bidi-in-text"
    case tagCharacters = "tag-characters"
    case tagCharactersInTests = "tag-characters-in-tests"

    // ADV-MAL, ADV-VULN, ADV-NODATA, ADV-PARTIAL
    case advisoryMalware = "advisory-malware"
    case advisoryVulnerability = "advisory-vulnerability"
    case advisoryNoData = "advisory-no-data"
    case advisoryOtherEcosystem = "advisory-other-ecosystem"
}
