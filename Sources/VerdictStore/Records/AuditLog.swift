public import JSON
public import Platform

/// Something that an auditor may ask about later: one line of the audit log.
public struct AuditEvent: Sendable {
    /// What kind of thing happened; the member `event` of the line.
    public enum Kind: String, Sendable, CaseIterable {
        /// A decision on an artifact or a publish.
        case decision
        /// A refusal in a listing that a client ran into.
        case refusal
        case disposition
        case keyEvent = "key-event"
        case revocation
        /// News changed what an analyzer says about an artifact.
        case verdictChange = "verdict-change"
        /// A listing says of a release otherwise than when it named it first.
        case rewriting
        /// A log was declared to continue another, or to be continued.
        case succession
        case policy
        case reload
        /// An operator changed what is fetched and analysed ahead.
        case watchList = "watch-list"
        case importing = "import"
        case start
        case stop
    }

    public let kind: Kind
    public let at: Timestamp
    /// The line's other members, in their order. Never a secret.
    public let members: JSONObject
    /// Events of equal kind and key within one minute are one line: such as the same client and artifact.
    public let deduplicationKey: String?

    public init(_ kind: Kind, at: Timestamp, members: JSONObject, deduplicationKey: String? = nil) {
        self.kind = kind
        self.at = at
        self.members = members
        self.deduplicationKey = deduplicationKey
    }
}

/// Decisions and changes for people and machines, as JSON Lines in `audit.jsonl`.
///
/// Rotation: a file that would outgrow `maxFileBytes` is closed under a name with the time, `audit-<time>-<number>.jsonl`, and
/// of those the newest `keptFiles` stay. Durability: a written line survives the end of the process; a loss of power
/// may take lines since the last `synchronise`, which runs at rotation and at `close`. The log of verdicts and rulings,
/// which must survive, is the verdict log.
public final class AuditLog: Sendable {
    /// How much is kept.
    public struct Limits: Hashable, Sendable {
        public var maxFileBytes: Int64
        public var keptFiles: Int

        public init(maxFileBytes: Int64 = 64 << 20, keptFiles: Int = 20) {
            precondition(maxFileBytes > 0 && keptFiles >= 0, "an audit log needs room")
            self.maxFileBytes = maxFileBytes
            self.keptFiles = keptFiles
        }
    }

    private let thread = BlockingThread(name: "audit")
    private let file: Lock<AuditFile?>
    private let recent = Lock(RecentEvents())

    /// Opens the log, made when missing. Blocks; it belongs to start-up.
    ///
    /// - Throws: `FileError`.
    public init(path: String, limits: Limits = Limits()) throws(FileError) {
        file = Lock(try AuditFile(path: path, limits: limits))
    }

    /// Writes an event as one line, unless the same was written in this minute.
    ///
    /// - Throws: `FileError` when the line could not be written.
    public func record(_ event: AuditEvent) async throws(FileError) {
        guard recent.withLock({ $0.isNew(event) }) else { return }
        let line = AuditLog.line(of: event)
        let at = event.at
        try await thread.run { [self] () throws(FileError) in
            let failure: FileError? = file.withLock { held in
                guard var current = held.take() else { return FileError.closed }
                let failure = current.failure(appending: line, at: at)
                held = consume current
                return failure
            }
            if let failure { throw failure }
        }
    }

    /// Writes what was asked for, synchronises and closes the file. Later calls throw.
    ///
    /// - Throws: `FileError` when the last lines may not survive a loss of power.
    public func close() async throws(FileError) {
        try await thread.run { [self] () throws(FileError) in
            let failure: FileError? = file.withLock { held in
                guard let current = held.take() else { return nil }
                do throws(FileError) {
                    try current.synchronise()
                    return nil
                } catch {
                    return error
                }
            }
            if let failure { throw failure }
        }
    }

    /// `time` and `event` come first so that lines can be read by eye.
    static func line(of event: AuditEvent) -> [UInt8] {
        var object: JSONObject = ["time": .string(event.at.rfc3339), "event": .string(event.kind.rawValue)]
        for member in event.members.members { object.set(member.name, member.value) }
        return JSONText.serialize(.object(object)) + [0x0A]
    }
}

extension FileError {
    /// The answer to writing after `close` (`EBADF`).
    fileprivate static let closed = FileError(operation: "write to the closed audit log", path: "audit log", code: 9)
}

/// What was written in the current minute.
private struct RecentEvents {
    /// More distinct events in a minute than this are written even when repeated, rather than held in memory.
    private static let maxKeys = 50_000

    private var minute: Int64 = .min
    private var keys: Set<String> = []

    mutating func isNew(_ event: AuditEvent) -> Bool {
        guard let key = event.deduplicationKey else { return true }
        let minute = event.at.secondsSinceEpoch / 60
        if minute != self.minute {
            self.minute = minute
            keys = []
        }
        guard keys.count < RecentEvents.maxKeys else { return true }
        return keys.insert("\(event.kind.rawValue)\n\(key)").inserted
    }
}
