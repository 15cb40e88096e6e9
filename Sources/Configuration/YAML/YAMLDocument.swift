/// One value of a YAML document with the line at which it begins.
///
/// Two values are equal when they mean the same, wherever and however they are written.
struct YAMLNode: Equatable {
    indirect enum Value: Equatable {
        /// `isPlain`: written without quotes, so that `null` and `~` mean nothing is set.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([YAMLMember])
    }

    let line: Int
    let value: Value
    /// Where it stands: from its first character to the one after its last. A block of lines ends with its last value.
    let extent: YAMLExtent

    init(line: Int, value: Value, extent: YAMLExtent? = nil) {
        let place = YAMLExtent.Place(line: line, column: 0)
        self.line = line
        self.value = value
        self.extent = extent ?? YAMLExtent(start: place, end: place)
    }

    static func == (left: YAMLNode, right: YAMLNode) -> Bool { left.value == right.value }

    var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = value else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    var kindName: String {
        switch value {
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// One key of a mapping with its value, in the order of the text.
struct YAMLMember: Equatable {
    let key: String
    /// The line of the key.
    let line: Int
    let node: YAMLNode
    /// Where the key stands.
    let extent: YAMLExtent

    static func == (left: YAMLMember, right: YAMLMember) -> Bool { left.key == right.key && left.node == right.node }
}

/// Reads the subset of YAML that configurations use: one document of mappings, lists and single values.
///
/// Anchors, aliases, merge keys and tags are refused: they let a short text mean an endless one, and they hide where a
/// value comes from. Duplicate keys are kept; whoever reads the mapping reports them.
enum YAMLDocument {
    /// Far beyond any real configuration, and cheap to read.
    static let maxBytes = 1 << 20
    private static let maxDepth = 24
    private static let maxNodes = 50_000

    /// The document's root; an empty text is an empty mapping.
    static func parse(_ bytes: [UInt8]) throws(YAMLProblem) -> YAMLNode {
        guard bytes.count <= maxBytes else {
            throw YAMLProblem(
                line: 1, message: "the configuration takes \(bytes.count) bytes; the limit is \(maxBytes)")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw YAMLProblem(line: 1, message: "the configuration is not UTF-8 text")
        }
        var builder = YAMLBuilder(bytes, maxDepth: maxDepth, maxNodes: maxNodes)
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
