/// The dotted paths of a file, each once, as a tree.
struct PathTable {
    typealias ID = Int32

    private struct Entry {
        let parent: ID
        let root: Reference.Root
        let text: String
        var facts: PathFacts?
    }

    /// Segments that are no names.
    static let call: Int32 = -2
    static let unknownMember: Int32 = -3

    private var entries: [Entry] = []
    private var children = VariableTable()

    /// The path of an expression that has no name: empty.
    static let expression: ID = 0

    init() {
        entries.append(Entry(parent: -1, root: .expression, text: "", facts: PathFacts()))
    }

    /// A path of one name.
    mutating func root(_ root: Reference.Root, _ name: Int32, _ names: inout NameTable) -> ID {
        let parent: Int32 =
            switch root {
            case .builtin: -10
            case .module: -11
            case .local: -12
            case .expression: -13
            }
        let known = children.find(parent, name)
        if known >= 0 { return known }
        return add(parent, name, root, String(names.text(of: name).prefix(100)))
    }

    /// The path of a member of `path`, of its call's result, or of a member whose name is not known.
    ///
    /// A path that would become longer than 200 bytes is not lengthened.
    mutating func child(_ path: ID, _ segment: Int32, _ names: inout NameTable) -> ID {
        let known = children.find(path, segment)
        if known >= 0 { return known }
        let entry = entries[Int(path)]
        let text: String =
            switch segment {
            case PathTable.call: entry.text + "()"
            case PathTable.unknownMember: entry.text + "[]"
            case _: entry.text + "." + names.text(of: segment)
            }
        guard text.utf8.count <= 200 else { return path }
        return add(path, segment, entry.root, text)
    }

    private mutating func add(_ parent: Int32, _ segment: Int32, _ root: Reference.Root, _ text: String) -> ID {
        let id = Int32(truncatingIfNeeded: entries.count)
        entries.append(Entry(parent: parent, root: root, text: text, facts: nil))
        children.insert(parent, segment, id)
        return id
    }

    func text(_ path: ID) -> String { path >= 0 ? entries[Int(path)].text : "" }

    func root(_ path: ID) -> Reference.Root { path >= 0 ? entries[Int(path)].root : .expression }

    /// What is before the last segment; below 0 for a root.
    func parent(_ path: ID) -> ID { entries[Int(path)].parent }

    /// What the vocabulary says of a path; looked up once.
    mutating func facts(_ path: ID) -> PathFacts {
        guard path >= 0 else { return PathFacts() }
        if let known = entries[Int(path)].facts { return known }
        let entry = entries[Int(path)]
        let facts: PathFacts =
            switch entry.root {
            case .builtin, .module: PythonVocabulary.facts(of: entry.text)
            case .local, .expression: PathFacts()
            }
        entries[Int(path)].facts = facts
        return facts
    }
}

/// What is known of a path.
struct PathFacts {
    var effects: Effects = []
    var special: PythonSpecial = .none
}
