/// One value of a YAML document with the line at which it begins.
///
/// Two values are equal when they mean the same, wherever and however they are written.
public struct YAMLNode: Equatable, Sendable {
    public indirect enum Value: Equatable, Sendable {
        /// `isPlain`: written without quotes, so that `null` and `~` mean nothing is set.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([YAMLMember])
    }

    /// From 1.
    public let line: Int
    public let value: Value
    /// Where it stands: from its first character to the one after its last. A block of lines ends with its last value.
    public let extent: YAMLExtent

    public init(line: Int, value: Value, extent: YAMLExtent? = nil) {
        let place = YAMLExtent.Place(line: line, column: 0)
        self.line = line
        self.value = value
        self.extent = extent ?? YAMLExtent(start: place, end: place)
    }

    public static func == (left: YAMLNode, right: YAMLNode) -> Bool { left.value == right.value }

    /// Whether nothing is set: `null`, `~` or nothing at all, without quotes.
    public var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = value else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The kind of value in words, for messages.
    public var kindName: String {
        switch value {
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// One key of a mapping with its value, in the order of the text.
public struct YAMLMember: Equatable, Sendable {
    public let key: String
    /// The line of the key.
    public let line: Int
    public let node: YAMLNode
    /// Where the key stands.
    public let extent: YAMLExtent

    public init(key: String, line: Int, node: YAMLNode, extent: YAMLExtent) {
        self.key = key
        self.line = line
        self.node = node
        self.extent = extent
    }

    public static func == (left: YAMLMember, right: YAMLMember) -> Bool {
        left.key == right.key && left.node == right.node
    }
}

/// Bounds on what the reader accepts. The defaults are far beyond any configuration, and cheap to read.
public struct YAMLLimits: Sendable, Hashable {
    public var maxBytes: Int
    /// How many mappings and lists may enclose a value.
    public var maxDepth: Int
    /// Keys and values together.
    public var maxNodes: Int

    public init(maxBytes: Int = 1 << 20, maxDepth: Int = 24, maxNodes: Int = 50_000) {
        self.maxBytes = maxBytes
        self.maxDepth = maxDepth
        self.maxNodes = maxNodes
    }
}

/// Reads the subset of YAML that configurations and lockfiles use: one document of mappings, lists and single values.
///
/// Anchors, aliases, merge keys and tags are refused: they let a short text mean an endless one, and they hide where a
/// value comes from. Duplicate keys are kept; whoever reads the mapping reports them.
public enum YAMLDocument {
    /// The document's root; an empty text is an empty mapping.
    ///
    /// - Throws: `YAMLProblem` with the line of what is not readable, not supported, or beyond the limits.
    public static func parse(_ bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) throws(YAMLProblem) -> YAMLNode {
        guard bytes.count <= limits.maxBytes else {
            throw YAMLProblem(line: 1, message: "the text takes \(bytes.count) bytes; the limit is \(limits.maxBytes)")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw YAMLProblem(line: 1, message: "the text is not UTF-8")
        }
        var builder = YAMLBuilder(bytes, maxDepth: limits.maxDepth, maxNodes: limits.maxNodes)
        return try builder.document()
    }
}

private struct YAMLBuilder: ~Copyable {
    private var reader: YAMLEventReader
    private let maxDepth: Int
    private var nodesLeft: Int

    init(_ bytes: [UInt8], maxDepth: Int, maxNodes: Int) {
        reader = YAMLEventReader(bytes)
        self.maxDepth = maxDepth
        nodesLeft = maxNodes
    }

    mutating func document() throws(YAMLProblem) -> YAMLNode {
        var root: YAMLNode?
        while true {
            let event = try reader.next()
            switch event.kind {
            case .streamEnd: return root ?? YAMLNode(line: 1, value: .mapping([]))
            case .other: continue
            case .documentStart:
                guard root == nil else {
                    throw YAMLProblem(line: event.line, message: "a second document begins here; write one only")
                }
            case .scalar, .sequenceStart, .sequenceEnd, .mappingStart, .mappingEnd, .alias:
                root = try node(event, depth: 1)
            }
        }
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLProblem) -> YAMLNode {
        try check(event, depth: depth)
        switch event.kind {
        case .scalar(let text, let isPlain):
            return YAMLNode(line: event.line, value: .scalar(text, isPlain: isPlain), extent: event.extent)
        case .sequenceStart:
            var elements: [YAMLNode] = []
            var extent = event.extent
            while true {
                let next = try reader.next()
                if case .sequenceEnd = next.kind {
                    extent.end = extent.isFlow ? next.extent.end : elements.last?.extent.end ?? extent.end
                    break
                }
                elements.append(try node(next, depth: depth + 1))
            }
            return YAMLNode(line: event.line, value: .sequence(elements), extent: extent)
        case .mappingStart:
            var members: [YAMLMember] = []
            var extent = event.extent
            while true {
                let next = try reader.next()
                if case .mappingEnd = next.kind {
                    extent.end = extent.isFlow ? next.extent.end : members.last?.node.extent.end ?? extent.end
                    break
                }
                members.append(try member(next, depth: depth))
            }
            return YAMLNode(line: event.line, value: .mapping(members), extent: extent)
        case .alias, .sequenceEnd, .mappingEnd, .documentStart, .streamEnd, .other:
            throw YAMLProblem(line: event.line, message: "aliases (*name) are not supported; write the value again")
        }
    }

    private mutating func member(_ key: YAMLEvent, depth: Int) throws(YAMLProblem) -> YAMLMember {
        try check(key, depth: depth + 1)
        guard case .scalar(let text, let isPlain) = key.kind else {
            throw YAMLProblem(line: key.line, message: "a key must be a single word")
        }
        if isPlain, text == "<<" {
            throw YAMLProblem(line: key.line, message: "merge keys (<<) are not supported; write the keys again")
        }
        let value = try node(try reader.next(), depth: depth + 1)
        return YAMLMember(key: text, line: key.line, node: value, extent: key.extent)
    }

    private mutating func check(_ event: YAMLEvent, depth: Int) throws(YAMLProblem) {
        if event.hasAnchor {
            throw YAMLProblem(line: event.line, message: "anchors (&name) are not supported; write the value again")
        }
        if event.hasTag {
            throw YAMLProblem(line: event.line, message: "tags (!type) are not supported; leave the tag away")
        }
        guard depth <= maxDepth else {
            throw YAMLProblem(line: event.line, message: "nested more than \(maxDepth) levels deep")
        }
        nodesLeft -= 1
        guard nodesLeft >= 0 else { throw YAMLProblem(line: event.line, message: "too many values") }
    }
}
