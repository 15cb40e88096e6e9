import Platform
import Registry

/// Packs an unpacked package into an archive in memory, the same for the same files.
///
/// Roughly what the package manager would pack: everything but version control, installed dependencies and virtual
/// environments. Links are not followed and not packed.
struct FolderPacking {
    /// The folder as an archive, and what it lacks.
    struct Packed: Sendable {
        let file: OpenFile
        /// The file name that tells the analysis its kind.
        let filename: String
        let ecosystem: Ecosystem
        /// What members' names have in front that the folder's files have not.
        let prefix: String
        let notes: [String]
    }

    private let folder: String
    private let form: PackedForm
    private var keepsDependencies = false
    private var links = 0
    private var environments = 0
    private var installed = 0
    private var entries = 0

    private static let maxEntries = 200_000
    private static let maxBytes: Int64 = 2 << 30
    private static let deepest = 100
    private static let pieceBytes = 1 << 20
    private static let versionControl: Set<String> = [".git", ".hg", ".svn", "CVS"]

    init(_ folder: String, as form: PackedForm) {
        self.folder = folder.hasSuffix("/") && folder.utf8.count > 1 ? String(folder.dropLast()) : folder
        self.form = form
    }

    /// - Throws: `FolderFault` when a file cannot be read or there is too much of it: half a package is none.
    mutating func pack() throws(FolderFault) -> Packed {
        do throws(FileError) { keepsDependencies = try bundlesDependencies() } catch { throw .unreadable(error) }
        let name: String
        let prefix: String
        let isZip: Bool
        switch form {
        case .npmTarball: (name, prefix, isZip) = ("package.tgz", "package/", false)
        case .sourceDistribution: (name, prefix, isZip) = ("source.tar.gz", "source/", false)
        case .wheel(let metadata):
            (name, prefix, isZip) = ("\(metadata.dropLast(".dist-info".utf8.count))-py3-none-any.whl", "", true)
        }
        var stream: ArchiveStream
        do throws(FileError) { stream = try ArchiveStream(name: folder, isZip: isZip) } catch {
            throw .unreadable(error)
        }
        try add(folder, below: "", prefix: prefix, depth: 0, to: &stream)
        let file: OpenFile
        do throws(FileError) { file = try stream.finished() } catch { throw .unreadable(error) }
        return Packed(file: file, filename: name, ecosystem: form.ecosystem, prefix: prefix, notes: notes)
    }

    private var notes: [String] {
        var notes: [String] = []
        let shown = Logger.printable(folder)
        if links > 0 { notes.append("\(shown): \(links) symbolic links were left out") }
        if installed > 0 {
            notes.append(
                "\(shown): node_modules was left out, as npm packs without it; scan \(shown)/node_modules for what is "
                    + "installed")
        }
        if environments > 0 { notes.append("\(shown): \(environments) virtual environments were left out") }
        return notes
    }

    /// Whether package.json names bundled dependencies: then `node_modules` is part of what npm packs.
    private func bundlesDependencies() throws(FileError) -> Bool {
        guard form == .npmTarball else { return true }
        let bytes = try Files.readAll("\(folder)/package.json", maxBytes: 8 << 20)
        // Read for these words alone; what the manifest says is the analysis's to find out.
        return [#""bundleDependencies""#, #""bundledDependencies""#].contains { word in
            let word = Array(word.utf8)
            return bytes.indices.contains { bytes[$0...].starts(with: word) }
        }
    }

    private mutating func add(
        _ path: String, below relative: String, prefix: String, depth: Int, to stream: inout ArchiveStream
    ) throws(FolderFault) {
        guard depth < Self.deepest else { throw .tooDeep(path) }
        let names: [String]
        do throws(FileError) { names = try Files.list(path) } catch { throw .unreadable(error) }
        for name in names {
            guard !isLeftOut(name) else {
                if name == "node_modules", depth == 0 { installed += 1 }
                continue
            }
            let (inside, place) = (relative + name, "\(path)/\(name)")
            entries += 1
            guard entries <= Self.maxEntries else { throw .tooManyFiles(Self.maxEntries) }
            let kind: Files.Kind
            do throws(FileError) { kind = try Files.kind(place) } catch { throw .unreadable(error) }
            switch kind {
            case .directory:
                if Files.exists("\(place)/pyvenv.cfg") {
                    environments += 1
                } else {
                    try add(place, below: inside + "/", prefix: prefix, depth: depth + 1, to: &stream)
                }
            case .regularFile: try addFile(place, as: prefix + inside, to: &stream)
            case .symbolicLink: links += 1
            case .other: throw .special(place)
            }
        }
    }

    private func isLeftOut(_ name: String) -> Bool {
        if Self.versionControl.contains(name) { return true }
        switch form {
        case .npmTarball: return name == "node_modules" && !keepsDependencies
        case .sourceDistribution: return false
        // Written by the interpreter after the installation.
        case .wheel: return name == "__pycache__"
        }
    }

    private func addFile(_ path: String, as name: String, to stream: inout ArchiveStream) throws(FolderFault) {
        let file: OpenFile
        let isExecutable: Bool
        do throws(FileError) {
            file = try OpenFile.openForReading(path)
            isExecutable = try Files.permissions(path) & 0o111 != 0
        } catch {
            throw .unreadable(error)
        }
        guard stream.sizeBytes + file.sizeBytes <= Self.maxBytes else { throw .tooLarge(Self.maxBytes) }
        let isWhole: Bool
        do throws(FileError) {
            try stream.begin(name: Array(name.utf8), sizeBytes: file.sizeBytes, isExecutable: isExecutable)
            isWhole = try Self.copy(file, to: &stream)
            try stream.end()
        } catch {
            throw .unreadable(error)
        }
        // Somebody shortened it meanwhile.
        guard isWhole else { throw .changed(path) }
    }

    /// - Returns: whether as much came as the file had when it was opened.
    private static func copy(_ file: OpenFile, to stream: inout ArchiveStream) throws(FileError) -> Bool {
        var offset: Int64 = 0
        while offset < file.sizeBytes {
            let piece = try file.read(at: offset, count: pieceBytes)
            if piece.isEmpty { return false }
            try stream.append(piece)
            offset += Int64(piece.count)
        }
        return true
    }
}

/// Why a folder cannot be packed.
enum FolderFault: Error, Sendable, CustomStringConvertible {
    case unreadable(FileError)
    case special(String)
    case changed(String)
    case tooDeep(String)
    case tooManyFiles(Int)
    case tooLarge(Int64)

    /// Whether a limit of ours was reached, rather than something being wrong.
    var isLimit: Bool {
        switch self {
        case .unreadable, .special, .changed: false
        case .tooDeep, .tooManyFiles, .tooLarge: true
        }
    }

    var description: String {
        switch self {
        case .unreadable(let error): "\(error)"
        case .special(let path):
            "\(Logger.printable(path)) is neither a file, a folder nor a link; a package has none such"
        case .changed(let path):
            "\(Logger.printable(path)) changed while it was read; scan it when nothing writes there"
        case .tooDeep(let path): "\(Logger.printable(path)) lies deeper than packages do"
        case .tooManyFiles(let limit): "it has more than \(limit) files; scan its parts"
        case .tooLarge(let limit): "it has more than \(limit >> 20) MiB; scan its parts"
        }
    }
}
