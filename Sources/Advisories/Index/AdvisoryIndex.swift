public import Cryptography
public import Platform
public import Registry

/// One immutable snapshot of everything known about packages of all ecosystems, in a memory-mapped file.
///
/// Opening checks the whole file against its digests, so a damaged file is an error and never an empty answer. Asking
/// touches a few pages, takes microseconds or less, blocks nobody and is safe from any thread.
public final class AdvisoryIndex: Sendable {
    /// Lower-case hexadecimal SHA-256 over the contents alone: equal contents have equal ids, whenever they were built.
    public let snapshotID: String
    public let builtAt: Timestamp
    /// Records in force (withdrawn ones do not count), by ecosystem; an ecosystem never loaded is absent.
    public let recordCounts: [Ecosystem: Int]
    /// The SHA-256 of the bundle each part was made from.
    public let sourceDigests: [Ecosystem: SHA256Digest]
    /// When each part was made from a bundle or found equal to one.
    public let importedAt: [Ecosystem: Timestamp]
    let image: IndexBytes
    /// The kept bundle of each part, or why it cannot be had.
    let bundles: [Ecosystem: Result<MappedFile, AdvisoryError>]
    /// By the ecosystem's code, counted from one.
    private let sections: [IndexSection?]

    /// Maps and checks an index file.
    ///
    /// A file of the former format is read too: it is turned into the present one in memory, which takes a moment.
    /// - Throws: `AdvisoryError.file` when it cannot be read, `.corruptIndex` when it is damaged, `.foreignIndex` when
    ///   a later version wrote it.
    public static func open(path: String) throws(AdvisoryError) -> AdvisoryIndex {
        let file: MappedFile
        do throws(FileError) {
            file = try MappedFile(path: path)
        } catch {
            throw .file(error)
        }
        let version = unsafe try file.withBytes { bytes throws(AdvisoryError) in
            unsafe try IndexHeader.formatVersion(bytes, path: path)
        }
        guard version == FormerIndex.version else { return try AdvisoryIndex(.mapped(file), path) }
        let image = unsafe try file.withBytes { bytes throws(AdvisoryError) in
            unsafe try FormerIndex.image(of: bytes, path: path)
        }
        return try AdvisoryIndex(.memory(image), path)
    }

    private init(_ image: IndexBytes, _ path: String) throws(AdvisoryError) {
        self.image = image
        let (header, sections) = try image.withBytes { bytes throws(AdvisoryError) in
            let header = unsafe try IndexHeader(checking: bytes, path: path)
            var sections = [IndexSection?](repeating: nil, count: Ecosystem.allCases.count)
            for entry in header.entries {
                guard let section = unsafe IndexSection(entry, in: bytes) else {
                    throw AdvisoryError.corruptIndex(
                        path: path, reason: "a part about \(entry.ecosystem.rawValue) has not the length of its arrays")
                }
                sections[Int(IndexFormat.code(of: entry.ecosystem)) - 1] = section
            }
            return (header, sections)
        }
        builtAt = header.builtAt
        snapshotID = header.snapshotID
        self.sections = sections
        let entries = Dictionary(uniqueKeysWithValues: header.entries.map { ($0.ecosystem, $0) })
        recordCounts = entries.mapValues(\.recordCount)
        sourceDigests = entries.mapValues(\.sourceDigest)
        importedAt = entries.mapValues(\.importedAt)
        let store = BundleStore(besideIndex: path)
        bundles = entries.mapValues { store.map($0) }
    }

    /// One ecosystem's part; nil when it was never loaded.
    func section(_ ecosystem: Ecosystem) -> IndexSection? {
        sections[Int(IndexFormat.code(of: ecosystem)) - 1]
    }

    /// What is known of one package; nil when no record in force names it.
    ///
    /// For asking about many versions of one package: the package is looked up once.
    public func package(_ name: PackageName) -> KnownPackage? {
        guard let section = section(name.ecosystem) else { return nil }
        let place = image.withBytes { bytes in
            unsafe section.place(ofPackage: name.canonical, in: bytes)
        }
        return place.map { KnownPackage(name: name, index: self, section: section, place: $0) }
    }

    /// The problems known of one version, ascending by id; aliases are one match.
    ///
    /// Withdrawn records never match. An ecosystem that was never loaded has no matches: ask `recordCounts`.
    public func matches(_ name: PackageName, _ version: PackageVersion) -> [AdvisoryMatch] {
        precondition(name.ecosystem == version.ecosystem, "a version of another ecosystem")
        guard let section = section(name.ecosystem) else { return [] }
        return image.withBytes { bytes in
            guard let place = unsafe section.place(ofPackage: name.canonical, in: bytes) else { return [] }
            return unsafe section.package(at: place, in: bytes).matches(version)
        }
    }

    /// Says whether any record in force names the package, whatever the version.
    public func hasAdvisories(for name: PackageName) -> Bool {
        package(name) != nil
    }

    /// All records about a package, ascending by id.
    public func advisories(for name: PackageName) -> [PackageAdvisory] {
        package(name)?.advisories ?? []
    }

    /// The records of that id: one for each package it is about, ascending by package.
    public func advisories(withID id: String) -> [PackageAdvisory] {
        var found: [PackageAdvisory] = []
        for section in sections.compactMap(\.self) {
            var packages: [KnownPackage] = []
            image.withBytes { bytes in
                id.withBytes { id in
                    unsafe section.forEachPackage(withID: id, in: bytes) { place in
                        guard let name = unsafe section.name(ofPackage: place, in: bytes) else { return }
                        packages.append(KnownPackage(name: name, index: self, section: section, place: place))
                    }
                }
            }
            for package in packages { found += package.advisories.filter { $0.id == id } }
        }
        return found
    }

    /// The ids of the records in force that give `name` as an alias, ascending.
    public func ids(aliasedBy name: String) -> [String] {
        var found: Set<String> = []
        for section in sections.compactMap(\.self) {
            image.withBytes { bytes in
                name.withBytes { name in
                    unsafe section.forEachID(aliasedBy: name, in: bytes) { found.insert($0) }
                }
            }
        }
        return found.sorted(by: AliasGroups.precedes)
    }

    /// The names about which this snapshot says something else than an earlier one, ascending.
    public func changedNames(since earlier: AdvisoryIndex) -> [PackageName] {
        var changed: [PackageName] = []
        for ecosystem in Ecosystem.allCases {
            let (new, old) = (section(ecosystem), earlier.section(ecosystem))
            if let new, let old, new.entry.knowledgeDigest == old.entry.knowledgeDigest { continue }
            image.withBytes { newBytes in
                earlier.image.withBytes { oldBytes in
                    changed += unsafe IndexSection.difference(new, newBytes, old, oldBytes)
                }
            }
        }
        return changed.sorted()
    }
}
