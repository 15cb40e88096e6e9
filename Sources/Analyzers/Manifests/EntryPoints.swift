/// A manifest as it lies in the archive.
struct ManifestFile: Equatable {
    let kind: ManifestKind
    /// The member's name as stored.
    let name: [UInt8]
    let bytes: [UInt8]
}

/// A place where code of an artifact begins to run, as its manifests and its layout say.
struct EntryPoint: Hashable {
    enum Target: Hashable {
        /// Below the package's folder, parts joined by `/`, without `.` and `..`.
        ///
        /// It stands as a manifest wrote it: the ending may be missing, and it may be a folder, as `require` allows.
        case file([UInt8])
        /// Python: a dotted name, such as `acme.build`, looked for in the folders that the layout has on its path.
        case module([UInt8])
    }

    let target: Target
    /// `install` for what runs at installation, at a build or at every start of the interpreter; `load` for the rest.
    let reach: Reach
}

/// A shell command that a package manager runs when the package is installed.
struct InstallCommandLine: Equatable {
    let text: [UInt8]
    /// The manifest's name in the archive, and the line there.
    let manifest: [UInt8]
    let line: Int?
}

/// Everything that the manifests of an artifact say about what runs by itself.
struct EntryPoints: Equatable {
    /// In the order of the manifests, without repetitions.
    private(set) var points: [EntryPoint] = []
    private(set) var commands: [InstallCommandLine] = []
    private var known: Set<EntryPoint> = []
    private static let maxPoints = 20_000

    /// Reads them from the manifests; `files` are the install paths of all files, parts joined by `/`.
    init(_ manifests: [ManifestFile], files: Set<[UInt8]>, layout: ArtifactLayout) {
        switch layout {
        case .npmTarball: addNPM(manifests, files)
        case .wheel: addWheel(manifests, files)
        case .sourceDistribution: addSource(manifests, files)
        }
    }

    mutating func add(_ target: EntryPoint.Target, _ reach: Reach) {
        let point = EntryPoint(target: target, reach: reach)
        if points.count < Self.maxPoints, known.insert(point).inserted { points.append(point) }
    }

    mutating func add(_ command: InstallCommandLine) { commands.append(command) }

    // MARK: Paths

    /// A path as written in a manifest, in the form of `EntryPoint.Target.file`; empty for the package's own folder and
    /// for what leads out of it.
    static func normalPath(_ text: String) -> [UInt8] { inside([], Array(text.utf8)) ?? [] }

    /// `path` seen from `folder`, nil when it leads out of the package.
    static func inside(_ folder: [UInt8], _ path: [UInt8]) -> [UInt8]? {
        if path.first == UInt8(ascii: "/") || path.first == UInt8(ascii: "~") { return nil }
        let slash = UInt8(ascii: "/")
        var parts = folder.split(separator: slash)
        let separators = [slash, UInt8(ascii: "\\")]
        for part in path.split(whereSeparator: separators.contains) where !part.equals(".") {
            if part.equals("..") {
                if parts.isEmpty { return nil }
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        return Array(parts.joined(separator: [slash]))
    }

    /// `path` seen from `folder`, the package's own folder when it leads out.
    static func join(_ folder: [UInt8], _ path: [UInt8]) -> [UInt8] { inside(folder, path) ?? [] }
}
