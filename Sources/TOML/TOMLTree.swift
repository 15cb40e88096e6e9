/// A key with the line it stands on; compared byte by byte.
struct TOMLKey: Hashable {
    let text: String
    let line: Int

    static func == (left: TOMLKey, right: TOMLKey) -> Bool {
        left.text.utf8.count == right.text.utf8.count && left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// The tables of a document while it is read, and the rules of what may be defined where.
///
/// Spec: TOML 1.0.0, "Keys", "Table", "Inline Table", "Array of Tables".
struct TOMLTree {
    /// What brought a table into being, which decides what may still be added to it.
    private enum Definition {
        /// Named only as part of a longer header so far.
        case implied
        case header
        /// By dotted keys of one section; only that section may go on with it.
        case dotted(section: Int)
    }

    private enum Slot {
        case value(TOMLValue)
        case table(Int)
        /// An array of tables, of which the last one is open.
        case tables([Int])
    }

    private struct Entry {
        let key: TOMLKey
        var slot: Slot
    }

    private struct Node {
        var definition: Definition
        var line: Int
        let depth: Int
        var entries: [Entry] = []
        var index: [TOMLKey: Int] = [:]
    }

    private static let indexThreshold = 12

    private let maxDepth: Int
    private var nodes: [Node]
    /// The table that keys go into, and the number of its header.
    private var current = 0
    private var section = 0

    /// - Parameter depth: how many tables and arrays enclose the root.
    init(maxDepth: Int, depth: Int = 0, line: Int = 1) {
        self.maxDepth = maxDepth
        nodes = [Node(definition: .header, line: line, depth: depth)]
    }

    /// How many tables and arrays enclose a value of the current table.
    var currentDepth: Int { nodes[current].depth + 1 }

    // MARK: Headers

    /// `[path]`
    mutating func openTable(_ path: [TOMLKey]) throws(TOMLError) {
        let (parent, key) = try parent(of: path)
        guard let position = position(of: key, in: parent) else {
            let child = try addNode(.header, line: key.line, in: parent)
            add(key, .table(child), to: parent)
            return open(child)
        }
        let first = nodes[parent].entries[position].key.line
        switch nodes[parent].entries[position].slot {
        case .value: throw TOMLError(line: key.line, reason: .duplicateKey(key.text, firstLine: first))
        case .tables: throw TOMLError(line: key.line, reason: .duplicateTable(key.text, firstLine: first))
        case .table(let child):
            guard case .implied = nodes[child].definition else {
                throw TOMLError(line: key.line, reason: .duplicateTable(key.text, firstLine: nodes[child].line))
            }
            nodes[child].definition = .header
            nodes[child].line = key.line
            open(child)
        }
    }

    /// `[[path]]`
    mutating func openArrayElement(_ path: [TOMLKey]) throws(TOMLError) {
        let (parent, key) = try parent(of: path)
        // The array counts as a level of its own.
        let child = try addNode(.header, line: key.line, in: parent, levels: 2)
        guard let position = position(of: key, in: parent) else {
            add(key, .tables([child]), to: parent)
            return open(child)
        }
        guard case .tables(var elements) = nodes[parent].entries[position].slot else {
            let first = nodes[parent].entries[position].key.line
            throw TOMLError(line: key.line, reason: .duplicateKey(key.text, firstLine: first))
        }
        // Taken out first, so that appending to twenty thousand elements copies none of them.
        nodes[parent].entries[position].slot = .tables([])
        elements.append(child)
        nodes[parent].entries[position].slot = .tables(elements)
        open(child)
    }

    private mutating func open(_ node: Int) {
        current = node
        section += 1
    }

    /// The table that the last key of a header goes into; the ones on the way come into being.
    private mutating func parent(of path: [TOMLKey]) throws(TOMLError) -> (Int, TOMLKey) {
        var node = 0
        for key in path.dropLast() {
            guard let position = position(of: key, in: node) else {
                let child = try addNode(.implied, line: key.line, in: node)
                add(key, .table(child), to: node)
                node = child
                continue
            }
            switch nodes[node].entries[position].slot {
            case .table(let child): node = child
            case .tables(let elements): node = elements[elements.count - 1]
            case .value:
                let first = nodes[node].entries[position].key.line
                throw TOMLError(line: key.line, reason: .notExtensible(key.text, firstLine: first))
            }
        }
        return (node, path[path.count - 1])
    }

    // MARK: Keys with values

    /// `path = value` in the current table.
    mutating func set(_ path: [TOMLKey], to value: TOMLValue) throws(TOMLError) {
        var node = current
        for key in path.dropLast() {
            guard let position = position(of: key, in: node) else {
                let child = try addNode(.dotted(section: section), line: key.line, in: node)
                add(key, .table(child), to: node)
                node = child
                continue
            }
            node = try extended(position, of: node, by: key)
        }
        let key = path[path.count - 1]
        if let position = position(of: key, in: node) {
            let first = nodes[node].entries[position].key.line
            throw TOMLError(line: key.line, reason: .duplicateKey(key.text, firstLine: first))
        }
        add(key, .value(value), to: node)
    }

    /// The table at a place, when dotted keys of this section may add to it.
    private mutating func extended(_ position: Int, of node: Int, by key: TOMLKey) throws(TOMLError) -> Int {
        let entry = nodes[node].entries[position]
        guard case .table(let child) = entry.slot else {
            throw TOMLError(line: key.line, reason: .notExtensible(key.text, firstLine: entry.key.line))
        }
        switch nodes[child].definition {
        case .implied: nodes[child].definition = .dotted(section: section)
        case .dotted(section): break
        case .header, .dotted:
            throw TOMLError(line: key.line, reason: .duplicateTable(key.text, firstLine: nodes[child].line))
        }
        return child
    }

    // MARK: Nodes

    private mutating func addNode(
        _ definition: Definition, line: Int, in parent: Int, levels: Int = 1
    ) throws(TOMLError) -> Int {
        let depth = nodes[parent].depth + levels
        guard depth < maxDepth else { throw TOMLError(line: line, reason: .tooDeep(limit: maxDepth)) }
        nodes.append(Node(definition: definition, line: line, depth: depth))
        return nodes.count - 1
    }

    private mutating func add(_ key: TOMLKey, _ slot: Slot, to node: Int) {
        nodes[node].entries.append(Entry(key: key, slot: slot))
        let count = nodes[node].entries.count
        if count == Self.indexThreshold {
            for (position, entry) in nodes[node].entries.enumerated() { nodes[node].index[entry.key] = position }
        } else if count > Self.indexThreshold {
            nodes[node].index[key] = count - 1
        }
    }

    private func position(of key: TOMLKey, in node: Int) -> Int? {
        if nodes[node].entries.count >= Self.indexThreshold { return nodes[node].index[key] }
        return nodes[node].entries.firstIndex { $0.key == key }
    }

    /// The whole as values; the nesting is bounded by `maxDepth`.
    func finished() -> TOMLTable { table(0) }

    private func table(_ node: Int) -> TOMLTable {
        let members = nodes[node].entries.map { entry in
            let value: TOMLValue =
                switch entry.slot {
                case .value(let value): value
                case .table(let child): .table(table(child))
                case .tables(let elements): .array(elements.map { .table(table($0)) })
                }
            return TOMLTable.Member(key: entry.key.text, line: entry.key.line, value: value)
        }
        return TOMLTable(members: members, line: nodes[node].line)
    }
}
