import Cryptography

/// Gathers, while the members of an artifact go by, what the rules over manifests need once all were seen.
///
/// A hostile archive must not fill memory with it: what is kept is bounded in number, and what is beyond the bounds is
/// told as unread.
struct ManifestCollector {
    private let layout: ArtifactLayout
    private static let maxKeptFiles = 64
    private static let maxKeptBytes = 64 << 20
    private static let maxScriptBytes = 64 << 10
    private static let maxPaths = 200_000
    private var keptBytes = 0

    /// Manifests in the archive's order; several of one kind only in archives that are findings themselves.
    private(set) var manifests: [ManifestFile] = []
    /// Build files of gyp other than `binding.gyp` at the root.
    private(set) var gypIncludes: [(name: [UInt8], bytes: [UInt8])] = []
    /// Short shell scripts of an npm package, which its install scripts may run.
    private(set) var shellScripts: [(path: [UInt8], name: [UInt8], bytes: [UInt8])] = []
    /// Digests of a wheel's files, in the archive's order.
    private(set) var digests: [(path: [UInt8], sha256: SHA256Digest?, sha512: SHA512Digest?)] = []
    /// The folders of a wheel that hold metadata.
    private(set) var metadataFolders: Set<[UInt8]> = []
    /// Install paths of all files, parts joined by `/`.
    private(set) var paths: Set<[UInt8]> = []
    private(set) var hasNativeSource = false
    /// Manifests of packages that lie in `node_modules`.
    private(set) var bundledPackages = 0

    /// Names of files that coding agents read, of start-up modules of Python, and of bytecode outside of tests.
    private(set) var agentFiles: [[UInt8]] = []
    private(set) var startModules: [[UInt8]] = []
    private(set) var bytecode: [(name: [UInt8], path: [UInt8])] = []
    private static let maxNames = 1000

    init(layout: ArtifactLayout) { self.layout = layout }

    /// Takes note of a file.
    mutating func note(
        _ member: ArchiveMember, path: [[UInt8]], _ content: MemberContent?, into findings: inout FindingCollector
    ) {
        let joined = Array(path.joined(separator: [UInt8(ascii: "/")]))
        if paths.count < Self.maxPaths { paths.insert(joined) }
        if !hasNativeSource, FileRole.isNativeSource(path) { hasNativeSource = true }
        if layout == .wheel { noteWheelFile(path, joined, content) }
        noteName(member.name, path, joined)
        guard let content else { return }
        if let kind = ManifestKind(path: path, layout: layout) {
            keep(kind, member, content, into: &findings)
        } else if layout == .npmTarball {
            noteNPMFile(member, path, joined, content, into: &findings)
        }
    }

    private mutating func noteName(_ name: [UInt8], _ path: [[UInt8]], _ joined: [UInt8]) {
        guard let last = path.last else { return }
        if agentFiles.count < Self.maxNames, AgentConfiguration.isShipped(path) { agentFiles.append(name) }
        guard layout != .npmTarball, startModules.count + bytecode.count < Self.maxNames else { return }
        if StartUpModule.isStarted(joined, in: layout) { startModules.append(name) }
        if last.hasSuffix(".pyc"), !FileRole(path: path).isTestOrDocumentation { bytecode.append((name, joined)) }
    }

    private mutating func keep(
        _ kind: ManifestKind, _ member: ArchiveMember, _ content: MemberContent, into findings: inout FindingCollector
    ) {
        if kind == .bundledPackageJSON {
            bundledPackages += 1
            // Most run nothing, and there may be hundreds of them.
            guard let bytes = content.bytes, (try? NPMManifest(bytes))?.installScripts.isEmpty == false else { return }
        }
        guard let bytes = content.bytes, manifests.count < Self.maxKeptFiles,
            keptBytes + bytes.count <= Self.maxKeptBytes
        else {
            if kind.isEssential { findings.add(.manifestUnreadable, path: member.name) }
            return
        }
        keptBytes += bytes.count
        manifests.append(ManifestFile(kind: kind, name: member.name, bytes: bytes))
    }

    private mutating func noteNPMFile(
        _ member: ArchiveMember, _ path: [[UInt8]], _ joined: [UInt8], _ content: MemberContent,
        into findings: inout FindingCollector
    ) {
        guard let last = path.last else { return }
        if last.hasSuffix(".gypi") || last.hasSuffix(".gyp") {
            // Longer or more files than anyone writes are not kept: they would be unreadable anyway.
            if let bytes = content.bytes, bytes.count <= GypFile.maxBytes, gypIncludes.count < Self.maxKeptFiles {
                gypIncludes.append((member.name, bytes))
            } else {
                findings.add(.manifestUnreadable, path: member.name)
            }
        } else if let bytes = content.bytes, bytes.count <= Self.maxScriptBytes, shellScripts.count < Self.maxKeptFiles
        {
            let firstLine = bytes.prefix { $0 != 0x0A }
            let isShell = firstLine.hasPrefix("#!") && firstLine.contains(text: "sh")
            if isShell || last.hasSuffix(".sh") { shellScripts.append((joined, member.name, bytes)) }
        }
    }

    private mutating func noteWheelFile(_ path: [[UInt8]], _ joined: [UInt8], _ content: MemberContent?) {
        if path.count == 2, let folder = path.first, folder.hasSuffix(".dist-info") { metadataFolders.insert(folder) }
        guard let content, !path.isEmpty else { return }
        digests.append((joined, content.sha256, content.sha512))
    }
}
