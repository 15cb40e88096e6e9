import HTTP
import Platform
import Registry

/// Remembers which sources are down, so that clients get an answer at once in place of a time-out each.
///
/// After `maxFails` failures in a row a source is not asked for `failTimeout`; then one request probes it while the others
/// are still answered at once. One success closes the circuit.
final class CircuitBreaker: Sendable {
    /// Whether a source may be asked now.
    enum Permission: Sendable, Equatable {
        case allowed
        /// It failed too often; `until` is when it will be asked again.
        case refused(until: Timestamp)
    }

    private struct Health {
        var failuresInARow = 0
        var closedUntil: Timestamp?
        var lastReason = ""
    }

    /// What sources said of when to ask again.
    let advice = RetryAdvice()
    private let sources = Lock<[RegistryName: Health]>([:])
    private let clock: any WallClock

    init(clock: any WallClock) {
        self.clock = clock
    }

    /// Asks whether `source` may be asked; a permission given after a pause is a probe, and is given once per pause.
    func permission(for source: RegistryName, limits: UpstreamDefinition) -> Permission {
        let now = clock.now()
        return sources.withLock { sources in
            guard var health = sources[source], let closedUntil = health.closedUntil else { return .allowed }
            if now < closedUntil { return .refused(until: closedUntil) }
            // The probe's own outcome decides; until it is known the circuit stays open for everybody else.
            health.closedUntil = now.adding(limits.failTimeout)
            sources[source] = health
            return .allowed
        }
    }

    /// Records an answer: the source is healthy.
    func succeeded(_ source: RegistryName) {
        sources.withLock { _ = $0.removeValue(forKey: source) }
    }

    /// Records that the source did not answer, or answered that it cannot.
    func failed(_ source: RegistryName, limits: UpstreamDefinition, reason: String) {
        let now = clock.now()
        sources.withLock { sources in
            var health = sources[source] ?? Health()
            health.failuresInARow += 1
            health.lastReason = reason
            if health.failuresInARow >= limits.maxFails { health.closedUntil = now.adding(limits.failTimeout) }
            sources[source] = health
        }
    }

    /// Takes note of what an answer that is no document says of when to ask again.
    func heard(_ status: Int, _ headers: HeaderFields, from source: RegistryName) {
        advice.note(status, headers, from: source, at: clock.now())
    }

    /// Whether `source` said that it wants to be left alone, for a time that is not over.
    func wantsQuiet(_ source: RegistryName) -> Bool { advice.until(source, at: clock.now()) != nil }

    /// Why `source` counts as down and until when; nil while it is in use.
    func outage(of source: RegistryName) -> (reason: String, until: Timestamp)? {
        let now = clock.now()
        return sources.withLock { sources in
            guard let health = sources[source], let until = health.closedUntil, now < until else { return nil }
            return (health.lastReason, until)
        }
    }
}
