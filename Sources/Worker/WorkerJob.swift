import Cryptography
import JSON
import Registry
import Screening

/// A job as the gateway hands it out.
struct WorkerJob: Sendable {
    /// The gateway's name of the job and the proof of holding it, given back as they came.
    let id: JSONValue
    let lease: JSONValue
    let sha512: SHA512Digest
    let sha256: SHA256Digest
    /// The artifact in the shared cache.
    let path: String
    let purl: PackageURL
    let version: PackageVersion
    let filename: String
    let ecosystem: Ecosystem
    let analyzer: AnalyzerID
    /// The digest of the rules to judge by; nil from gateways that do not tell.
    let ruleset: SHA256Digest?
    /// The statements under which these bytes were served, newest first.
    let standing: [ServedStatement]
    /// How often they were served, as far as there are records.
    let served: Int
    /// Whether the artifact was judged before and nobody waits for this.
    let isRescan: Bool
    /// What the artifact's difference is judged by; nil where the gateway says nothing of one.
    let increment: OfferedIncrement?

    /// Reads the answer to a lease request; nil when it is not one.
    init?(reading answer: JSONValue) {
        guard let job = answer["job"], let id = job["id"], let lease = job["lease"],
            let sha512 = job["sha512"]?.stringValue, let sha256 = job["sha256"]?.stringValue,
            let path = job["path"]?.stringValue, let filename = job["filename"]?.stringValue,
            let purlText = job["purl"]?.stringValue, let analyzerText = job["analyzer"]?.stringValue,
            let ecosystem = job["ecosystem"]?.stringValue.flatMap(Ecosystem.init(rawValue:))
        else { return nil }
        guard let sha512 = try? SHA512Digest(hex: sha512), let sha256 = try? SHA256Digest(hex: sha256),
            let purl = try? PackageURL(parsing: purlText), let version = purl.version,
            let analyzer = try? AnalyzerID(parsing: analyzerText), purl.name.ecosystem == ecosystem
        else { return nil }
        // Absent where nothing was served, and from gateways that do not tell.
        let listed = job["standing"]?.arrayValue ?? []
        let standing = listed.compactMap(ServedStatement.init)
        guard standing.count == listed.count else { return nil }
        let increment = OfferedIncrement(reading: job)
        // Others may look at a difference, this one cannot do without.
        if analyzer == .diff, increment == nil { return nil }
        self.increment = increment
        isRescan = job["isRescan"]?.boolValue ?? false
        self.standing = standing
        served = Int(clamping: job["served"]?.integerValue ?? 0)
        self.id = id
        self.lease = lease
        self.sha512 = sha512
        self.sha256 = sha256
        self.path = path
        self.purl = purl
        self.version = version
        self.filename = filename
        self.ecosystem = ecosystem
        self.analyzer = analyzer
        ruleset = job["ruleset"]?.stringValue.flatMap { try? SHA256Digest(hex: $0) }
    }

    var subject: Subject { Subject(purl: purl, sha512: sha512, sha256: sha256) }
}
