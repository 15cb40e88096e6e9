import CLinux
import Glibc

/// What a descriptor, usually standard output or error, shows its text on.
public struct TerminalInformation: Sendable, Equatable {
    /// Whether a person looks at it, rather than a file or a program.
    public let isTerminal: Bool
    /// How many columns it has; nil when it is no terminal or does not say.
    public let width: Int?

    /// What is known; for tests and for settings that overrule the terminal.
    public init(isTerminal: Bool, width: Int?) {
        self.isTerminal = isTerminal
        self.width = width
    }

    /// Asks the kernel about a descriptor.
    public init(of descriptor: Int32) {
        isTerminal = isatty(descriptor) == 1
        var size = winsize()
        let isKnown = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        width = isTerminal && isKnown ? Int(size.ws_col) : nil
    }
}
