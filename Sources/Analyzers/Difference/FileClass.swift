import Glibc
import SourceCode

/// What a file of an artifact is, as far as a difference can show it.
public enum FileClass: String, Sendable, Hashable, CaseIterable {
    /// Lines that people write and read.
    case text
    /// Code that tools pressed into long lines.
    case minified
    /// Anything that is no text.
    case binary
    /// Text of which only the digest is kept: it is larger than what is held, or all text together is.
    case oversized
    /// A symbolic or hard link; its content is where it points.
    case link
    /// What could not be read, and devices.
    case unread

    /// Whether lines of it can be compared.
    public var hasLines: Bool {
        switch self {
        case .text, .minified: true
        case .binary, .oversized, .link, .unread: false
        }
    }

    /// The class of a file whose content is held.
    init(kind: FileKind, text: [UInt8]) {
        if !kind.isText {
            self = .binary
        } else if kind.isProgram, MinifiedText.isMinified(text) {
            self = .minified
        } else {
            self = .text
        }
    }
}

extension FileKind {
    /// Whether an interpreter runs it.
    var isProgram: Bool { language != nil || self == .shell }
}

/// Tells code that nobody reads by its lines from code that people write.
enum MinifiedText {
    /// No person writes many lines of code that are so long.
    private static let longLineBytes = 500
    /// Shorter files are read whole, however they are written.
    private static let leastBytes = 1000

    /// Whether at least half of the bytes are in long lines.
    static func isMinified(_ text: [UInt8]) -> Bool {
        guard text.count >= leastBytes else { return false }
        var longBytes = 0
        unsafe text.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count {
                let end = unsafe bytes.endOfLine(from: start)
                if end - start > longLineBytes { longBytes += end - start }
                start = end
            }
        }
        return longBytes * 2 >= text.count
    }
}

extension UnsafeRawBufferPointer {
    /// The offset behind the line that begins at `start`, its line feed included.
    func endOfLine(from start: Int) -> Int {
        guard let base = baseAddress, let found = unsafe memchr(base + start, 0x0A, count - start) else {
            return count
        }
        return unsafe UnsafeRawPointer(found) - base + 1
    }
}
