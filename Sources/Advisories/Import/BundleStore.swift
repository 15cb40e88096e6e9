import Cryptography
import Platform
import Registry

/// The folder beside an index that holds the bundles it was made from.
///
/// ```
/// bundles/npm-<32 hexadecimal digits of its SHA-256>.zip
/// ```
/// A bundle is durable there before an index names it, and removed only after no index does.
struct BundleStore: Sendable {
    let directory: String

    init(besideIndex path: String) {
        directory = "\(Files.directory(of: path))/bundles"
    }

    private static func name(_ ecosystem: Ecosystem, _ digest: SHA256Digest) -> String {
        "\(ecosystem.rawValue)-\(digest.hex.prefix(32)).zip"
    }

    func path(_ ecosystem: Ecosystem, _ digest: SHA256Digest) -> String {
        "\(directory)/\(Self.name(ecosystem, digest))"
    }

    /// The kept bundle of a part, which holds it open although a later import removes it.
    func map(_ entry: SectionEntry) -> Result<MappedFile, AdvisoryError> {
        do throws(FileError) {
            return .success(try MappedFile(path: path(entry.ecosystem, entry.sourceDigest)))
        } catch {
            return .failure(.file(error))
        }
    }

    /// Puts a bundle into the folder under a temporary name. Nothing but that file is left if this stops here.
    func stage(_ bundle: AdvisoryBundle) throws(FileError) -> StagedBundle {
        try Files.createDirectory(directory)
        return try bundle.stage(in: self)
    }

    /// Removes the bundles that no index needs and what unfinished imports left.
    ///
    /// Only names that this program makes; whatever else is in the folder stays. Call it where one process imports.
    func sweep(keeping index: AdvisoryIndex) throws(FileError) {
        guard Files.exists(directory) else { return }
        let kept = Set(index.sourceDigests.map { Self.name($0.key, $0.value) })
        for name in try Files.list(directory) where Self.isBundleName(name) && !kept.contains(name) {
            try Files.remove("\(directory)/\(name)")
        }
        try Files.syncDirectory(directory)
    }

    /// Removes the temporary files of imports that did not finish, here and beside the index.
    func removeUnfinished(now: Timestamp) throws(FileError) {
        if Files.exists(directory) { _ = try Files.removeAbandonedTemporaries(inDirectory: directory) }
        // Other small files are written beside the index too, perhaps at this moment.
        let parent = Files.directory(of: directory)
        for name in try Files.list(parent) where name.hasPrefix(TemporaryFile.namePrefix) {
            let path = "\(parent)/\(name)"
            if try Files.modificationTime(path).distance(to: now) > .seconds(3600) { try Files.remove(path) }
        }
    }

    private static func isBundleName(_ name: String) -> Bool {
        Ecosystem.allCases.contains { ecosystem in
            let prefix = "\(ecosystem.rawValue)-"
            guard name.hasPrefix(prefix), name.hasSuffix(".zip") else { return false }
            let digits = name.dropFirst(prefix.count).dropLast(4).utf8
            return digits.count == 32
                && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        }
    }
}

/// A bundle that was copied into the folder and has not its final name yet.
struct StagedBundle: ~Copyable {
    private let file: TemporaryFile
    let contents: MappedFile
    let digest: SHA256Digest
    private let finalPath: String

    init(file: consuming TemporaryFile, contents: MappedFile, digest: SHA256Digest, finalPath: String) {
        self.file = file
        self.contents = contents
        self.digest = digest
        self.finalPath = finalPath
    }

    /// Gives the bundle its final name, durable when this returns.
    consuming func keep() throws(FileError) {
        try file.commit(to: finalPath)
    }
}
