import CLinux
import Glibc

/// The environment variables that this process was started with, taken once by the composition root and passed on.
public struct ProcessEnvironment: Sendable {
    private let variables: [String: String]

    /// An environment with exactly these variables.
    public init(variables: [String: String]) {
        self.variables = variables
    }

    /// The environment of this process, as it is now.
    ///
    /// Bytes that are not UTF-8 are shown as U+FFFD. When a name occurs twice the first value counts, as in `getenv`.
    public static func system() -> ProcessEnvironment {
        var variables: [String: String] = [:]
        var cursor = unsafe environ
        while let entry = unsafe cursor.pointee {
            let text = unsafe String(cString: entry)
            if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
                let name = String(text[..<equals])
                if variables[name] == nil {
                    variables[name] = String(text[text.utf8.index(after: equals)...])
                }
            }
            unsafe cursor += 1
        }
        return ProcessEnvironment(variables: variables)
    }

    /// The value of a variable; nil when it is not set. An empty value is a value.
    public subscript(name: String) -> String? {
        variables[name]
    }

    /// The names of all variables, in ascending order.
    public var names: [String] {
        variables.keys.sorted()
    }
}
