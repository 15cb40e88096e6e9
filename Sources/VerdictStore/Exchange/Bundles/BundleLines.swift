import Cryptography
import Platform

/// The most that is read of a bundle.
public struct BundleLimits: Hashable, Sendable {
    public var maxFileBytes: UInt64
    public var maxLineBytes: Int
    public var maxStatements: UInt64

    public init(maxFileBytes: UInt64 = 1 << 30, maxLineBytes: Int = 48 << 10, maxStatements: UInt64 = 1_000_000) {
        self.maxFileBytes = maxFileBytes
        self.maxLineBytes = maxLineBytes
        self.maxStatements = maxStatements
    }
}

/// The bytes of a bundle, wherever they are.
enum BundleBytes: Sendable {
    case memory([UInt8])
    case file(OpenFile)

    var count: UInt64 {
        switch self {
        case .memory(let bytes): UInt64(bytes.count)
        case .file(let file): UInt64(clamping: file.sizeBytes)
        }
    }

    func read(at offset: UInt64, count: Int) throws(ExchangeFailure) -> [UInt8] {
        switch self {
        case .memory(let bytes):
            let start = min(Int(clamping: offset), bytes.count)
            return Array(bytes[start..<min(start + count, bytes.count)])
        case .file(let file):
            do throws(FileError) {
                return try file.read(at: Int64(clamping: offset), count: count)
            } catch {
                throw .file(error)
            }
        }
    }
}

/// One line of a bundle without its line feed, and where it is.
struct BundleLine {
    /// Counted from 1.
    let number: Int
    let offset: UInt64
    let bytes: [UInt8]
}

/// Walks the lines of a bundle once, hashing every byte on the way.
///
/// Every line ends in one line feed, also the last; there are no empty lines and no control characters. What a line
/// says is not looked at here.
struct BundleLines: ~Copyable {
    private static let chunkBytes = 256 << 10

    private let bytes: BundleBytes
    private let maxLineBytes: Int
    private let hasher = SHA256Hasher()
    private var chunk: [UInt8] = []
    private var position = 0
    private var readBytes: UInt64 = 0
    private var offset: UInt64 = 0
    private var number = 0

    init(_ bytes: BundleBytes, limits: BundleLimits) throws(ExchangeFailure) {
        guard bytes.count <= limits.maxFileBytes else {
            throw .tooLarge(what: "the bundle", found: bytes.count, limit: limits.maxFileBytes)
        }
        self.bytes = bytes
        maxLineBytes = limits.maxLineBytes
    }

    /// How far the lines handed out so far reach.
    var bytesDone: UInt64 { offset }

    /// The next line; nil at the end.
    mutating func next() throws(ExchangeFailure) -> BundleLine? {
        number += 1
        var line: [UInt8] = []
        while true {
            if position == chunk.count, try !fill() {
                guard line.isEmpty else { throw .line(number, reason: "the file ends within the line") }
                return nil
            }
            guard let end = chunk[position...].firstIndex(of: 0x0A) else {
                line += chunk[position...]
                position = chunk.count
                try checkLength(line.count)
                continue
            }
            line += chunk[position..<end]
            position = end + 1
            try checkLength(line.count)
            try check(line)
            defer { offset += UInt64(line.count) + 1 }
            return BundleLine(number: number, offset: offset, bytes: line)
        }
    }

    /// The digest of the whole file; call it after the last line.
    consuming func finish() -> SHA256Digest { hasher.finish() }

    private mutating func fill() throws(ExchangeFailure) -> Bool {
        chunk = try bytes.read(at: readBytes, count: BundleLines.chunkBytes)
        position = 0
        readBytes += UInt64(chunk.count)
        hasher.update(chunk)
        return !chunk.isEmpty
    }

    private func checkLength(_ count: Int) throws(ExchangeFailure) {
        guard count <= maxLineBytes else {
            throw .line(number, reason: "it has more than \(maxLineBytes) bytes")
        }
    }

    private func check(_ line: [UInt8]) throws(ExchangeFailure) {
        guard let first = line.first else { throw .line(number, reason: "it is empty") }
        if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw .line(number, reason: "it begins with a byte order mark; expected UTF-8 without one")
        }
        if line.last == 0x0D { throw .line(number, reason: "it ends in a carriage return; expected a line feed alone") }
        if let control = line.first(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw .line(number, reason: "it has the control character 0x\(Hex.encode([control]))")
        }
        guard first == UInt8(ascii: "{") else { throw .line(number, reason: "it is not a JSON object") }
    }
}
