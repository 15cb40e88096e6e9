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

    private mutating func addFolder(_ folder: String) throws(CommandFailure) {
        let names: [String]
        do throws(FileError) { names = try Files.list(folder) } catch { throw CommandFailure(.failure, "\(error)") }
        if let form = form(of: folder, names) {
            targets.append(ScanTarget(path: folder, contents: .folder(form)))
            return
        }
        let before = targets.count
        var links = 0
        search(folder, names, depth: 0, &links)
        if links > 0 { notes.append("\(Logger.printable(folder)): \(links) symbolic links were not followed") }
        guard targets.count > before else {
            throw CommandFailure(
                .notFound,
                "\(Logger.printable(folder)) is no unpacked package (package.json, pyproject.toml, setup.py, PKG-INFO or "
                    + "one .dist-info folder), and no artifact is in it (\(Self.endings.joined(separator: ", ")))")
        }
    }

    /// Artifacts below a folder, by their paths' bytes.
    private mutating func search(_ folder: String, _ names: [String], depth: Int, _ links: inout Int) {
        for name in names {
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            do throws(FileError) {
                switch try Files.kind(path) {
                case .regularFile:
                    if Self.isArtifact(name, Self.endings) { targets.append(ScanTarget(path: path, contents: .file)) }
                case .directory:
                    if name == ".git" { continue }
                    guard depth < Self.deepest else {
                        targets.append(ScanTarget(path: path, contents: .unreadable("it lies too deep")))
                        continue
                    }
                    search(path, try Files.list(path), depth: depth + 1, &links)
                case .symbolicLink: links += 1
                case .other: break
                }
            } catch {
                targets.append(ScanTarget(path: path, contents: .unreadable("\(error)")))
            }
        }
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
