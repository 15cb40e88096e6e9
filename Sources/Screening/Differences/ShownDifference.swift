/// What one artifact has otherwise than another, as people read it: bounded, printable, and ready to be passed on.
///
/// A child process that read both artifacts makes it; command line and web page show it. Every text in it is either ours
/// or of a package with everything spelled out that is not seen or changes what is seen, so that it can do nothing to a
/// terminal. What did not fit is counted.
///
/// Spec: rfcs/0027.
public struct ShownDifference: Sendable, Equatable {
    /// One of both artifacts.
    public struct Side: Sendable, Equatable {
        public var files: Int
        /// Whether it was read to the end, member by member.
        public var isComplete: Bool

        public init(files: Int, isComplete: Bool) {
            self.files = files
            self.isComplete = isComplete
        }
    }

    public struct Sums: Sendable, Equatable {
        public var addedLines = 0
        public var changedBytes = 0
        public var changedFiles = 0
        public var codeLines = 0
        public var newCodeLines = 0
        public var removedFiles = 0
        public var removedLines = 0

        public init() {}
    }

    /// One thing that two versions of a manifest say otherwise.
    public struct Member: Sendable, Equatable {
        public enum Kind: String, Sendable, CaseIterable { case added, removed, changed, unreadable }

        public var manifest: String
        /// Such as `scripts`; empty for the manifest as a whole.
        public var group: String
        /// Such as `postinstall`; empty when the group has only one value.
        public var name: String
        public var kind: Kind
        public var old: String?
        public var new: String?

        public init(manifest: String, group: String, name: String, kind: Kind, old: String?, new: String?) {
            self.manifest = manifest
            self.group = group
            self.name = name
            self.kind = kind
            self.old = old
            self.new = new
        }

        /// Group and name in one, such as `scripts.postinstall`.
        public var member: String { name.isEmpty ? group : "\(group).\(name)" }
    }

    /// Something that the code can do now.
    public struct Ability: Sendable, Equatable {
        /// A word such as `network`.
        public var word: String
        /// When the gravest of its uses runs.
        public var reach: String
        /// The first place.
        public var path: String?
        public var line: Int?

        public init(word: String, reach: String, path: String?, line: Int?) {
            self.word = word
            self.reach = reach
            self.path = path
            self.line = line
        }
    }

    public var base: Side
    public var new: Side
    public var sums = Sums()
    /// Whether something was too large to be told line by line or member by member.
    public var isCut = false
    public var manifests: [Member] = []
    /// Whether there are more changes of manifests than are told.
    public var isManifestCut = false
    public var files: [File] = []
    /// How many more files differ than are told.
    public var omittedFiles = 0
    /// What the new one's code can do and the base's could not, tests aside, and the reverse.
    public var came: [Ability] = []
    public var went: [Ability] = []

    public init(base: Side, new: Side) {
        self.base = base
        self.new = new
    }

    /// Whether nothing differs.
    public var isEmpty: Bool {
        files.isEmpty && omittedFiles == 0 && manifests.isEmpty && base.isComplete && new.isComplete
    }
}

extension ShownDifference {
    /// One file that both artifacts do not have alike.
    public struct File: Sendable, Equatable {
        public enum Kind: String, Sendable, CaseIterable { case added, removed, changed, moved, mode }

        public var path: String
        public var kind: Kind
        /// Where it was, when it was elsewhere.
        public var oldPath: String?
        /// Which of several files at one path, from 1.
        public var copy = 1
        /// The file before; nil when it is new.
        public var old: Entry?
        /// The file now; nil when it is gone.
        public var new: Entry?
        /// How many lines differ, where lines say something.
        public var lines: Lines?
        public var isLineEndsOnly = false
        /// Start and count of lines, before and after; empty where they are too many.
        public var edits: [[Int]] = []
        /// The lines themselves with those around them.
        public var hunks: [Hunk] = []
        /// Whether there are lines to show that are not in `hunks`.
        public var isTextCut = false

        public init(path: String, kind: Kind) {
            self.path = path
            self.kind = kind
        }
    }

    public struct Lines: Sendable, Equatable {
        public var added: Int
        public var removed: Int
        /// Whether these are all lines between equal ends, as there were too many to compare.
        public var isCut: Bool

        public init(added: Int, removed: Int, isCut: Bool) {
            self.added = added
            self.removed = removed
            self.isCut = isCut
        }
    }

    /// One version of a file.
    public struct Entry: Sendable, Equatable {
        public enum Class: String, Sendable, CaseIterable { case text, minified, binary, oversized, link, unread }

        public var fileClass: Class
        public var isExecutable: Bool
        public var isPrivileged: Bool
        /// Hexadecimal; nil when it could not be read.
        public var sha256: String?
        public var sizeBytes: Int
        /// Where a link points.
        public var target: String?

        public init(fileClass: Class, isExecutable: Bool, isPrivileged: Bool, sizeBytes: Int) {
            self.fileClass = fileClass
            self.isExecutable = isExecutable
            self.isPrivileged = isPrivileged
            self.sizeBytes = sizeBytes
        }
    }

    /// A stretch of a file as unified text has it.
    public struct Hunk: Sendable, Equatable {
        /// What a line is, by its first byte.
        public enum Mark: UInt8, Sendable, CaseIterable {
            case equal = 0x20
            case come = 0x2B
            case gone = 0x2D
            /// A note of ours about the line before.
            case note = 0x5C
        }

        /// Start and count of the lines, as unified text has them.
        public var old: [Int]
        public var new: [Int]
        /// Each with its mark in front.
        public var lines: [String]

        public init(old: [Int], new: [Int], lines: [String]) {
            self.old = old
            self.new = new
            self.lines = lines
        }

        /// `@@ -1,3 +1,4 @@`.
        public var place: String { "@@ -\(old[0]),\(old[1]) +\(new[0]),\(new[1]) @@" }

        public static func mark(of line: String) -> Mark { line.utf8.first.flatMap(Mark.init) ?? .note }
    }
}

extension ShownDifference {
    /// How much is told.
    public enum Extent: String, Sendable, CaseIterable {
        case nothing
        /// For a page that somebody reads before ruling.
        case summary
        /// For somebody who asked for all of it.
        case whole

        /// The most bytes of the record in canonical form.
        public var maxBytes: Int {
            switch self {
            case .nothing: 0
            case .summary: 256 << 10
            case .whole: 24 << 20
            }
        }
    }
}
