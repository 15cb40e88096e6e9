public import Platform

/// Where everything that must survive a restart lives. The only place that spells file names.
public struct DataDirectory: Hashable, Sendable {
    /// The directory itself.
    public let path: String
    /// The last checkpoint that this log signed, kept outside the directory on purpose: a backup of the directory that
    /// is put back must not bring its own witness along.
    public let anchorPath: String

    /// Names a data directory; nothing is created or read.
    ///
    /// - Parameter anchorPath: where the rewind anchor is kept. By default beside the directory: `data.anchor`.
    public init(path: String, anchorPath: String? = nil) {
        var trimmed = path
        while trimmed.utf8.count > 1 && trimmed.utf8.last == UInt8(ascii: "/") { trimmed.removeLast() }
        self.path = trimmed
        self.anchorPath = anchorPath ?? trimmed + ".anchor"
    }

    /// Log entries, tiles, checkpoints and the statement index.
    public var verdictsPath: String { path + "/verdicts.db" }
    /// What was taken over from other logs.
    public var foreignPath: String { path + "/foreign.db" }
    /// The last checkpoint that enough witnesses cosigned, as it is shown to others.
    public var publishedCheckpointPath: String { path + "/published.checkpoint" }
    /// The job queue.
    public var jobsPath: String { path + "/jobs.db" }
    /// What every listing claimed, and when it was first seen.
    public var historyPath: String { path + "/history.db" }
    /// Says that the listing history was lost, until an operator removes it.
    public var historyLossPath: String { path + "/history.lost" }
    /// Who fetched which bytes when.
    public var accessPath: String { path + "/access.db" }
    /// Refusals that clients ran into.
    public var refusalsPath: String { path + "/refusals.db" }
    /// Compiled advisory snapshots, one file each.
    public var advisoriesDirectory: String { path + "/advisories" }
    /// Which advisory snapshot every known artifact was compared with last.
    public var sweptAdvisoriesPath: String { advisoriesDirectory + "/swept.json" }
    /// Which artifacts an operator wants analysed again, until they are.
    public var rescanPath: String { path + "/rescan.json" }
    /// What is fetched and analysed ahead of demand.
    public var watchPath: String { path + "/watch.db" }
    /// Accepted sets of the operator's own rules.
    public var rulesDirectory: String { path + "/rules" }
    /// How models are asked about artifacts, as `serve` tells its workers; gone when they are not.
    public var reviewSettingsPath: String { path + "/review.json" }
    /// What changed in releases, for people who ask why; may be deleted.
    public var differencesPath: String { path + "/differences.db" }
    /// What models were asked, what that cost, and what they answered.
    public var reviewsPath: String { path + "/reviews.db" }
    /// Private keys, one file each.
    public var keysDirectory: String { path + "/keys" }
    /// Published artifacts and their listings.
    public var hostedDirectory: String { path + "/hosted" }
    /// The operator API's Unix socket.
    public var adminSocketPath: String { path + "/admin.sock" }
    /// The audit log, JSON Lines.
    public var auditPath: String { path + "/audit.jsonl" }
    /// Locked while a process may write here.
    public var lockPath: String { path + "/lock" }

    /// Makes the directory and those below it, readable for this user alone. What is there stays.
    ///
    /// - Throws: `FileError`.
    public func create() throws(FileError) {
        for directory in [path, advisoriesDirectory, keysDirectory, hostedDirectory] {
            try Files.createDirectory(directory, mode: 0o700)
        }
    }
}
