/// Why a request's body could not be read to its end.
public enum BodyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The body is larger than the route or the server takes.
    case tooLarge(maxBytes: Int64)
    /// The client sent too slowly.
    case timedOut
    /// The client closed the connection.
    case clientLeft
    /// The body's framing is wrong.
    case malformed(String)
    /// The reading task was cancelled.
    case cancelled

    public var description: String {
        switch self {
        case .tooLarge(let maxBytes): "the request body is larger than the \(maxBytes) bytes that are taken here"
        case .timedOut: "the request body came too slowly"
        case .clientLeft: "the client closed the connection within the request body"
        case .malformed(let reason): "the request body is malformed: \(reason)"
        case .cancelled: "reading the request body was cancelled"
        }
    }

    /// The status to answer with: 413, 408 or 400.
    public var status: Int {
        switch self {
        case .tooLarge: 413
        case .timedOut: 408
        case .clientLeft, .malformed, .cancelled: 400
        }
    }
}

/// A request's body, read from the client only as far as the handler asks.
///
/// Asking for the first bytes sends `100 Continue` to a client that waits for it. One task reads, once.
public final class RequestBody: Sendable {
    private enum Source: Sendable {
        case channel(ByteChannel<BodyError>)
        case empty
    }

    /// The body of a request that has none.
    static let none = RequestBody(bytes: [])

    private let source: Source
    /// The size that the client declared; nil when it declared none.
    public let declaredBytes: Int64?

    /// A body that is already there.
    public init(bytes: [UInt8]) {
        declaredBytes = Int64(bytes.count)
        guard !bytes.isEmpty else {
            source = .empty
            return
        }
        let channel = ByteChannel<BodyError>(
            maxBufferedBytes: bytes.count + 1, startsPaused: false, cancelled: .cancelled, onDemand: {})
        _ = channel.push(bytes)
        channel.finish(.success(()))
        source = .channel(channel)
    }

    init(channel: ByteChannel<BodyError>, declaredBytes: Int64?) {
        source = .channel(channel)
        self.declaredBytes = declaredBytes
    }

    /// The next bytes of the body, at least one; nil at the end.
    ///
    /// - Throws: `BodyError`; the connection then ends after the response.
    public func next() async throws(BodyError) -> [UInt8]? {
        switch source {
        case .channel(let channel): try await channel.next()
        case .empty: nil
        }
    }

    /// The whole body.
    ///
    /// - Throws: `BodyError.tooLarge` before any byte is read when the declared size is over `maxBytes`, or as soon as
    ///   the bytes are.
    public func collect(maxBytes: Int) async throws(BodyError) -> [UInt8] {
        if let declaredBytes, declaredBytes > Int64(maxBytes) { throw .tooLarge(maxBytes: Int64(maxBytes)) }
        guard var all = try await next() else { return [] }
        while true {
            if all.count > maxBytes { throw .tooLarge(maxBytes: Int64(maxBytes)) }
            guard let more = try await next() else { return all }
            all.append(contentsOf: more)
        }
    }
}
