/// What happens when a `malicious` verdict or advisory stands.
public enum MaliciousAction: String, Sendable, CaseIterable {
    case block, hold
    /// Serve, but record and show as if refused.
    case report
}

/// What happens when a `suspicious` verdict stands.
public enum SuspiciousAction: String, Sendable, CaseIterable {
    case hold, block
    /// Serve, but record and show as if refused.
    case report
    case allow
}

/// What happens when an analyzer whose verdict is required cannot give one.
public enum UnavailableAction: String, Sendable, CaseIterable {
    /// Fail closed.
    case hold
    case allow
}

/// How a version's age counts when no source of its publish time answers.
public enum MissingTimeRule: String, Sendable, CaseIterable {
    /// As published now, at every look: held until a time becomes known.
    case hold
    /// From our first sight of the version.
    case firstSeen
    /// As old enough.
    case serve
}
