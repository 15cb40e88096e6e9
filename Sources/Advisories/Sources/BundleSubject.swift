import Compression
public import Platform
public import Registry

/// Which ecosystem a bundle is of, told from its records.
public enum BundleSubject {
    /// Records that are looked at, spread over the bundle.
    private static let sampleSize = 200

    /// The ecosystems that every readable record of a sample speaks of, in the order of `Ecosystem`.
    ///
    /// Records may speak of several; a bundle is of the one that all of them share. Blocks for as long as reading takes.
    /// - Returns: none when there is no such ecosystem, or no readable record.
    /// - Throws: `BundleSubjectError` when the file is no readable bundle.
    public static func ecosystems(ofFile path: String) throws(BundleSubjectError) -> [Ecosystem] {
        let file: MappedFile
        do throws(FileError) { file = try MappedFile(path: path) } catch { throw .file(error) }
        let directory: ZipDirectory
        do throws(ZipError) {
            directory = try ZipDirectory(reading: file, limits: BundleLimits.directory)
        } catch {
            throw .noBundle(path: path, reason: "\(error)")
        }
        let records = directory.entries.filter(\.isRecord)
        var shared: Set<Ecosystem>?
        for position in stride(from: 0, to: records.count, by: max(1, records.count / sampleSize)) {
            guard let bytes = try? directory.contents(of: records[position], maxBytes: BundleLimits.maxRecordBytes),
                let record = try? OSVReader.read(bytes)
            else { continue }
            let named = Ecosystem.allCases.filter { ecosystem in
                record.affected.contains { $0.ecosystem == ecosystem.nameInRecords }
            }
            shared = shared?.intersection(named) ?? Set(named)
        }
        return Ecosystem.allCases.filter { shared?.contains($0) ?? false }
    }
}

/// Why a file says nothing of an ecosystem.
public enum BundleSubjectError: Error, Sendable, CustomStringConvertible {
    case file(FileError)
    case noBundle(path: String, reason: String)

    public var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .noBundle(let path, let reason): "\(path) is no advisory bundle: \(reason)"
        }
    }
}
