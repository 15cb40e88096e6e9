public import Cryptography
public import Platform
public import Registry

/// One immutable snapshot of everything known about packages of all ecosystems, in a memory-mapped file.
///
/// Opening checks the whole file against its digests, so a damaged file is an error and never an empty answer. Asking
/// touches a few pages, takes microseconds, blocks nobody and is safe from any thread.
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
    /// The file's first bytes, which hold a digest of the rest: another file has another header.
    let fileHeader: [UInt8]
    private let file: MappedFile
    private let sections: [Ecosystem: IndexSection]

    /// Maps and checks an index file.
    ///
    /// - Throws: `AdvisoryError.file` when it cannot be read, `.corruptIndex` when it is damaged, `.foreignIndex` when
    ///   another version wrote it.
    public static func open(path: String) throws(AdvisoryError) -> AdvisoryIndex {
        let file: MappedFile
        do throws(FileError) {
            file = try MappedFile(path: path)
        } catch {
            throw .file(error)
        }
        return try AdvisoryIndex(file, path)
    }

    /// The header of the index file that is at `path` now.
    static func fileHeader(_ path: String) throws(AdvisoryError) -> [UInt8] {
        do throws(FileError) {
            return try OpenFile.openForReading(path).read(at: 0, count: IndexFormat.headerBytes)
        } catch {
            throw .file(error)
        }
    }

    private init(_ file: MappedFile, _ path: String) throws(AdvisoryError) {
        self.file = file
        let header = unsafe try file.withBytes { bytes throws(AdvisoryError) in
            unsafe try IndexHeader(checking: bytes, path: path)
        }
        fileHeader = unsafe file.withBytes { unsafe [UInt8]($0[..<IndexFormat.headerBytes]) }
        builtAt = header.builtAt
        snapshotID = header.snapshotID
        var sections: [Ecosystem: IndexSection] = [:]
        for entry in header.entries { sections[entry.ecosystem] = IndexSection(entry) }
        self.sections = sections
        recordCounts = sections.mapValues(\.entry.recordCount)
        sourceDigests = sections.mapValues(\.entry.sourceDigest)
        importedAt = sections.mapValues(\.entry.importedAt)
    }

    /// The problems known of one version, ascending by id; aliases are one match.
    ///
    /// Withdrawn records never match. An ecosystem that was never loaded has no matches: ask `recordCounts`.
    public func matches(_ name: PackageName, _ version: PackageVersion) -> [AdvisoryMatch] {
        precondition(name.ecosystem == version.ecosystem, "a version of another ecosystem")
        return withPackage(name) { package in
            guard let package else { return [] }
            let position = package.position(of: version)
            var found: [AdvisoryBlob.Match] = []
            package.forEachAdvisory { advisory in
                if let match = advisory.match(position) { found.append(match) }
            }
            return AliasGroups.merge(found, package.versionText)
        }
    }

    /// Says whether any record in force names the package, whatever the version.
    public func hasAdvisories(for name: PackageName) -> Bool {
        withPackage(name) { $0 != nil }
    }

    /// All records about a package, in the order of the bundle.
    public func advisories(for name: PackageName) -> [PackageAdvisory] {
        withPackage(name) { package in
            guard let package else { return [] }
            return Self.details(of: package)
        }
    }

    /// The records of that id: one for each package it is about, ascending by package.
    public func advisories(withID id: String) -> [PackageAdvisory] {
        var found: [PackageAdvisory] = []
        for ecosystem in Ecosystem.allCases {
            guard let section = sections[ecosystem] else { continue }
            unsafe file.withBytes { bytes in
                for index in unsafe section.packages(withID: id, in: bytes) {
                    guard let package = unsafe section.package(at: index, in: bytes) else { continue }
                    found += Self.details(of: package).filter { $0.id == id }
                }
            }
        }
        return found
    }

    /// The record of that id as its bundle holds it, also when it is withdrawn.
    ///
    /// - Returns: the bytes of its JSON text; nil when no loaded bundle has such a record.
    /// - Throws: `AdvisoryError` when the record is known and its bytes cannot be had. Matching does not need them.
    public func record(withID id: String) throws(AdvisoryError) -> [UInt8]? {
        nil
    }

    /// The ids of the records in force that give `name` as an alias, ascending.
    public func ids(aliasedBy name: String) -> [String] {
        var found: Set<String> = []
        for ecosystem in Ecosystem.allCases {
            guard let section = sections[ecosystem] else { continue }
            unsafe file.withBytes { bytes in
                for package in unsafe section.packages(in: bytes) {
                    package.forEachAdvisory { advisory in
                        let labels = advisory.details().labels
                        if labels.aliases.contains(name) { found.insert(labels.id) }
                    }
                }
            }
        }
        return found.sorted(by: AliasGroups.precedes)
    }

    /// The names about which this snapshot says something else than an earlier one, ascending.
    public func changedNames(since earlier: AdvisoryIndex) -> [PackageName] {
        var changed: [PackageName] = []
        for ecosystem in Ecosystem.allCases {
            let (new, old) = (sections[ecosystem], earlier.sections[ecosystem])
            if let new, let old, new.entry.digest == old.entry.digest { continue }
            unsafe file.withBytes { newBytes in
                unsafe earlier.file.withBytes { oldBytes in
                    unsafe changed += IndexSection.difference(new, newBytes, old, oldBytes, ecosystem)
                }
            }
        }
        return changed.sorted()
    }

    /// One ecosystem's part as it stands in the file, to be carried into the next snapshot.
    func carriedSection(_ ecosystem: Ecosystem) -> (entry: SectionEntry, bytes: [UInt8])? {
        guard let entry = sections[ecosystem]?.entry else { return nil }
        let bytes = unsafe file.withBytes { unsafe [UInt8]($0[entry.offset..<(entry.offset + entry.byteCount)]) }
        return (entry, bytes)
    }

    private func withPackage<Result>(_ name: PackageName, _ body: (PackageBlob?) -> Result) -> Result {
        guard let section = sections[name.ecosystem] else { return body(nil) }
        return unsafe file.withBytes { bytes in
            unsafe body(section.package(named: name, in: bytes))
        }
    }

    private static func details(of package: PackageBlob) -> [PackageAdvisory] {
        var result: [PackageAdvisory] = []
        package.forEachAdvisory { advisory in
            let (labels, named, events) = advisory.details()
            let ranges = events.map { events in
                events.map { event in
                    PackageAdvisory.RangeEvent(
                        kind: event.kind, version: event.boundary == 0 ? "0" : package.versionText(event.boundary - 1))
                }
            }
            result.append(
                PackageAdvisory(
                    package: package.name, id: labels.id, aliases: labels.aliases, isMalicious: labels.isMalicious,
                    cvssTenths: labels.cvssTenths, cvssVector: labels.cvssVector, summary: labels.summary,
                    modifiedSeconds: labels.modifiedSeconds, ranges: ranges,
                    versions: named.joined().map(package.versionText)))
        }
        return result
    }
}
