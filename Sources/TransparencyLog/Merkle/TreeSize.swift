/// How many entries a log has; also names the state of the log that has exactly that many.
public struct TreeSize: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let value: UInt64

    /// The log without entries.
    public static let zero = TreeSize(0)

    public init(_ value: UInt64) {
        self.value = value
    }

    /// Reads ASCII decimal digits without leading zeroes, at most 2^63 − 1; nil for anything else.
    public init?(decimal text: some Sequence<UInt8>) {
        guard let value = parseDecimal(text) else { return nil }
        self.value = value
    }

    public var description: String { String(value) }

    public static func < (left: TreeSize, right: TreeSize) -> Bool { left.value < right.value }
}

/// The position of an entry in a log; the first is 0. An entry is in every tree whose size is greater than its index.
public struct LogIndex: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let value: UInt64

    public init(_ value: UInt64) {
        self.value = value
    }

    /// Reads ASCII decimal digits without leading zeroes, at most 2^63 − 1; nil for anything else.
    public init?(decimal text: some Sequence<UInt8>) {
        guard let value = parseDecimal(text) else { return nil }
        self.value = value
    }

    public var description: String { String(value) }

    public static func < (left: LogIndex, right: LogIndex) -> Bool { left.value < right.value }
}

/// The place of a node whose whole subtree exists: it covers the entries from `index << level`, `1 << level` of them.
///
/// Such a node never changes again while the log grows, so it can be stored.
public struct NodeCoordinate: Hashable, Sendable, CustomStringConvertible {
    /// The height above the leaves; leaf hashes are at level 0.
    public let level: Int
    /// The position among the nodes of its level.
    public let index: UInt64

    public init(level: Int, index: UInt64) {
        precondition((0..<64).contains(level), "a node's level is 0 to 63, not \(level)")
        self.level = level
        self.index = index
    }

    public var description: String { "level \(level), index \(index)" }
}

/// Reads the one decimal text of a number: digits only, no leading zeroes, at most 2^63 − 1.
func parseDecimal(_ text: some Sequence<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    var count = 0
    var beganWithZero = false
    for character in text {
        guard character >= UInt8(ascii: "0"), character <= UInt8(ascii: "9"), !beganWithZero, count < 19 else {
            return nil
        }
        beganWithZero = count == 0 && character == UInt8(ascii: "0")
        value = value * 10 + UInt64(character - UInt8(ascii: "0"))
        count += 1
    }
    return count > 0 && value <= UInt64(Int64.max) ? value : nil
}
