import Compression
public import Platform
public import Registry

/// Judges a version by records that came one by one, such as from a service, instead of in a bundle.
public enum SingleRecords {
    /// The problems that the records know of a version: what an index made of them says, by the same code as ever.
    ///
    /// Blocks for some milliseconds.
    /// - Parameters:
    ///   - records: each in the Open Source Vulnerability format. One that cannot be read is left out.
    ///   - scratch: a folder for files that are gone when this returns; made when missing.
    /// - Throws: `AdvisoryError` when the folder cannot be written.
    public static func matches(
        _ records: [[UInt8]], _ name: PackageName, _ version: PackageVersion, scratch: String, now: Timestamp
    ) throws(AdvisoryError) -> [AdvisoryMatch] {
        guard !records.isEmpty else { return [] }
        let entries = records.enumerated().map { (name: "\($0.offset).json", contents: $0.element) }
        let bundle = AdvisoryBundle(name.ecosystem, bytes: StoredZip.bytes(entries))
        let folder = "\(scratch)/live-\(SystemRandom().bytes(8).map { String($0, radix: 16) }.joined())"
        // Left behind by a stop, it is empty of meaning: nothing reads it again.
        defer { try? Files.removeTree(folder) }
        do throws(AdvisoryError) {
            let directory = AdvisoryDirectory(directory: folder)
            _ = try directory.install([bundle], now: now, allowShrink: true)
            return try directory.current()?.matches(name, version) ?? []
        } catch {
            // Records about something else, or withdrawn ones: nothing is known of this version.
            if case .emptyBundle = error { return [] }
            throw error
        }
    }
}
