/// A response whose head has come; its body is read on demand.
///
/// Dropping it cancels what is left of the transfer.
public final class UpstreamResponse: Sendable {
    /// The status, 200 to 599.
    public let status: Int
    /// The header fields.
    public let headers: HeaderFields
    /// The URL that answered, after redirects.
    public let finalURL: String

    private let body: ByteChannel<UpstreamError>
    private let onDrop: @Sendable () -> Void

    init(
        status: Int, headers: HeaderFields, finalURL: String, body: ByteChannel<UpstreamError>,
        onDrop: @escaping @Sendable () -> Void
    ) {
        self.status = status
        self.headers = headers
        self.finalURL = finalURL
        self.body = body
        self.onDrop = onDrop
    }

    /// A response whose body is already there, for in-memory upstreams.
    public convenience init(status: Int, headers: HeaderFields = [:], finalURL: String, body: [UInt8]) {
        let channel = ByteChannel<UpstreamError>(
            maxBufferedBytes: body.count + 1, startsPaused: false, cancelled: .aborted, onDemand: {})
        _ = channel.push(body)
        channel.finish(.success(()))
        self.init(status: status, headers: headers, finalURL: finalURL, body: channel, onDrop: {})
    }

    deinit {
        onDrop()
    }

    /// The next bytes of the body, at least one; nil at its end.
    ///
    /// - Throws: `UpstreamError`; what came before must then be thrown away.
    public func next() async throws(UpstreamError) -> [UInt8]? {
        try await body.next()
    }

    /// The whole body.
    ///
    /// - Throws: `UpstreamError.tooLarge` when it has more than `maxBytes` bytes.
    public func collect(maxBytes: Int) async throws(UpstreamError) -> [UInt8] {
        guard var all = try await next() else { return [] }
        while true {
            if all.count > maxBytes { throw .tooLarge(maxBytes: Int64(maxBytes)) }
            guard let more = try await next() else { return all }
            all.append(contentsOf: more)
        }
    }
}
