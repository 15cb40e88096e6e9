/// The dotted paths of a file, each once, as a tree.
struct PathTable {
    typealias ID = Int32

    /// Segments that are no names.
    static let call: Int32 = -2
    static let unknownMember: Int32 = -3

    // One of each for every path: what is asked for most needs no counting of references.
    private var parents: [ID] = []
    private var roots: [Reference.Root] = []
    private var texts: [String] = []
    private var knownFacts: [PathFacts] = []
    private var hasFacts: [Bool] = []
    private var isUnknown: [Bool] = []
    /// What a member turned out to be, once it was asked for.
    private var members: [PythonValue] = []
    private var children = VariableTable()

    /// The path of an expression that has no name: empty.
    static let expression: ID = 0

    init() {
        _ = add(-1, 0, .expression, "")
        hasFacts[0] = true
        isUnknown[0] = true
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
        var text = names.text(of: name)
        if text.utf8.count > 100 { text = String(decoding: text.utf8.prefix(100), as: UTF8.self) }
        let id = add(parent, name, root, text)
        // Of most names the vocabulary knows nothing, nor of any of their members.
        hasFacts[Int(id)] = root == .local || root == .expression || !PythonVocabulary.knows(root: text)
        isUnknown[Int(id)] = hasFacts[Int(id)]
        return id
    }

    /// The path of a member of `path`, of its call's result, or of a member whose name is not known.
    ///
    /// A path that would become longer than 200 bytes is not lengthened.
    mutating func child(_ path: ID, _ segment: Int32, _ names: inout NameTable) -> ID {
        let known = children.find(path, segment)
        if known >= 0 { return known }
        let base = texts[Int(path)]
        let text: String =
            switch segment {
            case PathTable.call: base + "()"
            case PathTable.unknownMember: base + "[]"
            case _: base + "." + names.text(of: segment)
            }
        guard text.utf8.count <= 200 else { return path }
        let id = add(path, segment, roots[Int(path)], text)
        isUnknown[Int(id)] = isUnknown[Int(path)]
        hasFacts[Int(id)] = isUnknown[Int(path)]
        return id
    }

    private mutating func add(_ parent: Int32, _ segment: Int32, _ root: Reference.Root, _ text: String) -> ID {
        let id = Int32(truncatingIfNeeded: texts.count)
        parents.append(parent)
        roots.append(root)
        texts.append(text)
        knownFacts.append(PathFacts())
        hasFacts.append(false)
        isUnknown.append(false)
        members.append(.pending)
        children.insert(parent, segment, id)
        return id
    }

    func text(_ path: ID) -> String { path >= 0 ? texts[Int(path)] : "" }

    func root(_ path: ID) -> Reference.Root { path >= 0 ? roots[Int(path)] : .expression }

    /// What a path that was made as a member turned out to be; `.pending` when nobody asked yet.
    func knownMember(_ path: ID) -> PythonValue { members[Int(path)] }

    mutating func setMember(_ path: ID, _ value: PythonValue) { members[Int(path)] = value }

    /// What is before the last segment; below 0 for a root.
    func parent(_ path: ID) -> ID { parents[Int(path)] }

    /// What the vocabulary says of a path; looked up once.
    mutating func facts(_ path: ID) -> PathFacts {
        guard path >= 0 else { return PathFacts() }
        if hasFacts[Int(path)] { return knownFacts[Int(path)] }
        let facts = PythonVocabulary.facts(of: texts[Int(path)])
        knownFacts[Int(path)] = facts
        hasFacts[Int(path)] = true
        return facts
    }
}

/// What is known of a path.
struct PathFacts {
    var effects: Effects = []
    var special: PythonSpecial = .none
}
