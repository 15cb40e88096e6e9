/// Why a streamed response could not be written to its end.
public enum BodyWriteError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The client closed the connection or stopped taking bytes.
    case clientLeft
    /// More bytes were written than the `Content-Length` that the response declared.
    case tooManyBytes(declared: Int64)

    public var description: String {
        switch self {
        case .clientLeft: "the client closed the connection within the response body"
        case .tooManyBytes(let declared): "more bytes were written than the declared \(declared)"
        }
    }
}

/// Takes the bytes of a streamed response body.
public struct BodyWriter: Sendable {
    private let sink: @Sendable ([UInt8]) async throws(BodyWriteError) -> Void

    init(sink: @escaping @Sendable ([UInt8]) async throws(BodyWriteError) -> Void) {
        self.sink = sink
    }

    /// A writer that hands its bytes to `collect`, for bodies that are produced without a connection.
    public init(collectingInto collect: @escaping @Sendable ([UInt8]) -> Void) {
        sink = { bytes in collect(bytes) }
    }

    /// Sends `bytes`, and waits while more than the limit of buffered bytes waits for the client.
    ///
    /// - Throws: `BodyWriteError.clientLeft` when nobody will read them.
    public func write(_ bytes: [UInt8]) async throws(BodyWriteError) {
        try await sink(bytes)
    }
}
