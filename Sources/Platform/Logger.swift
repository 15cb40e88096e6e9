import CLinux
import Glibc

/// How much a message matters to the person who runs the program.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
    case debug
    case info
    case warning
    case error

    /// The level's name as it is written in logs and in the configuration.
    public var name: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }

    /// Finds a level by its name.
    public init?(name: String) {
        guard let level = LogLevel.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// Writes one line per message to a sink, dropping messages below a level without building their text.
///
/// Control characters in messages are written as `\u{..}`: a hostile name cannot forge a line or drive a terminal.
public struct Logger: Sendable {
    /// Messages below this level are dropped.
    public let minimum: LogLevel
    private let label: String
    private let sink: @Sendable (String) -> Void

    /// A logger that hands each finished line (without line feed) to `sink`, on the thread of the caller.
    public init(minimum: LogLevel, sink: @escaping @Sendable (String) -> Void) {
        self.init(minimum: minimum, label: "", sink: sink)
    }

    private init(minimum: LogLevel, label: String, sink: @escaping @Sendable (String) -> Void) {
        self.minimum = minimum
        self.label = label
        self.sink = sink
    }

    /// The same logger whose lines begin with the name of a part, as in `warning gateway: …`.
    public func labelled(_ label: String) -> Logger {
        Logger(minimum: minimum, label: " " + label, sink: sink)
    }

    /// A logger that writes lines to standard error, each with one `write`, so lines of several threads do not mix.
    public static func standardError(minimum: LogLevel, clock: any WallClock = SystemWallClock()) -> Logger {
        Logger(minimum: minimum) { line in
            writeToStandardError("\(clock.now().rfc3339) \(line)\n")
        }
    }

    /// A logger that drops everything.
    public static let silent = Logger(minimum: .error) { _ in }

    public func debug(_ message: @autoclosure () -> String) {
        log(.debug, message)
    }

    public func info(_ message: @autoclosure () -> String) {
        log(.info, message)
    }

    public func warning(_ message: @autoclosure () -> String) {
        log(.warning, message)
    }

    public func error(_ message: @autoclosure () -> String) {
        log(.error, message)
    }

    private func log(_ level: LogLevel, _ message: () -> String) {
        guard level >= minimum else { return }
        sink("\(level.name)\(label): \(Logger.printable(message()))")
    }

    /// `text` with every control character, and every character that reorders text, written as `\u{..}`.
    public static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnprintable) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isUnprintable(scalar) {
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

private func writeToStandardError(_ line: String) {
    var line = line
    line.withUTF8 { bytes in
        // A log that cannot be written is lost: there is nowhere left to say so.
        _ = unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
}
