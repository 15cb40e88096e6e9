/// What the next bytes of a connection turned out to be.
enum RequestEvent: Sendable {
    /// All bytes were taken; more are needed.
    case needsMoreBytes
    /// A request begins.
    case head(RequestHead)
    /// Bytes of its body lie in this range of what was given; at least one.
    case body(Range<Int>)
    /// It has ended; the next bytes begin another request.
    case end
    /// It cannot be understood; nothing after it can.
    case refused(RequestRefusal)
}

/// Turns a connection's bytes into requests: bytes in, events out, no input or output of its own.
///
/// How the bytes are cut up makes no difference to the events, but for the borders between `body` events.
struct RequestParser {
    private enum State {
        case head
        case length(remaining: Int64)
        case chunked(ChunkedDecoder)
        case end
        case refused(RequestRefusal)
    }

    private let limits: ParserLimits
    private var state = State.head
    /// The bytes of a head that has not come whole; empty when none has begun.
    private var partialHead: [UInt8] = []
    private var scanner = HeadScanner()

    init(limits: ParserLimits) {
        self.limits = limits
    }

    /// Whether a request has begun but its head is not complete.
    var isWithinHead: Bool { !partialHead.isEmpty }

    /// Whether the next event is `end`, without a further byte.
    var isAtEnd: Bool {
        if case .end = state { true } else { false }
    }

    /// Takes bytes from `position` on, moves it behind what was taken, and answers the next event.
    mutating func next(_ bytes: Span<UInt8>, _ position: inout Int) -> RequestEvent {
        do throws(RequestRefusal) {
            switch state {
            case .head:
                return try nextOfHead(bytes, &position)
            case .length(let remaining):
                guard position < bytes.count else { return .needsMoreBytes }
                let count = Int(min(remaining, Int64(bytes.count - position)))
                let range = position..<position + count
                position += count
                state = remaining == Int64(count) ? .end : .length(remaining: remaining - Int64(count))
                return .body(range)
            case .chunked(var decoder):
                // The state is left empty meanwhile, so that the decoder's buffer is not copied.
                state = .end
                let event = try decoder.next(bytes, &position)
                switch event {
                case .needsMoreBytes:
                    state = .chunked(decoder)
                    return .needsMoreBytes
                case .data(let range):
                    state = .chunked(decoder)
                    return .body(range)
                case .end:
                    state = .head
                    return .end
                }
            case .end:
                state = .head
                return .end
            case .refused(let refusal):
                return .refused(refusal)
            }
        } catch {
            state = .refused(error)
            return .refused(error)
        }
    }

    private mutating func nextOfHead(
        _ bytes: Span<UInt8>, _ position: inout Int
    ) throws(RequestRefusal) -> RequestEvent {
        guard position < bytes.count else { return .needsMoreBytes }
        if partialHead.isEmpty {
            // Catches TLS and other protocols at their first byte, which might never send a line's end.
            guard isTokenByte(bytes[position]) else { throw .malformedRequestLine }
            scanner = HeadScanner()
            let rest = bytes.extracting(position..<bytes.count)
            guard let end = try RequestParser.endOfHead(rest, &scanner, limits) else {
                partialHead = Array(copying: rest)
                position = bytes.count
                return .needsMoreBytes
            }
            position += end
            return try begin(Array(copying: rest.extracting(0..<end)))
        }
        let known = partialHead.count
        let taken = min(bytes.count - position, limits.maxHeaderBytes - known)
        partialHead.append(copying: bytes.extracting(position..<position + taken))
        var scanner = scanner
        guard let end = try RequestParser.endOfHead(partialHead.span, &scanner, limits) else {
            self.scanner = scanner
            position += taken
            return .needsMoreBytes
        }
        position += end - known
        partialHead.removeLast(partialHead.count - end)
        let block = partialHead
        partialHead = []
        return try begin(block)
    }

    private static func endOfHead(
        _ bytes: Span<UInt8>, _ scanner: inout HeadScanner, _ limits: ParserLimits
    ) throws(RequestRefusal) -> Int? {
        switch scanner.scan(bytes, maxBytes: limits.maxHeaderBytes) {
        case .complete(let end): return end
        case .incomplete: return nil
        case .tooLarge(let inFirstLine): throw inFirstLine ? .targetTooLong : .headersTooLarge
        case .bareLineFeed: throw .bareLineFeed
        case .empty: throw .malformedRequestLine
        }
    }

    private mutating func begin(_ block: [UInt8]) throws(RequestRefusal) -> RequestEvent {
        let head = try HeadParser(limits: limits).parse(block)
        switch head.framing {
        case .none: state = .end
        case .length(let count): state = .length(remaining: count)
        case .chunked: state = .chunked(ChunkedDecoder(limits: limits))
        }
        return .head(head)
    }
}

extension [UInt8] {
    /// The bytes of a span in an array of their own.
    init(copying bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
    }

    mutating func append(copying bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
