import Glibc

/// Finds the end of a block of lines that closes with an empty line, however the bytes are cut up.
///
/// Spec: RFC 9112 section 2.2; a line ends with CR LF and with nothing else.
struct HeadScanner {
    enum Outcome: Equatable {
        /// The block ends before this offset.
        case complete(endOffset: Int)
        case incomplete
        /// The limit was passed; whether already within the first line.
        case tooLarge(inFirstLine: Bool)
        case bareLineFeed
        /// The very first line is empty.
        case empty
    }

    private var scannedBytes = 0
    private var lineStart = 0
    /// Lines that have ended so far, the empty one included.
    private(set) var lineCount = 0

    /// Goes on where the last call stopped. `bytes` begins with all that was given before.
    mutating func scan(_ bytes: Span<UInt8>, maxBytes: Int) -> Outcome {
        // What lies beyond the limit is not looked at, so that the outcome does not depend on how the bytes arrive.
        let visibleBytes = min(bytes.count, maxBytes)
        while let lineFeed = offsetOfLineFeed(in: bytes, from: scannedBytes, to: visibleBytes) {
            guard lineFeed > lineStart, bytes[lineFeed - 1] == UInt8(ascii: "\r") else { return .bareLineFeed }
            lineCount += 1
            scannedBytes = lineFeed + 1
            if lineFeed - 1 == lineStart {
                return lineStart == 0 ? .empty : .complete(endOffset: lineFeed + 1)
            }
            lineStart = lineFeed + 1
        }
        scannedBytes = visibleBytes
        return visibleBytes == maxBytes ? .tooLarge(inFirstLine: lineStart == 0) : .incomplete
    }
}

/// The offset of the first LF within a range of `bytes`.
private func offsetOfLineFeed(in bytes: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    guard start < end else { return nil }
    return unsafe bytes.withUnsafeBytes { buffer in
        guard let base = buffer.baseAddress, let found = unsafe memchr(base + start, 0x0A, end - start) else {
            return nil
        }
        return unsafe UnsafeRawPointer(found) - base
    }
}

/// What kinds of bytes a block of lines has, found in one sweep.
struct ByteCensus: Equatable {
    var carriageReturns = 0
    /// Control characters other than CR, LF and horizontal tab; DEL is one.
    var hasForbiddenControl = false

    init(of bytes: Span<UInt8>, from start: Int, to end: Int) {
        precondition(start >= 0 && start <= end && end <= bytes.count, "a census outside its bytes")
        unsafe bytes.withUnsafeBytes { buffer in
            var offset = start
            var forbidden = SIMDMask<SIMD16<Int8>>(repeating: false)
            var returns = SIMD16<UInt8>(repeating: 0)
            var untilFolded = 255
            while offset + 16 <= end {
                let block = unsafe buffer.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
                let isReturn = block .== 0x0D
                forbidden .|= ((block .< 0x20) .& (block .!= 0x09) .& (block .!= 0x0A) .& .!isReturn)
                    .| (block .== 0x7F)
                // Each lane counts to 255 at most, then the lanes are added up.
                returns.replace(with: returns &+ 1, where: isReturn)
                untilFolded -= 1
                if untilFolded == 0 {
                    carriageReturns += Int(SIMD16<UInt16>(truncatingIfNeeded: returns).wrappedSum())
                    returns = SIMD16<UInt8>(repeating: 0)
                    untilFolded = 255
                }
                offset += 16
            }
            carriageReturns += Int(SIMD16<UInt16>(truncatingIfNeeded: returns).wrappedSum())
            hasForbiddenControl = any(forbidden)
            while offset < end {
                let byte = unsafe buffer[offset]
                if byte == 0x0D { carriageReturns += 1 }
                if byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D || byte == 0x7F {
                    hasForbiddenControl = true
                }
                offset += 1
            }
        }
    }
}

/// Whether a byte may stand in a token, such as a method or a field name.
///
/// Spec: RFC 9110 section 5.6.2.
func isTokenByte(_ byte: UInt8) -> Bool {
    guard byte < 0x80 else { return false }
    // One bit per byte value: digits and !#$%&'*+-. in the low word; letters and ^_`|~ in the high one.
    let word: UInt64 = byte < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
    return word &>> UInt64(byte & 63) & 1 == 1
}
