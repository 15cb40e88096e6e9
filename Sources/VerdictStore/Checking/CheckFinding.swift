/// A part of a deployment that can be checked by itself.
public enum CheckPart: String, Sendable, CaseIterable {
    /// Entries, signatures, tiles, checkpoints, statement index and anchor.
    case log
    /// The other databases.
    case databases
    /// Key files, and whether the log knows them.
    case keys
    /// Cached artifacts against their digests, and the index of the cache.
    case artifacts
    /// Published artifacts and their listings.
    case hosted
    /// What interrupted work left behind.
    case leftovers
}

/// One thing that is not as it should be.
public struct CheckFinding: Hashable, Sendable {
    /// How much it matters.
    public enum Weight: String, Sendable, CaseIterable {
        /// Something cannot be relied on. Verification fails.
        case damage
        /// It works, and somebody should look at it.
        case warning
        /// Worth knowing.
        case note
    }

    public let weight: Weight
    public let part: CheckPart
    /// The file or thing it is about.
    public let place: String
    /// What was found, and what was expected.
    public let problem: String
    /// What to do about it.
    public let advice: String
    /// Whether the file at `place` can go: it is made again when it is needed.
    public let isDisposable: Bool
    /// Whether it is put right already, as `repair` asked for.
    public var isRepaired = false
}

/// What checking one part found.
public struct CheckResult: Hashable, Sendable {
    public let part: CheckPart
    /// What was looked at, such as `4 databases`.
    public let summary: String
    /// In the order in which they were found.
    public let findings: [CheckFinding]

    /// Whether the part can be relied on: nothing is damaged, or all that was is repaired.
    public var isSound: Bool { !findings.contains { $0.weight == .damage && !$0.isRepaired } }
}
