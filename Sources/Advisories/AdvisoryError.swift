public import Compression
public import Platform
public import Registry

/// Why advisories could not be imported or opened. What was there before stays in force.
public enum AdvisoryError: Error, Sendable, CustomStringConvertible {
    case file(FileError)
    /// The bundle is not a readable ZIP file.
    case bundle(Ecosystem, ZipError)
    /// The bundle holds not one usable record.
    case emptyBundle(Ecosystem, recordsRead: Int)
    /// The bundle has lost more than half of what the index has: records, packages or records of malicious packages.
    case shrunken(Ecosystem, counted: String, before: Int, after: Int)
    /// The bytes of one record cannot be read from the kept bundle; matching is not concerned.
    case original(Ecosystem, id: String, reason: String)
    /// The index file is damaged; it says nothing about any package.
    case corruptIndex(path: String, reason: String)
    /// The index was written by another version of this program.
    case foreignIndex(path: String, formatVersion: UInt32)
    /// The index has a version that this version of the program does not read as one.
    case unreadableVersion(Ecosystem, reason: String)
    /// One ecosystem's part would not fit the format.
    case tooLarge(Ecosystem, bytes: Int)

    public var description: String {
        switch self {
        case .file(let error): "advisories: \(error)"
        case .bundle(let ecosystem, let error):
            "the \(ecosystem.rawValue) advisory bundle cannot be read: \(error); fetch it again"
        case .emptyBundle(let ecosystem, let count):
            "none of the \(count) records in the \(ecosystem.rawValue) advisory bundle is usable; the old ones are kept"
        case .shrunken(let ecosystem, let counted, let before, let after):
            "the \(ecosystem.rawValue) advisory bundle shrank from \(before) to \(after) \(counted); "
                + "the old ones are kept. If that is right, import it with --allow-shrink"
        case .original(let ecosystem, let id, let reason):
            "the original of \(id) cannot be read from the kept \(ecosystem.rawValue) bundle: \(reason); "
                + "import the bundle again. Decisions are not concerned"
        case .corruptIndex(let path, let reason):
            "the advisory index \(path) is damaged (\(reason)); "
                + "import the bundles of every ecosystem again with --allow-shrink"
        case .foreignIndex(let path, let version):
            "the advisory index \(path) has format \(version), which this version does not read; "
                + "import the bundles of every ecosystem again with --allow-shrink"
        case .unreadableVersion(let ecosystem, let reason):
            "the \(ecosystem.rawValue) part of the advisory index cannot be read by this version (\(reason)); "
                + "import the bundles of every ecosystem again with --allow-shrink"
        case .tooLarge(let ecosystem, let bytes):
            "the \(ecosystem.rawValue) advisories take \(bytes) bytes, more than an index can hold"
        }
    }
}
