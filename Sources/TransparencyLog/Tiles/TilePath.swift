/// The address of one static resource of a log: 256 hashes of a level, or 256 entries, or fewer at the log's end.
///
/// Spec: C2SP tlog-tiles, "Merkle Tree" and "Log entries".
public struct TilePath: Hashable, Sendable, CustomStringConvertible {
    /// What the resource holds.
    public enum Content: Hashable, Sendable {
        /// Hashes of the nodes at level `8 * level` of the tree.
        case hashes(level: Int)
        /// The entries themselves, each with its length before it.
        case entries
    }

    /// How many hashes or entries a full resource has.
    public static let fullWidth = 256

    public let content: Content
    /// The position among the resources of its level.
    public let index: UInt64
    /// How many hashes or entries it has, 1 to 256.
    public let width: Int

    public init(_ content: Content, index: UInt64, width: Int = TilePath.fullWidth) {
        precondition((1...TilePath.fullWidth).contains(width), "a tile's width is 1 to 256, not \(width)")
        if case .hashes(let level) = content {
            precondition((0...63).contains(level), "a tile's level is 0 to 63, not \(level)")
        }
        self.content = content
        self.index = index
        self.width = width
    }

    /// Whether the resource is at the end of the log and will be replaced by a wider one.
    public var isPartial: Bool { width < TilePath.fullWidth }

    /// The full resource that this one grows into.
    public var full: TilePath { TilePath(content, index: index) }

    /// Reads a path as it stands after the log's prefix, such as `tile/0/x001/067` or `tile/entries/002.p/88`.
    ///
    /// Nil for anything that `text` would not write: every resource has one path.
    public init?(parsing text: String) {
        var parts = Array(text.utf8).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[...]
        guard parts.popFirst().map(Array.init) == Array("tile".utf8), let kind = parts.popFirst() else { return nil }
        if kind.elementsEqual("entries".utf8) {
            content = .entries
        } else {
            guard let level = parseDecimal(kind), level <= 63 else { return nil }
            content = .hashes(level: Int(level))
        }
        let partialMark = Array(".p".utf8)
        if parts.count >= 2, parts[parts.endIndex - 2].suffix(2) == partialMark[...] {
            guard let width = parts.popLast().flatMap({ parseDecimal($0) }), (1...255).contains(width) else {
                return nil
            }
            self.width = Int(width)
            parts[parts.endIndex - 1].removeLast(2)
        } else {
            width = TilePath.fullWidth
        }
        guard let index = TilePath.parseIndex(parts) else { return nil }
        self.index = index
    }

    private static func parseIndex(_ groups: ArraySlice<ArraySlice<UInt8>>) -> UInt64? {
        guard (1...7).contains(groups.count) else { return nil }
        var index: UInt64 = 0
        for (position, group) in groups.enumerated() {
            let isMarked = position < groups.count - 1
            let digits = isMarked ? group.dropFirst() : group
            guard digits.count == 3, !isMarked || group.first == UInt8(ascii: "x"),
                digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
            else { return nil }
            let value = digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }
            // A leading group of zeroes would be a second name for the same tile.
            if isMarked, index == 0, value == 0 { return nil }
            let (scaled, overflow) = index.multipliedReportingOverflow(by: 1000)
            let (sum, carry) = scaled.addingReportingOverflow(value)
            guard !overflow, !carry else { return nil }
            index = sum
        }
        return index
    }

    /// The path after the log's prefix.
    public var text: String {
        var groups: [String] = []
        var rest = index
        repeat {
            let digits = String(rest % 1000)
            let padded = String(repeating: "0", count: 3 - digits.count) + digits
            groups.append(groups.isEmpty ? padded : "x" + padded)
            rest /= 1000
        } while rest > 0
        let kind =
            switch content {
            case .hashes(let level): String(level)
            case .entries: "entries"
            }
        let suffix = isPartial ? ".p/\(width)" : ""
        return "tile/\(kind)/" + groups.reversed().joined(separator: "/") + suffix
    }

    public var description: String { text }
}
