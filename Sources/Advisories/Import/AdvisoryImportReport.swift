import Cryptography
public import Registry

/// How far an import has come.
public struct AdvisoryImportProgress: Sendable, Equatable {
    public let ecosystem: Ecosystem
    public let recordsDone: Int
    public let recordsTotal: Int

    public init(ecosystem: Ecosystem, recordsDone: Int, recordsTotal: Int) {
        self.ecosystem = ecosystem
        self.recordsDone = recordsDone
        self.recordsTotal = recordsTotal
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
        /// Records that had to be read because the index before had no equal one.
        public var recordsReread = 0
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

    /// The report of an import that has nothing to do; nil when some bundle is new.
    init?(unchanged digests: [Ecosystem: SHA256Digest], in index: AdvisoryIndex) {
        for (ecosystem, digest) in digests {
            guard index.isComplete(ecosystem, from: digest) else { return nil }
            addUnchanged(ecosystem, in: index)
        }
        snapshotID = index.snapshotID
    }

    /// Counts an ecosystem whose bundle is the one imported before.
    mutating func addUnchanged(_ ecosystem: Ecosystem, in index: AdvisoryIndex) {
        var counts = Counts()
        counts.recordsKept = index.recordCounts[ecosystem] ?? 0
        counts.packages = index.section(ecosystem)?.knowledge.packageCount ?? 0
        counts.isUnchanged = true
        add(counts, for: ecosystem)
    }

    mutating func add(_ counts: Counts, for ecosystem: Ecosystem) {
        perEcosystem[ecosystem] = counts
    }

    mutating func name(_ record: String, _ reason: String, in ecosystem: Ecosystem) {
        guard skipped.count < Self.maxNamed else { return }
        skipped.append(
            Skipped(ecosystem: ecosystem, record: DisplayText.line(record), reason: DisplayText.line(reason)))
    }
}
