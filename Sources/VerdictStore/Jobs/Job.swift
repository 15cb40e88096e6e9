public import Cryptography
public import Platform
public import Registry
public import Screening

/// What makes a job one of a kind: the same bytes under the same rules are analysed once, whoever asks.
public struct JobKey: Hashable, Sendable {
    public let sha512: SHA512Digest
    public let analyzer: AnalyzerID
    /// The digest of the rules (or of the advisory snapshot) to judge by.
    public let ruleset: SHA256Digest
    /// For analyzers that judge names too (advisory): the name and version judged. Nil when the bytes alone matter.
    public let coordinates: PackageURL?

    public init(sha512: SHA512Digest, analyzer: AnalyzerID, ruleset: SHA256Digest, coordinates: PackageURL? = nil) {
        self.sha512 = sha512
        self.analyzer = analyzer
        self.ruleset = ruleset
        self.coordinates = coordinates
    }
}

/// Who is served first. Within one priority the oldest job is.
public enum JobPriority: Int, Sendable, CaseIterable, Comparable {
    /// A client is waiting for the answer.
    case waiting = 0
    case publish = 1
    /// Fetched ahead of demand.
    case warm = 2
    /// Judged before, to be judged again by newer rules.
    case rescan = 3

    /// Less urgent sorts after more urgent.
    public static func < (left: JobPriority, right: JobPriority) -> Bool { left.rawValue < right.rawValue }
}

/// What the registry's listing said about the artifact; an analyzer compares it with what is inside.
public struct RegistryFacts: Hashable, Sendable {
    /// The package's name as the listing spells it.
    public let name: String
    /// The version as the listing spells it.
    public let version: String

    public init(name: String, version: String) {
        self.name = name
        self.version = version
    }
}

/// An analysis somebody wants.
public struct JobRequest: Hashable, Sendable {
    public let key: JobKey
    public let sha256: SHA256Digest
    public let purl: PackageURL
    public let filename: String
    public let ecosystem: Ecosystem
    public let registryFacts: RegistryFacts
    public let priority: JobPriority
    public let sizeBytes: Int64

    public init(
        key: JobKey, sha256: SHA256Digest, purl: PackageURL, filename: String, ecosystem: Ecosystem,
        registryFacts: RegistryFacts, priority: JobPriority, sizeBytes: Int64
    ) {
        self.key = key
        self.sha256 = sha256
        self.purl = purl
        self.filename = filename
        self.ecosystem = ecosystem
        self.registryFacts = registryFacts
        self.priority = priority
        self.sizeBytes = sizeBytes
    }
}

/// The answer to `enqueue`.
public struct JobTicket: Hashable, Sendable {
    public let id: JobID
    /// Whether another request had already asked for the same job.
    public let isJoined: Bool
}

/// Which of the waiting jobs a worker takes.
public enum JobSelection: Hashable, Sendable {
    case all
    case except(AnalyzerID)
    /// Those of one analyzer, while fewer than `atMost` of them are leased to anybody.
    case only(AnalyzerID, atMost: Int)
}

/// A job's number, unique in its queue and never used twice.
public struct JobID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let value: Int64

    public init(value: Int64) { self.value = value }

    public var description: String { String(value) }

    public static func < (left: JobID, right: JobID) -> Bool { left.value < right.value }
}

/// Proof of holding a job: whoever lost the lease cannot finish the job of the next holder.
public struct LeaseToken: Hashable, Sendable {
    public let job: JobID
    /// 32 lower-case hexadecimal digits of randomness.
    public let secret: String

    public init(job: JobID, secret: String) {
        self.job = job
        self.secret = secret
    }
}

/// A job that one worker holds until `deadline`, unless it says that it still works on it.
public struct LeasedJob: Hashable, Sendable {
    public let lease: LeaseToken
    public let request: JobRequest
    /// When the queue will offer the job to another worker.
    public let deadline: Timestamp
    /// 1 for the first try.
    public let attempt: Int

    public var id: JobID { lease.job }
}

/// Why a worker could not finish a job.
public struct JobFailure: Hashable, Sendable, CustomStringConvertible {
    /// What the supervisor saw of the analysis child.
    public enum Cause: String, Sendable, CaseIterable {
        case crash
        case time
        case memory
        /// A limit of the analyzer, such as entries or unpacked bytes.
        case limit
        /// The child's answer did not fit the schema.
        case garbage
        /// The worker died or lost its lease; written by the queue, not by workers.
        case lost
    }

    public let cause: Cause
    /// For the operator. Bounded to 512 bytes when stored; never text from a package.
    public let detail: String

    public init(cause: Cause, detail: String = "") {
        self.cause = cause
        self.detail = detail
    }

    public var description: String { detail.isEmpty ? cause.rawValue : "\(cause.rawValue): \(detail)" }
}

/// How full the queue is.
public struct JobCounts: Hashable, Sendable {
    public let queued: Int
    public let leased: Int
    /// Given up after all attempts; each waits for its retry time or an operator.
    public let unavailable: Int
    public let capacity: Int
    /// How long the oldest queued job has been waiting.
    public let oldestQueuedSince: Timestamp?

    public init(queued: Int, leased: Int, unavailable: Int, capacity: Int, oldestQueuedSince: Timestamp?) {
        self.queued = queued
        self.leased = leased
        self.unavailable = unavailable
        self.capacity = capacity
        self.oldestQueuedSince = oldestQueuedSince
    }
}

/// Why the queue refused.
public enum JobQueueError: Error, Sendable, CustomStringConvertible {
    /// As many jobs wait as the queue may hold.
    case full(capacity: Int)
    /// The lease expired, the job was finished, or it belongs to another worker now.
    case leaseLost(JobID)
    case database(DatabaseError)

    public var description: String {
        switch self {
        case .full(let capacity): "the job queue holds its limit of \(capacity) jobs; start more workers or wait"
        case .leaseLost(let id): "job \(id) is no longer held under this lease; drop the result and ask for another job"
        case .database(let error): "\(error)"
        }
    }
}
