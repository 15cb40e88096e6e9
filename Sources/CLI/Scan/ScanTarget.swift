import Platform
import Registry

/// One thing to analyse, under the name that it is shown by.
struct ScanTarget: Sendable, Equatable {
    enum Contents: Sendable, Equatable {
        /// An artifact as publishers make them.
        case file
        /// An unpacked package, which is packed for the analysis.
        case folder(PackedForm)
        /// Something that may hold artifacts and cannot be looked into: said, never passed over.
        case unreadable(String)
        /// A folder deeper than is searched.
        case tooDeep
    }

    let path: String
    let contents: Contents

    /// The last component of the path.
    var filename: String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// What an unpacked package was unpacked from, or will be packed to.
enum PackedForm: Sendable, Equatable {
    case npmTarball
    case sourceDistribution
    /// A wheel; the name of its `.dist-info` folder.
    case wheel(metadataFolder: String)

    var ecosystem: Ecosystem {
        switch self {
        case .npmTarball: .npm
        case .sourceDistribution, .wheel: .pypi
        }
    }
}

/// Turns what the command line names into artifacts and packages.
///
/// Nothing is opened here but folders: what is in an artifact is for the confined child to find out.
struct ScanSearch: Sendable {
    private(set) var targets: [ScanTarget] = []
    /// What was left out, for people.
    private(set) var notes: [String] = []
    private let ecosystem: Ecosystem?
    private let takesAnyFile: Bool

    /// Endings of files that are artifacts wherever they lie.
    static let endings = [".tgz", ".tar.gz", ".whl", ".zip", ".tar.bz2", ".egg"]
    /// Endings that are taken too when somebody names the file.
    private static let namedEndings = [".tar", ".tar.xz", ".tbz2"]
    private static let lockfiles: Set<String> = [
        "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "poetry.lock", "uv.lock",
        "Pipfile.lock", "pdm.lock", "pylock.toml",
    ]
    private static let manifests: Set<String> = ["package.json", "pyproject.toml", "setup.py", "PKG-INFO"]
    private static let deepest = 64

    /// - Parameters:
    ///   - ecosystem: given by the user; then a folder is a package of that one only.
    ///   - takesAnyFile: whether a file is taken whatever it is called.
    init(ecosystem: Ecosystem? = nil, takesAnyFile: Bool = false) {
        self.ecosystem = ecosystem
        self.takesAnyFile = takesAnyFile
    }

    /// - Throws: `CommandFailure`: `notFound` for what is not there and for folders without artifacts, `usage` for files
    ///   that are none.
    mutating func add(_ operand: String) throws(CommandFailure) {
        let kind: Files.Kind
        do throws(FileError) {
            let found = try Files.kind(operand)
            // Who names a link means what it leads to; links inside folders are not followed.
            kind = found == .symbolicLink ? try Files.kind(try Files.resolve(operand)) : found
        } catch {
            throw CommandFailure(
                error.isNotFound ? .notFound : .failure,
                error.isNotFound ? "\(Logger.printable(operand)) is not there" : "\(error)")
        }
        switch kind {
        case .regularFile:
            guard takesAnyFile || Self.isArtifact(operand, Self.endings + Self.namedEndings) else {
                guard !Self.isLockfile(operand) else {
                    throw CommandFailure(
                        .usage,
                        "\(Logger.printable(operand)) is a lockfile, which has names and no code; jurat check says what "
                            + "would be decided of them, jurat advisories query what is known")
                }
                guard !Self.manifests.contains(Self.name(of: operand)) else {
                    throw CommandFailure(
                        .usage,
                        "\(Logger.printable(operand)) is a manifest; name the folder that it lies in to scan the package"
                    )
                }
                throw CommandFailure(
                    .usage,
                    "\(Logger.printable(operand)) is not called like an artifact (\(Self.endings.joined(separator: ", "))"
                        + "); name its kind with --ecosystem npm or --ecosystem pypi to analyse it all the same")
            }
            targets.append(ScanTarget(path: operand, contents: .file))
        case .directory: try addFolder(operand)
        case .symbolicLink, .other:
            throw CommandFailure(.usage, "\(Logger.printable(operand)) is neither a file nor a folder")
        }
    }

    /// The one artifact or package that a word of the command line names.
    ///
    /// - Throws: as `add`; `usage` when it is several.
    static func only(
        _ path: String, ecosystem: Ecosystem?, of word: String, _ console: Console
    ) throws(CommandFailure) -> ScanTarget {
        var search = ScanSearch(ecosystem: ecosystem, takesAnyFile: ecosystem != nil)
        try search.add(path)
        for note in search.notes { console.note("note: \(note)") }
        guard search.targets.count == 1 else {
            throw CommandFailure(
                .usage, "\(word) is one artifact or package; \(Logger.printable(path)) has \(search.targets.count)")
        }
        return search.targets[0]
    }

    private mutating func addFolder(_ folder: String) throws(CommandFailure) {
        let names: [String]
        do throws(FileError) { names = try Files.list(folder) } catch { throw CommandFailure(.failure, "\(error)") }
        // Who names the folder of installed packages means them, whatever lies beside them.
        if folder.split(separator: "/").last != "node_modules", let form = form(of: folder, names) {
            targets.append(ScanTarget(path: folder, contents: .folder(form)))
            return
        }
        if Self.isEnvironment(names) {
            throw CommandFailure(
                .notFound,
                "\(Logger.printable(folder)) is an environment of many installed packages, mixed with what was made at "
                    + "installation; scan what was installed from (pip download -d wheels …)")
        }
        let before = targets.count
        var left = LeftOut()
        search(folder, names, depth: 0, &left)
        notes += left.notes(about: folder)
        guard targets.count > before else {
            throw CommandFailure(
                .notFound,
                "\(Logger.printable(folder)) is no unpacked package (package.json, pyproject.toml, setup.py, PKG-INFO or "
                    + "one .dist-info folder), and neither one nor an artifact is in it "
                    + "(\(Self.endings.joined(separator: ", ")))")
        }
    }

    /// What a search passed over.
    private struct LeftOut {
        var links = 0
        var environments: [String] = []

        func notes(about folder: String) -> [String] {
            let links =
                self.links > 0 ? ["\(Logger.printable(folder)): \(self.links) symbolic links were not followed"] : []
            return links
                + environments.map { "\(Logger.printable($0)) is an environment of many packages and was not scanned" }
        }
    }

    /// Artifacts and unpacked packages below a folder, by their paths' bytes.
    private mutating func search(_ folder: String, _ names: [String], depth: Int, _ left: inout LeftOut) {
        for name in names {
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            do throws(FileError) {
                switch try Files.kind(path) {
                case .regularFile:
                    if Self.isArtifact(name, Self.endings) { targets.append(ScanTarget(path: path, contents: .file)) }
                case .directory:
                    if name == ".git" { continue }
                    guard depth < Self.deepest else {
                        targets.append(ScanTarget(path: path, contents: .tooDeep))
                        continue
                    }
                    try searchFolder(path, depth: depth + 1, &left)
                case .symbolicLink: left.links += 1
                case .other: break
                }
            } catch {
                targets.append(ScanTarget(path: path, contents: .unreadable("\(error)")))
            }
        }
    }

    private mutating func searchFolder(_ path: String, depth: Int, _ left: inout LeftOut) throws(FileError) {
        let names = try Files.list(path)
        guard let form = form(of: path, names) else {
            if Self.isEnvironment(names) {
                left.environments.append(path)
            } else {
                search(path, names, depth: depth, &left)
            }
            return
        }
        targets.append(ScanTarget(path: path, contents: .folder(form)))
        // What is installed below a package is no part of it, and packages of their own.
        guard form == .npmTarball, names.contains("node_modules") else { return }
        let installed = "\(path)/node_modules"
        guard try Files.kind(installed) == .directory else { return }
        search(installed, try Files.list(installed), depth: depth + 1, &left)
    }

    /// Whether a folder is what packages were installed to, rather than one of them.
    private static func isEnvironment(_ names: [String]) -> Bool {
        names.contains("pyvenv.cfg") || names.count { $0.hasSuffix(".dist-info") || $0.hasSuffix(".egg-info") } > 1
    }

    private static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    private static func isLockfile(_ path: String) -> Bool {
        let name = name(of: path)
        return lockfiles.contains(name) || (name.hasPrefix("requirements") && name.hasSuffix(".txt"))
    }

    private static func isArtifact(_ path: String, _ endings: [String]) -> Bool {
        endings.contains { path.utf8.count > $0.utf8.count && path.hasSuffix($0) }
    }

    // MARK: Unpacked packages

    /// What a folder with these names in it is an unpacked form of; nil when it is none.
    private mutating func form(of folder: String, _ names: [String]) -> PackedForm? {
        let isNPM = ecosystem != .pypi && names.contains("package.json")
        let isPython = names.contains { ["PKG-INFO", "pyproject.toml", "setup.py"].contains($0) }
        if isNPM, isPython, ecosystem == nil {
            let taken: PackedForm = names.contains("PKG-INFO") ? .sourceDistribution : .npmTarball
            let other = taken == .npmTarball ? Ecosystem.pypi : .npm
            notes.append(
                "\(Logger.printable(folder)) has manifests of npm and of Python; it is analysed as a package of "
                    + "\(taken.ecosystem.rawValue) (--ecosystem \(other.rawValue) for the other)")
            return taken
        }
        if isNPM { return .npmTarball }
        guard ecosystem != .npm else { return nil }
        if isPython { return .sourceDistribution }
        let metadata = names.filter { $0.hasSuffix(".dist-info") }
        // Several are an environment, which is many packages.
        guard metadata.count == 1, Files.exists("\(folder)/\(metadata[0])/METADATA") else { return nil }
        return .wheel(metadataFolder: metadata[0])
    }
}
