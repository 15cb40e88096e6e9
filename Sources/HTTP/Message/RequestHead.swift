/// A request's line and header fields, already checked for framing.
public struct RequestHead: Sendable {
    /// The method.
    public let method: Method
    /// The header fields as the client sent them.
    public let headers: HeaderFields
    /// The minor version of HTTP/1: 0 or 1.
    public let minorVersion: Int
    /// Whether the connection may carry another request after this one, as far as the client is concerned.
    public let isKeepAlive: Bool
    /// Whether the client waits for `100 Continue` before it sends the body.
    public let expectsContinue: Bool
    /// How the body is delimited.
    let framing: BodyFraming

    // The target lies in the same bytes as the header fields, so that a request costs no string until one is wanted.
    private let line: [UInt8]
    private let targetRange: Range<Int>
    private let queryStart: Int?

    /// A head as a handler would see it, for handlers that are called without a connection.
    ///
    /// `target` must be ASCII in origin form (`/path?query`) or `*`.
    public init(method: Method, target: String, headers: HeaderFields = [:], minorVersion: Int = 1) {
        let line = Array(target.utf8)
        self.init(
            method: method, line: line, targetRange: 0..<line.count, headers: headers,
            minorVersion: minorVersion, isKeepAlive: minorVersion == 1, expectsContinue: false, framing: .none)
    }

    init(
        method: Method, line: [UInt8], targetRange: Range<Int>, headers: HeaderFields, minorVersion: Int,
        isKeepAlive: Bool, expectsContinue: Bool, framing: BodyFraming
    ) {
        self.method = method
        self.headers = headers
        self.minorVersion = minorVersion
        self.isKeepAlive = isKeepAlive
        self.expectsContinue = expectsContinue
        self.framing = framing
        self.line = line
        self.targetRange = targetRange
        self.queryStart = line[targetRange].firstIndex(of: UInt8(ascii: "?"))
    }

    /// The raw ASCII target in origin form; a target in absolute form has lost its scheme and authority.
    public var target: String {
        String(decoding: line[targetRange], as: UTF8.self)
    }

    /// The raw path: the target up to the first `?`, with nothing decoded.
    public var path: String {
        String(decoding: line[targetRange.lowerBound..<(queryStart ?? targetRange.upperBound)], as: UTF8.self)
    }

    /// What follows the first `?`, with nothing decoded; nil without one.
    public var query: String? {
        guard let queryStart else { return nil }
        return String(decoding: line[(queryStart + 1)..<targetRange.upperBound], as: UTF8.self)
    }

    /// The bytes of `path`.
    public var pathBytes: ArraySlice<UInt8> {
        line[targetRange.lowerBound..<(queryStart ?? targetRange.upperBound)]
    }

    /// The body's size as the client declared it; nil for a chunked body.
    public var declaredBodyBytes: Int64? {
        switch framing {
        case .none: 0
        case .length(let count): count
        case .chunked: nil
        }
    }
}

/// How a message's body is delimited.
///
/// Spec: RFC 9112 section 6.3.
enum BodyFraming: Sendable, Equatable {
    case none
    case length(Int64)
    case chunked
}
