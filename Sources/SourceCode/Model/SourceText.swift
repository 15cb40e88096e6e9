/// The text of a source file as its interpreter reads it: UTF-8 bytes, without a byte order mark.
///
/// Offsets into it are bytes. Sequences that are no UTF-8 are kept as they are: a tokenizer must see what is there.
public struct SourceText: Sendable {
    public let bytes: [UInt8]
    /// How the file said that it is encoded, or what its bytes show.
    public let encoding: SourceEncoding

    public init(bytes: [UInt8], encoding: SourceEncoding = .utf8(hasMark: false)) {
        self.bytes = bytes
        self.encoding = encoding
    }

    /// The line of an offset as people count it, from 1; LF, CR LF and CR alone end lines.
    ///
    /// Takes time in proportion to `offset`: ask `LineIndex` for many.
    public func line(at offset: Int) -> Int { LineIndex(bytes, upTo: offset).line(at: offset) }
}

/// How a source file is encoded.
public enum SourceEncoding: Sendable, Equatable {
    case utf8(hasMark: Bool)
    /// UTF-16 or UTF-32, told by its mark or by the pattern of its zeros; transcoded.
    case wide(name: String)
    /// A cookie (PEP 263) that names an encoding of letters; transcoded where the table is known.
    case declared(name: String)
    /// A cookie that names a transformation (utf-7, unicode_escape, rot13, zip, …) or nothing that is known.
    case foreign(name: String)
}

/// The starts of a text's lines.
public struct LineIndex: Sendable {
    private let starts: [Int32]

    /// The lines of `bytes`, as far as `end` needs them.
    public init(_ bytes: [UInt8], upTo end: Int = .max) {
        let count = min(bytes.count, end)
        starts = bytes.withByteView { bytes in
            var starts: [Int32] = [0]
            starts.reserveCapacity(max(count, 0) / 32 + 1)
            var index = bytes.find(0x0A, 0x0D, 0x0A, from: 0)
            while index < count {
                if bytes[index] == 0x0A || bytes[index + 1] != 0x0A || index + 1 >= bytes.count {
                    starts.append(Int32(clamping: index + 1))
                }
                index = bytes.find(0x0A, 0x0D, 0x0A, from: index + 1)
            }
            return starts
        }
    }

    /// The line of an offset, from 1.
    public func line(at offset: Int) -> Int {
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if Int(starts[middle]) <= offset { low = middle + 1 } else { high = middle }
        }
        return max(low, 1)
    }
}
