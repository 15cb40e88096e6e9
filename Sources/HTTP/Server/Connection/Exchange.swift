import Platform

/// One request and its response, while they are under way on a connection.
struct Exchange {
    let head: RequestHead
    /// Where the body's bytes go; nil when the request has none.
    let body: ByteChannel<BodyError>?
    /// Whether every byte of the body has been taken off the connection.
    var isBodyComplete: Bool
    /// Whether the handler wants body bytes now.
    var isBodyWanted = false
    /// Whether the body went wrong, so that nothing after it can be understood.
    var isBodyBroken = false
    /// Whether the client still waits for `100 Continue`.
    var awaitsContinue: Bool
    /// Whether the connection may go on after the response.
    var keepsAlive: Bool
    /// How a streamed response's body is delimited, and what is left of a declared length.
    var streamFraming = StreamFraming.none
    /// The writer of a streamed response, while it waits for the client.
    var waitingWriter: CheckedContinuation<Result<Void, BodyWriteError>, Never>?

    init(head: RequestHead, body: ByteChannel<BodyError>?) {
        self.head = head
        self.body = body
        isBodyComplete = body == nil
        awaitsContinue = head.expectsContinue
        keepsAlive = head.isKeepAlive
    }

    /// Whether the response has no body bytes whatever its fields say.
    func isBodiless(status: Int) -> Bool {
        head.method == .head || status == 204 || status == 304
    }
}

/// How the body of a streamed response is delimited.
enum StreamFraming: Equatable {
    case none
    case chunked
    case length(remaining: Int64, declared: Int64)
    /// Until the connection ends, for clients of HTTP/1.0.
    case untilClose
}

/// Measures whether a peer moves enough bytes in each span of time.
struct PaceWindow {
    private var startBytes: Int64 = 0
    /// When the window ends, in nanoseconds of the loop's clock.
    private(set) var endNanoseconds: Int64 = 0

    /// Begins a window at a count of bytes moved so far.
    mutating func begin(at bytes: Int64, nowNanoseconds: Int64, length: Duration) {
        startBytes = bytes
        endNanoseconds = nowNanoseconds.addingSaturated(length.wholeNanoseconds)
    }

    /// Whether at least `minBytesPerSecond` were moved on average since the window's begin, and at least one byte.
    func isFastEnough(at bytes: Int64, minBytesPerSecond: Int, length: Duration) -> Bool {
        let moved = bytes - startBytes
        let seconds = Double(length.wholeNanoseconds) / 1e9
        return moved > 0 && Double(moved) >= Double(minBytesPerSecond) * seconds
    }
}
