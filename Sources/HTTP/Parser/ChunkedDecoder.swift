/// Takes a chunked body apart: a pure state machine that never looks at a byte twice.
///
/// Spec: RFC 9112 section 7.1, without whitespace around the size; extensions are checked, bounded and dropped, and so
/// are trailer fields.
struct ChunkedDecoder {
    enum Event: Equatable {
        /// All bytes were taken; more are needed.
        case needsMoreBytes
        /// Body bytes lie in this range of what was given.
        case data(Range<Int>)
        /// The body has ended.
        case end
    }

    private enum State: Equatable {
        case size(digits: Int)
        case extensions
        case sizeLineFeed
        case data
        case dataReturn
        case dataLineFeed
        case trailers
    }

    private let limits: ParserLimits
    private var state = State.size(digits: 0)
    private var size: Int64 = 0
    private var bodyBytes: Int64 = 0
    private var extensionBytes = 0
    private var trailerBytes: [UInt8] = []
    private var trailerScanner = HeadScanner()

    init(limits: ParserLimits) {
        self.limits = limits
    }

    /// Takes bytes from `position` on, moves it behind what was taken, and answers the next event.
    mutating func next(_ bytes: Span<UInt8>, _ position: inout Int) throws(RequestRefusal) -> Event {
        while position < bytes.count {
            switch state {
            case .data:
                let count = Int(min(size, Int64(bytes.count - position)))
                let range = position..<position + count
                position += count
                size -= Int64(count)
                if size == 0 { state = .dataReturn }
                return .data(range)
            case .trailers:
                if try takeTrailers(bytes, &position) { return .end }
            case .size, .extensions, .sizeLineFeed, .dataReturn, .dataLineFeed:
                try take(bytes[position])
                position += 1
            }
        }
        return .needsMoreBytes
    }

    private mutating func take(_ byte: UInt8) throws(RequestRefusal) {
        switch state {
        case .size(let digits):
            try takeSizeByte(byte, digits)
        case .extensions:
            if byte == UInt8(ascii: "\r") {
                state = .sizeLineFeed
                return
            }
            // A lone LF must not end the line for us while another recipient reads on, nor the other way round.
            guard byte == UInt8(ascii: "\t") || byte >= 0x20 && byte < 0x7F else { throw .malformedChunk }
            extensionBytes += 1
            if extensionBytes > limits.maxChunkExtensionBytes { throw .chunkExtensionsTooLarge }
        case .sizeLineFeed:
            guard byte == UInt8(ascii: "\n") else { throw .malformedChunk }
            state = size == 0 ? .trailers : .data
        case .dataReturn:
            guard byte == UInt8(ascii: "\r") else { throw .malformedChunk }
            state = .dataLineFeed
        case .dataLineFeed:
            guard byte == UInt8(ascii: "\n") else { throw .malformedChunk }
            state = .size(digits: 0)
        case .data, .trailers:
            preconditionFailure("body and trailer bytes are not taken one by one")
        }
    }

    private mutating func takeSizeByte(_ byte: UInt8, _ digits: Int) throws(RequestRefusal) {
        if let digit = hexadecimalValue(byte) {
            guard digits < limits.maxChunkSizeDigits else { throw .malformedChunk }
            let previous = digits == 0 ? 0 : size
            let (product, overflow) = previous.multipliedReportingOverflow(by: 16)
            if overflow { throw .bodyTooLarge }
            size = product + Int64(digit)
            state = .size(digits: digits + 1)
            return
        }
        guard digits > 0 else { throw .malformedChunk }
        let (total, overflow) = bodyBytes.addingReportingOverflow(size)
        if overflow || total > limits.maxBodyBytes { throw .bodyTooLarge }
        bodyBytes = total
        switch byte {
        case UInt8(ascii: "\r"): state = .sizeLineFeed
        case UInt8(ascii: ";"): state = .extensions
        default: throw .malformedChunk
        }
    }

    /// Takes trailer lines; answers whether the empty line has come.
    private mutating func takeTrailers(
        _ bytes: Span<UInt8>, _ position: inout Int
    ) throws(RequestRefusal) -> Bool {
        // The request line's place is taken by a line that is always there, so that the scanner sees a block of lines.
        if trailerBytes.isEmpty { trailerBytes = [UInt8(ascii: "0"), UInt8(ascii: "\r"), UInt8(ascii: "\n")] }
        let known = trailerBytes.count
        let maxBytes = limits.maxTrailerBytes + 3
        let room = maxBytes - known
        let taken = min(room, bytes.count - position)
        for index in position..<position + taken { trailerBytes.append(bytes[index]) }
        var scanner = trailerScanner
        defer { trailerScanner = scanner }
        switch scanner.scan(trailerBytes.span, maxBytes: maxBytes) {
        case .incomplete:
            position += taken
            return false
        case .complete(let end):
            position += end - known
            do {
                _ = try FieldLines(in: trailerBytes.span, from: 3, to: end, maxCount: limits.maxHeaders)
            } catch {
                throw .malformedTrailer
            }
            return true
        case .tooLarge: throw .trailersTooLarge
        case .bareLineFeed, .empty: throw .malformedTrailer
        }
    }
}

/// The value of a hexadecimal digit.
func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
