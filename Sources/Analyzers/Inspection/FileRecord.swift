/// What is kept of a file when its bytes are gone.
struct FileRecord {
    /// The member's name as stored.
    let name: [UInt8]
    /// Where it lies below the package's folder, parts joined by `/`; inside nested archives after `outer!`.
    let path: [UInt8]
    /// Among tests, documentation or examples, by its name.
    let isQuiet: Bool
    let kind: FileKind
    let report: FileReport
    private let reading: LateReading
    /// What a package.json below the root gives as `main`.
    let folderMain: [UInt8]?

    init(
        name: [UInt8], path: [UInt8], isQuiet: Bool, kind: FileKind, report: FileReport, reading: LateReading,
        folderMain: [UInt8]?
    ) {
        self.name = name
        self.path = path
        self.isQuiet = isQuiet
        self.kind = kind
        self.report = report
        self.reading = reading
        self.folderMain = folderMain
    }

    /// What a reader of code says about a file whose name promises none; counts only where code leads to it, and is to
    /// be asked for only there.
    var guess: FileReport? { reading.found.guess }
    /// What the file loads and runs; to be asked for only where something leads to the file.
    var links: [FileLink] { reading.found.links }
}

/// A place in a file where it loads or runs another one.
struct FileLink: Hashable {
    enum Target: Hashable {
        /// What `require` or `import` is given.
        case node([UInt8])
        /// Python: the module as written, with leading dots, and the names that are imported from it.
        case python([UInt8], members: [[UInt8]])
        /// A file that is read and run, or given to an interpreter, by a path that may be relative to anything.
        case file([UInt8])
    }

    let target: Target
    /// Whether the link is followed as soon as the file is loaded.
    let atLoad: Bool
    /// Whether the file calls something of what it loads, so that functions over there run too.
    let isCalled: Bool
    /// Whether no installation follows the link, though it runs the rest of the file.
    var isDormant = false
    /// Whether the target is run as a whole program or text, rather than loaded as a module.
    var isRun: Bool { if case .file = target { true } else { false } }
}
