/// Why compressed bytes could not be read.
public enum CompressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The compressed bytes break their format, or end too early. The offset counts from the start of the input.
    case corrupt(offset: Int, reason: String)
    /// More would come out than the caller allows.
    case tooLarge(maxBytes: Int)
    /// The stream is complete, and yet bytes follow it.
    case trailingBytes(offset: Int, count: Int)
    /// The system has no memory for the decompressor.
    case outOfMemory

    public var description: String {
        switch self {
        case .corrupt(let offset, let reason): "compressed data is corrupt at byte \(offset): \(reason)"
        case .tooLarge(let maxBytes): "compressed data expands to more than the limit of \(maxBytes) bytes"
        case .trailingBytes(let offset, let count):
            "\(count) bytes follow the end of the compressed data at byte \(offset)"
        case .outOfMemory: "no memory for a decompressor"
        }
    }
}
