/// Which of a role's key files: the one in use, or the one that will follow it.
public enum KeyGeneration: Hashable, Sendable, CaseIterable {
    case current
    /// Made by a rotation; takes the current one's place when that is retired.
    case successor
}

/// The name of a key file: `log.key`, or `next-log.key` for the successor.
public struct KeyFileName: Hashable, Comparable, Sendable, CustomStringConvertible {
    static let suffix = ".key"
    private static let successorPrefix = "next-"

    public let name: KeyName
    public let generation: KeyGeneration

    public init(_ name: KeyName, _ generation: KeyGeneration = .current) {
        self.name = name
        self.generation = generation
    }

    /// Reads a file's name; nil when it is none of a key in use, such as the note beside it or a key that was ended.
    ///
    /// - Throws: `KeyFileError.badName` for a name that ends like a key's and is none.
    public init?(fileName: String) throws(KeyFileError) {
        guard fileName.utf8.suffix(Self.suffix.utf8.count).elementsEqual(Self.suffix.utf8) else { return nil }
        var bytes = Array(fileName.utf8.dropLast(Self.suffix.utf8.count))
        generation = bytes.starts(with: Self.successorPrefix.utf8) ? .successor : .current
        // No key's own name begins like that.
        if generation == .successor { bytes.removeFirst(Self.successorPrefix.utf8.count) }
        name = try KeyName(parsing: String(decoding: bytes, as: UTF8.self))
    }

    public var text: String {
        switch generation {
        case .current: name.text + Self.suffix
        case .successor: Self.successorPrefix + name.text + Self.suffix
        }
    }

    public var description: String { text }

    public static func < (left: KeyFileName, right: KeyFileName) -> Bool {
        guard left.name == right.name else { return left.name < right.name }
        return left.generation == .current && right.generation == .successor
    }
}
