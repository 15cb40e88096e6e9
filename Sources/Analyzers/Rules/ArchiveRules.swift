import Registry
import Screening

/// Rules about the archive itself: what unpacks elsewhere, twice, differently, or without end.
let archiveRules: [Rule] = [
    Rule(
        "ARC-TRAVERSE", "Unpacks outside its folder",
        rationale: """
            A member with an absolute path, a path that climbs out, or a link that ends outside makes an unpacker \
            write where it must not. Links are judged by where they end, following other links of the archive: a \
            link to `../doc` inside the package is ordinary. Devices and setuid files have no place in a package.
            """,
        [
            RuleDetail(.pathAbsolute, .malicious, "a member has an absolute path"),
            RuleDetail(.pathEscapes, .malicious, "a member's path leads out of the package"),
            RuleDetail(.linkEscapes, .malicious, "a link leads out of the package"),
            RuleDetail(.specialFile, .malicious, "a member is a device or another special file"),
            RuleDetail(.privilegedFile, .malicious, "a member is setuid or setgid"),
            RuleDetail(.pathParent, .suspicious, "a member's path contains `..`"),
            RuleDetail(.pathThroughLink, .suspicious, "a member is written through a link of the same archive"),
        ]),
    Rule(
        "ARC-DUP", "The same name twice",
        rationale: """
            Which of two members with one name wins differs between unpackers and file systems (letter case, Unicode \
            normalisation, characters that are not shown), so what was reviewed may not be what is installed. Two manifests are malicious; two \
            copies with the same bytes are only noted.
            """,
        [
            RuleDetail(.duplicateManifest, .malicious, "the package's manifest is there twice with different content"),
            RuleDetail(.collidingManifest, .malicious, "another name differs from the manifest's only in case or form"),
            RuleDetail(.duplicateFile, .suspicious, "a file is there twice with different content"),
            RuleDetail(.collidingNames, .suspicious, "two names differ only in letter case or Unicode form"),
            RuleDetail(.fileIsFolder, .suspicious, "a name is that of a file and of a folder"),
            RuleDetail(.twoRoots, .suspicious, "the archive has more than one top folder"),
            RuleDetail(.duplicateIdentical, .info, "a file is there twice with the same content"),
        ]),
    Rule(
        "ARC-BOMB", "Exceeds the limits of analysis",
        rationale: """
            An archive beyond the limits could not be analysed to its end. That is a reason to hold, never a pass; \
            the limits are far above what large honest packages need.
            """,
        [
            RuleDetail(.tooManyEntries, .suspicious, "the archive has more members than are analysed"),
            RuleDetail(.tooManyBytes, .suspicious, "the archive unpacks to more than is analysed"),
            RuleDetail(.ratioTooHigh, .suspicious, "the archive unpacks to far more than its size"),
            RuleDetail(.nestedBomb, .suspicious, "an archive inside the archive unpacks to far more than its size"),
            RuleDetail(.pathTooLong, .suspicious, "a member's path is too long"),
            RuleDetail(.pathTooDeep, .suspicious, "a member lies too many folders deep"),
            RuleDetail(.tookTooLong, .suspicious, "the analysis did not end within its time"),
        ]),
    Rule(
        "ARC-PARSER", "Readable in two ways",
        rationale: """
            Bytes after the end, headers that contradict each other, overrides and several members let two unpackers \
            see two packages: one is reviewed and the other installed. Packaging tools write none of these. So do two \
            members of one name in package.json: which of them counts differs between programs.
            """,
        [
            RuleDetail(.gzipMembers, .suspicious, "the file consists of several gzip members"),
            RuleDetail(.gzipHeader, .suspicious, "the gzip header carries an extra field or a comment"),
            RuleDetail(.trailingBytes, .suspicious, "bytes follow the end of the compressed data"),
            RuleDetail(.twoFormats, .suspicious, "the file can be read as a zip and as a tar archive"),
            RuleDetail(.tarAfterEnd, .suspicious, "data follows the end mark of the tar archive"),
            RuleDetail(.tarPadding, .suspicious, "padding between tar members is not empty"),
            RuleDetail(.tarOverride, .suspicious, "extended tar headers contradict the plain ones"),
            RuleDetail(.tarOddMember, .suspicious, "the tar archive has members that readers treat differently"),
            RuleDetail(.readersDisagree, .suspicious, "two readers see different members in the archive"),
            RuleDetail(.zipHeaders, .suspicious, "the zip's directory and its members disagree"),
            RuleDetail(.zipLayout, .suspicious, "members of the zip overlap, or there are bytes outside of them"),
            RuleDetail(.zipComment, .suspicious, "the zip carries a comment"),
            RuleDetail(
                .manifestAmbiguous, .suspicious, "package.json gives one member twice with different values"),
        ]),
    Rule(
        "ARC-NAME", "Misleading file names",
        rationale: """
            Control characters, direction controls and invisible characters forge what a terminal or a reviewer sees; names that end in a \
            dot or blank, and device names, are other files on Windows.
            """,
        [
            RuleDetail(.nameControl, .suspicious, "a member's name contains control characters"),
            RuleDetail(.nameBidi, .suspicious, "a member's name contains text direction controls"),
            RuleDetail(.nameInvisible, .suspicious, "a member's name contains invisible characters"),
            RuleDetail(.nameTrailing, .suspicious, "a member's name ends in a dot or a blank"),
            RuleDetail(.nameReserved, .suspicious, "a member is named like a device of Windows"),
            RuleDetail(.nameEncoding, .info, "a member's name is not UTF-8"),
        ]),
    Rule(
        "ARC-RECORD", "Wheel contents differ from its record", ecosystems: [.pypi],
        rationale: """
            RECORD lists every file of a wheel with its digest. Every build tool writes it last, so a file that is \
            missing there or differs was put in afterwards.
            """,
        [
            RuleDetail(.recordMissing, .malicious, "the wheel has no RECORD"),
            RuleDetail(.recordHash, .malicious, "a file's digest is not the one in RECORD"),
            RuleDetail(.recordUnlisted, .malicious, "a file of the wheel is not in RECORD"),
            RuleDetail(.recordUnhashed, .suspicious, "RECORD has no strong digest for a file"),
            RuleDetail(.recordUnreadable, .suspicious, "RECORD cannot be parsed or contradicts itself"),
            RuleDetail(.recordAbsent, .info, "RECORD lists a file that is not in the wheel"),
        ]),
    Rule(
        "ARC-NESTED", "Archive inside the archive",
        rationale: """
            Nested archives are looked into two levels deep; code reaches them only by unpacking them itself, so \
            they are noted. One whose members would be written outside of the folder that it is unpacked into is held; \
            archivers have such among their tests.
            """,
        [
            RuleDetail(.nestedArchive, .info, "an archive lies inside the archive"),
            RuleDetail(.nestedEscape, .suspicious, "an archive inside the archive unpacks outside its folder"),
            RuleDetail(.nestedEscapeInTests, .info, "an archive among the tests unpacks outside its folder"),
        ]),
]

extension Observation {
    // ARC-TRAVERSE
    static let pathAbsolute = Observation("path-absolute")
    static let pathEscapes = Observation("path-escapes")
    static let pathParent = Observation("path-parent")
    static let linkEscapes = Observation("link-escapes")
    static let pathThroughLink = Observation("path-through-link")
    static let specialFile = Observation("special-file")
    static let privilegedFile = Observation("setuid-file")

    // ARC-DUP
    static let duplicateManifest = Observation("duplicate-manifest")
    static let duplicateFile = Observation("duplicate-file")
    static let duplicateIdentical = Observation("duplicate-identical")
    static let collidingManifest = Observation("colliding-manifest")
    static let collidingNames = Observation("colliding-names")
    static let fileIsFolder = Observation("file-is-folder")
    static let twoRoots = Observation("two-roots")

    // ARC-BOMB
    static let tooManyEntries = Observation("too-many-entries")
    static let tooManyBytes = Observation("too-many-bytes")
    static let ratioTooHigh = Observation("ratio-too-high")
    static let nestedBomb = Observation("nested-bomb")
    static let pathTooLong = Observation("path-too-long")
    static let pathTooDeep = Observation("path-too-deep")
    static let tookTooLong = Observation("took-too-long")

    // ARC-PARSER
    static let gzipMembers = Observation("gzip-members")
    static let gzipHeader = Observation("gzip-header")
    static let trailingBytes = Observation("trailing-bytes")
    static let twoFormats = Observation("two-formats")
    static let tarAfterEnd = Observation("tar-after-end")
    static let tarPadding = Observation("tar-padding")
    static let tarOverride = Observation("tar-override")
    static let tarOddMember = Observation("tar-odd-member")
    static let readersDisagree = Observation("readers-disagree")
    static let zipHeaders = Observation("zip-headers-disagree")
    static let zipLayout = Observation("zip-layout")
    static let zipComment = Observation("zip-comment")
    static let manifestAmbiguous = Observation("manifest-ambiguous")

    // ARC-NAME
    static let nameControl = Observation("name-control")
    static let nameBidi = Observation("name-bidi")
    static let nameInvisible = Observation("name-invisible")
    static let nameTrailing = Observation("name-trailing")
    static let nameReserved = Observation("name-reserved")
    static let nameEncoding = Observation("name-encoding")

    // ARC-RECORD
    static let recordMissing = Observation("record-missing")
    static let recordHash = Observation("record-hash")
    static let recordUnlisted = Observation("record-unlisted")
    static let recordUnhashed = Observation("record-unhashed")
    static let recordUnreadable = Observation("record-unreadable")
    static let recordAbsent = Observation("record-absent-file")

    // ARC-NESTED
    static let nestedEscape = Observation("nested-escapes")
    static let nestedEscapeInTests = Observation("nested-escapes-in-tests")
    static let nestedArchive = Observation("nested-archive")
}
