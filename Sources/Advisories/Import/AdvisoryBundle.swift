import Compression
import Cryptography
public import Platform
public import Registry

/// The records of one ecosystem as they are published: `all.zip`, one JSON file per record.
public struct AdvisoryBundle: Sendable {
    public let ecosystem: Ecosystem
    private let contents: Contents

    private enum Contents: Sendable {
        case memory([UInt8])
        case mapped(MappedFile)
    }

    public init(_ ecosystem: Ecosystem, bytes: [UInt8]) {
        self.ecosystem = ecosystem
        contents = .memory(bytes)
    }

    public init(_ ecosystem: Ecosystem, file: MappedFile) {
        self.ecosystem = ecosystem
        contents = .mapped(file)
    }

    /// Maps the file at `path`.
    public init(_ ecosystem: Ecosystem, path: String) throws(AdvisoryError) {
        do throws(FileError) {
            self.init(ecosystem, file: try MappedFile(path: path))
        } catch {
            throw .file(error)
        }
    }

    var digest: SHA256Digest {
        switch contents {
        case .memory(let bytes): SHA256Digest(hashing: bytes)
        case .mapped(let file): unsafe file.withBytes { unsafe SHA256Digest(hashing: $0) }
        }
    }

    func directory() throws(AdvisoryError) -> ZipDirectory {
        let limits = ZipLimits(maxEntries: 5_000_000, maxNameBytes: 4096, maxDirectoryBytes: 1 << 30)
        do throws(ZipError) {
            switch contents {
            case .memory(let bytes): return try ZipDirectory(reading: bytes, limits: limits)
            case .mapped(let file): return try ZipDirectory(reading: file, limits: limits)
            }
        } catch {
            throw .bundle(ecosystem, error)
        }
    }
}

/// What an import did.
public struct AdvisoryImportReport: Sendable, Equatable {
    /// A record, or a part of one, that is not in the index, and why.
    public struct Skipped: Sendable, Equatable {
        public let ecosystem: Ecosystem
        /// The record's id, or the name of its file when it could not be read.
        public let record: String
        public let reason: String
    }

    /// Counts of one bundle.
    public struct Counts: Sendable, Equatable {
        public var recordsRead = 0
        /// Records in force that are in the index.
        public var recordsKept = 0
        public var recordsWithdrawn = 0
        /// Records with something wrong in them; some of them are kept in part.
        public var recordsSkipped = 0
        public var packages = 0
        /// The bundle was byte for byte the one imported before; nothing was read.
        public var isUnchanged = false
    }

    /// How many skipped records are named.
    public static let maxNamed = 100

    public private(set) var perEcosystem: [Ecosystem: Counts] = [:]
    /// The first `maxNamed` of them, in the order of the bundles.
    public private(set) var skipped: [Skipped] = []
    /// The snapshot that is now in force.
    public internal(set) var snapshotID = ""

    public var recordsRead: Int { perEcosystem.values.reduce(0) { $0 + $1.recordsRead } }
    public var recordsKept: Int { perEcosystem.values.reduce(0) { $0 + $1.recordsKept } }
    public var recordsSkipped: Int { perEcosystem.values.reduce(0) { $0 + $1.recordsSkipped } }

    init() {}

    mutating func add(_ counts: Counts, for ecosystem: Ecosystem) {
        perEcosystem[ecosystem] = counts
    }

    mutating func name(_ record: String, _ reason: String, in ecosystem: Ecosystem) {
        guard skipped.count < Self.maxNamed else { return }
        skipped.append(
            Skipped(ecosystem: ecosystem, record: DisplayText.line(record), reason: DisplayText.line(reason)))
    }
}
