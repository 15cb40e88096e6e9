/// The name of a configured registry, as it stands in `/~<name>/…` and in every statement about where a file was seen.
///
/// Lower-case letters, digits, `-`, `_` and `.`, beginning with a letter or digit, at most 64 bytes: one spelling per
/// registry, nothing that a URL or a file name would have to escape.
public struct RegistryName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    public static let maxBytes = 64

    /// - Throws: `RegistryNameError` when the text is not of the form above.
    public init(parsing text: String) throws(RegistryNameError) {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.count <= Self.maxBytes else { throw RegistryNameError(text: text) }
        let isValid = bytes.allSatisfy {
            $0.isASCIILowercase || $0.isASCIIDigit || $0 == .hyphen || $0 == .underscore || $0 == .dot
        }
        guard isValid, first.isASCIILowercase || first.isASCIIDigit else { throw RegistryNameError(text: text) }
        self.text = text
    }

    public var description: String { text }

    public static func < (left: Self, right: Self) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

/// A text that is not a registry name.
public struct RegistryNameError: Error, Equatable, Sendable, CustomStringConvertible {
    public let text: String

    public var description: String {
        "\(quoted(text)) is not a registry name: expected 1 to \(RegistryName.maxBytes) lower-case letters, digits, '-', "
            + "'_' or '.', beginning with a letter or digit"
    }
}
