import HTTP
import Platform
import Registry

/// Remembers which sources asked to be left alone, and until when (`Retry-After`), for whatever nobody waits for.
///
/// Clients' requests do not ask it: the circuit breaker decides about those.
final class RetryAdvice: Sendable {
    private let sources = Lock<[RegistryName: Timestamp]>([:])

    /// Until when a source wants to be left alone; nil when it does not say, or that time is over.
    func until(_ source: RegistryName, at now: Timestamp) -> Timestamp? {
        sources.withLock { sources in
            guard let until = sources[source] else { return nil }
            guard now < until else {
                sources[source] = nil
                return nil
            }
            return until
        }
    }

    /// Takes note of an answer that is no document.
    func note(_ status: Int, _ headers: HeaderFields, from source: RegistryName, at now: Timestamp) {
        guard [429, 503].contains(status), let text = headers["Retry-After"],
            let until = Self.moment(text, at: now), until > now
        else { return }
        sources.withLock { $0[source] = until }
    }

    /// Seconds from now, or a date; nil for anything else.
    ///
    /// Spec: RFC 9110 section 10.2.3; of the dates the one form that may be sent.
    static func moment(_ text: String, at now: Timestamp) -> Timestamp? {
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // What does not fit is as long as can be asked for.
            return now.adding(.seconds(min(Int64(text) ?? longestSeconds, longestSeconds)))
        }
        let parts = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return try? Timestamp(parsing: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }

    private static let longestSeconds: Int64 = 366 * 86_400
}
