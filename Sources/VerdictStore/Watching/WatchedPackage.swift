public import JSON
public import Platform
public import Registry

/// What names a watched package: the same name at another registry is another one.
public struct WatchKey: Hashable, Comparable, Sendable {
    public let name: PackageName
    /// Nil for the default registry of its ecosystem.
    public let registry: RegistryName?

    public init(_ name: PackageName, at registry: RegistryName? = nil) {
        self.name = name
        self.registry = registry
    }

    public static func < (left: Self, right: Self) -> Bool {
        if left.name != right.name { return left.name < right.name }
        guard let other = right.registry else { return false }
        return left.registry.map { $0 < other } ?? true
    }
}

/// Why a package is watched, and for which versions.
public struct WatchReason: Hashable, Sendable {
    public enum Origin: Hashable, Sendable {
        /// Somebody named the package itself.
        case named
        /// It stands in a lockfile, which somebody gave this name.
        case lockfile(String)
        /// Somebody wants it looked at once; it is forgotten afterwards.
        case once
    }

    public let origin: Origin
    public let wish: VersionWish
    /// How many versions are wanted; nil for as many as the configuration says.
    public let versions: Int?
    public let since: Timestamp

    public init(_ origin: Origin, _ wish: VersionWish, versions: Int?, since: Timestamp) {
        self.origin = origin
        self.wish = wish
        self.versions = versions
        self.since = since
    }
}

/// What the last look at a package found.
public struct WatchLook: Equatable, Sendable {
    public let at: Timestamp
    /// What it found, as the gateway wrote it; null when it found nothing.
    public let found: JSONValue
    /// Why the look was not complete; nil when it was.
    public let problem: String?

    public init(at moment: Timestamp, found: JSONValue, problem: String?) {
        at = moment
        self.found = found
        self.problem = problem
    }
}

/// A package that is looked at ahead of demand.
public struct WatchedPackage: Equatable, Sendable {
    public let key: WatchKey
    /// At least one; in the order in which they were given.
    public var reasons: [WatchReason]
    /// The number of the last order to look at it.
    public var asked: Int64
    /// The number of the last order that was fulfilled.
    public var answered: Int64
    public var look: WatchLook?

    public init(_ key: WatchKey, reasons: [WatchReason], asked: Int64, answered: Int64, look: WatchLook?) {
        self.key = key
        self.reasons = reasons
        self.asked = asked
        self.answered = answered
        self.look = look
    }

    /// Whether an order to look at it is not fulfilled.
    public var isOrdered: Bool { asked > answered }

    /// Whether nobody watches it: somebody wanted it once.
    public var isOnlyOnce: Bool { reasons.allSatisfy { $0.origin == .once } }
}

/// How a change changes the watch list.
public struct WatchChange: Hashable, Sendable {
    /// Packages that were not watched before.
    public var added = 0
    /// Packages that are watched otherwise, or for one more reason.
    public var changed = 0
    public var unchanged = 0
    /// Packages that are not watched any more.
    public var removed = 0

    public init() {}
}
