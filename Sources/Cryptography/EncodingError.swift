/// Why a text is not the one right encoding of any bytes.
public enum EncodingError: Error, Equatable, CustomStringConvertible {
    case characterOutsideAlphabet(offset: Int)
    case wrongLength(characterCount: Int)
    case wrongPadding
    /// The last character carries bits that no byte uses, so that another text would decode to the same bytes.
    case unusedBitsSet

    public var description: String {
        switch self {
        case .characterOutsideAlphabet(let offset): "the character at offset \(offset) is not in the alphabet"
        case .wrongLength(let characterCount): "\(characterCount) characters cannot encode whole bytes"
        case .wrongPadding: "the padding is missing, misplaced or not expected"
        case .unusedBitsSet: "the last character sets bits that belong to no byte"
        }
    }
}

extension [UInt8] {
    /// Lends the array's bytes to `body`, which cannot throw.
    @safe
    func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe withUnsafeBytes { unsafe body($0) }
    }
}
