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

    /// Goes on where the last call stopped. `bytes` begins with all that was given before.
    mutating func scan(_ bytes: Span<UInt8>, maxBytes: Int) -> Outcome {
        // What lies beyond the limit is not looked at, so that the outcome does not depend on how the bytes arrive.
        let visibleBytes = min(bytes.count, maxBytes)
        while let lineFeed = offsetOfLineFeed(in: bytes, from: scannedBytes, to: visibleBytes) {
            guard lineFeed > lineStart, bytes[lineFeed - 1] == UInt8(ascii: "\r") else { return .bareLineFeed }
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

/// The offset of the first byte from `start` on that is not text: a control character other than the horizontal tab.
///
/// `end` when there is none before it.
func endOfText(in bytes: Span<UInt8>, from start: Int, to end: Int) -> Int {
    precondition(start >= 0 && start <= end && end <= bytes.count, "text outside its bytes")
    return unsafe bytes.withUnsafeBytes { buffer in
        var offset = start
        while offset < end {
            if offset + 8 <= end {
                let word = UInt64(littleEndian: unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                let suspects = flagsOfControls(word)
                if suspects == 0 {
                    offset += 8
                    continue
                }
                offset += suspects.trailingZeroBitCount / 8
            }
            let byte = unsafe buffer[offset]
            if byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7F { return offset }
            offset += 1
        }
        return end
    }
}

/// The high bit of each byte of `word` that is below 0x20 or is DEL; bits above the lowest one may be wrong.
private func flagsOfControls(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let below = (word &- ones &* 0x20) & ~word
    let difference = word ^ (ones &* 0x7F)
    let deletes = (difference &- ones) & ~difference
    return (below | deletes) & highs
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
