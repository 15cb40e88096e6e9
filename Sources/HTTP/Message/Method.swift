/// The request methods that this server knows; any other is answered 501 before a handler sees it.
///
/// Spec: RFC 9110 section 9; method names are case-sensitive.
public enum Method: String, Sendable, Hashable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"

    /// Whether repeating the request has the same effect as sending it once.
    ///
    /// Spec: RFC 9110 section 9.2.2.
    public var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options: true
        case .post, .patch: false
        }
    }

    /// Finds a method by its exact spelling.
    init?(spelling: Span<UInt8>) {
        guard let method = Method.allCases.first(where: { isEqual(spelling, $0.rawValue) }) else { return nil }
        self = method
    }
}

/// Whether `bytes` spell `text` exactly.
func isEqual(_ bytes: Span<UInt8>, _ text: String) -> Bool {
    guard bytes.count == text.utf8.count else { return false }
    var position = 0
    for byte in text.utf8 {
        if bytes[position] != byte { return false }
        position += 1
    }
    return true
}
