import Platform

/// Whether advisories can be asked, and how fresh they are.
public enum AdvisoryState: Sendable {
    /// No bundle was ever imported here.
    case neverLoaded
    case current(AdvisoryIndex)
    /// Some ecosystem's records were last confirmed longer ago than allowed; the age is negative when the last
    /// confirmation lies in the future, so that nobody can say how old it is.
    case stale(AdvisoryIndex, age: Duration)

    /// The snapshot to ask, if there is one.
    public var index: AdvisoryIndex? {
        switch self {
        case .neverLoaded: nil
        case .current(let index), .stale(let index, _): index
        }
    }
}

/// How fresh one ecosystem's records are.
public enum AdvisoryFreshness: Sendable, Equatable {
    /// No bundle of that ecosystem was ever imported here.
    case neverLoaded
    /// Its source confirmed them within the allowed time.
    case current(age: Duration)
    /// Its source confirmed them longer ago than allowed.
    case stale(age: Duration)
    /// The only confirmations bear a time that has not come: the clock was wrong then or is wrong now, and "fresh for
    /// ever" would be the one answer that is never right.
    case confirmedInFuture(by: Duration)

    /// How far ahead of ours the clock may have been that stamped a confirmation.
    public static let clockTolerance = Duration.seconds(300)

    /// Whether decisions may rely on the records.
    public var isCurrent: Bool {
        switch self {
        case .current: true
        case .neverLoaded, .stale, .confirmedInFuture: false
        }
    }

    /// Time since the last confirmation, negative when that lies in the future; nil when there was none.
    public var age: Duration? {
        switch self {
        case .neverLoaded: nil
        case .current(let age), .stale(let age): age
        case .confirmedInFuture(let distance): .zero - distance
        }
    }

    /// Judges by the moments at which the records were made or confirmed.
    init(confirmations: [Timestamp], now: Timestamp, maxAge: Duration) {
        let latestCredible = now.adding(Self.clockTolerance)
        if let last = confirmations.filter({ $0 <= latestCredible }).max() {
            let age = max(.zero, last.distance(to: now))
            self = age > maxAge ? .stale(age: age) : .current(age: age)
        } else if let first = confirmations.min() {
            self = .confirmedInFuture(by: now.distance(to: first))
        } else {
            self = .neverLoaded
        }
    }
}
