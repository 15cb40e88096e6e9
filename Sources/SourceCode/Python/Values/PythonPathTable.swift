/// The dotted paths of a file, each once, as a tree.
struct PythonPathTable: ~Copyable {
    typealias ID = Int32

    /// Segments that are no names.
    static let call: Int32 = -2
    static let unknownMember: Int32 = -3

    struct Entry {
        let parent: ID
        let segment: Int32
        let root: Reference.Root
        /// How many bytes the text has.
        let length: Int32
        /// Its place in the vocabulary, or -1.
        var word: Int32 = -1
        /// The effects of all members of what is before the last dot.
        var family: Effects = []
        var facts = PythonPathFacts()
        var hasFacts = false
        /// Whether the vocabulary knows nothing of it, nor of any of its members.
        var isUnknown = false
        /// Whether a name in it holds what divides names in a text.
        var isOdd = false
        /// Whether the text is that of its segments, all of ASCII.
        var isPlain = true
        var hasDot = false
        var endsWithBracket = false
        /// What the member turned out to be, once it was asked for.
        var member = PythonValue.pending
    }

    private var entries = Column<Entry>(capacity: 256)
    /// Made when they are asked for.
    private var texts: [String] = []
    private var children = PairTable()
    /// Paths of the file's own names, by name.
    private var locals: Column<ID>

    /// The path of an expression that has no name: empty.
    static let expression: ID = 0

    init(names: Int) {
        locals = Column(repeating: -1, count: names)
        texts.reserveCapacity(256)
        var none = Entry(parent: -1, segment: 0, root: .expression, length: 0)
        none.hasFacts = true
        none.isUnknown = true
        _ = add(none)
    }

    /// A path of one name.
    mutating func root(_ root: Reference.Root, _ name: Int32, _ names: inout PythonNameTable) -> ID {
        let parent: Int32
        switch root {
        case .local:
            if Int(name) < locals.count, locals[name] >= 0 { return locals[name] }
            parent = -12
        case .builtin: parent = -10
        case .module: parent = -11
        case .expression: parent = -13
        }
        let known = children.find(parent, name)
        if known >= 0 { return known }
        return newRoot(root, name, parent, &names)
    }

    private mutating func newRoot(
        _ root: Reference.Root, _ name: Int32, _ parent: Int32, _ names: inout PythonNameTable
    ) -> ID {
        var text = ""
        if names.textLength(of: name) > 100 {
            text = String(decoding: names.text(of: name).utf8.prefix(100), as: UTF8.self)
        }
        let length = text.isEmpty ? names.textLength(of: name) : text.utf8.count
        var entry = Entry(parent: parent, segment: name, root: root, length: Int32(truncatingIfNeeded: length))
        entry.isPlain = text.isEmpty && names.isASCII(name)
        entry.endsWithBracket = PythonPathTable.isBracket(text.isEmpty ? names.lastByte(of: name) : text.utf8.last ?? 0)
        // Of most names the vocabulary knows nothing, nor of any of their members.
        if root != .local, root != .expression {
            entry.word = PythonVocabulary.word(of: text.isEmpty ? names.text(of: name) : text, in: -1)
        }
        entry.isUnknown = entry.word < 0
        entry.hasFacts = entry.isUnknown
        let id = add(entry)
        if !text.isEmpty { texts[Int(id)] = text }
        if root == .local, Int(name) < locals.count { locals[name] = id } else { children.insert(parent, name, id) }
        return id
    }

    /// The path of a member of `path`, of its call's result, or of a member whose name is not known.
    ///
    /// A path that would become longer than 200 bytes is not lengthened.
    mutating func child(_ path: ID, _ segment: Int32, _ names: inout PythonNameTable) -> ID {
        let known = children.find(path, segment)
        if known >= 0 { return known }
        let base = entries[path]
        let length = Int(base.length) + (segment < 0 ? 2 : 1 + names.textLength(of: segment))
        guard length <= 200 else { return path }
        var entry = Entry(
            parent: path, segment: segment, root: base.root, length: Int32(truncatingIfNeeded: length))
        entry.isUnknown = base.isUnknown
        entry.hasFacts = base.isUnknown
        entry.isPlain = base.isPlain
        entry.hasDot = base.hasDot || segment >= 0
        entry.endsWithBracket = segment < 0 || PythonPathTable.isBracket(names.lastByte(of: segment))
        if segment >= 0 { entry.isPlain = base.isPlain && names.isASCII(segment) }
        if !base.isUnknown {
            entry.isOdd = base.isOdd || segment >= 0 && names.dividesNames(segment)
            entry.family = base.family
            if segment >= 0, let family = PythonVocabulary.family(of: base.word) { entry.family = family }
            if base.word >= 0, !entry.isOdd {
                let name =
                    switch segment {
                    case PythonPathTable.call: "()"
                    case PythonPathTable.unknownMember: "[]"
                    case _: names.text(of: segment)
                    }
                entry.word = PythonVocabulary.word(of: name, in: base.word)
            }
        }
        let id = add(entry)
        children.insert(path, segment, id)
        return id
    }

    private static func isBracket(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]") }

    private mutating func add(_ entry: Entry) -> ID {
        let id = Int32(truncatingIfNeeded: entries.count)
        entries.append(entry)
        texts.append("")
        return id
    }

    // MARK: Texts

    /// The path as it is written: `os.path.join`.
    mutating func text(_ path: ID, _ names: inout PythonNameTable) -> String {
        guard path > 0 else { return "" }
        let known = texts[Int(path)]
        if !known.isEmpty { return known }
        let entry = entries[path]
        let text: String
        if entry.parent < 0 {
            text = names.text(of: entry.segment)
        } else if entry.isPlain {
            text = plainText(path, entry, names)
        } else {
            let base = self.text(entry.parent, &names)
            switch entry.segment {
            case PythonPathTable.call: text = base + "()"
            case PythonPathTable.unknownMember: text = base + "[]"
            case _: text = base + "." + names.text(of: entry.segment)
            }
        }
        texts[Int(path)] = text
        return text
    }

    /// Written from its end to its beginning, without the texts of the paths on the way.
    private func plainText(_ path: ID, _ entry: Entry, _ names: borrowing PythonNameTable) -> String {
        let length = Int(entry.length)
        return unsafe String(unsafeUninitializedCapacity: length) { buffer in
            var end = length
            var current = path
            while current >= 0 {
                let entry = entries[current]
                if entry.segment == PythonPathTable.call || entry.segment == PythonPathTable.unknownMember {
                    let isCall = entry.segment == PythonPathTable.call
                    unsafe buffer[end - 1] = isCall ? UInt8(ascii: ")") : UInt8(ascii: "]")
                    unsafe buffer[end - 2] = isCall ? UInt8(ascii: "(") : UInt8(ascii: "[")
                    end -= 2
                } else if current > 0 {
                    unsafe names.withBytes(of: entry.segment) { name in
                        end -= name.count
                        for place in 0..<name.count { unsafe buffer[end + place] = unsafe name[place] }
                    }
                    if entry.parent >= 0 {
                        end -= 1
                        unsafe buffer[end] = UInt8(ascii: ".")
                    }
                }
                current = entry.parent
            }
            return length
        }
    }

    /// Whether a path has this text.
    mutating func isText(_ path: ID, _ text: StaticString, _ names: inout PythonNameTable) -> Bool {
        guard path > 0, Int(entries[path].length) == text.utf8CodeUnitCount else { return false }
        return unsafe self.text(path, &names).utf8.elementsEqual(
            UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    // MARK: Questions

    func root(_ path: ID) -> Reference.Root { path >= 0 ? entries[path].root : .expression }

    /// What a path that was made as a member turned out to be; `.pending` when nobody asked yet.
    func knownMember(_ path: ID) -> PythonValue { entries[path].member }

    mutating func setMember(_ path: ID, _ value: PythonValue) { entries[path].member = value }

    /// What is before the last segment; below 0 for a root.
    func parent(_ path: ID) -> ID { path > 0 ? entries[path].parent : -1 }

    /// Whether a path ends with a call: what it names is a result, not a function under another name.
    func isResult(_ path: ID) -> Bool { path >= 0 && entries[path].endsWithBracket }

    /// What the vocabulary says of a path; looked up once.
    @inline(__always)
    mutating func facts(_ path: ID, _ names: inout PythonNameTable) -> PythonPathFacts {
        guard path >= 0 else { return PythonPathFacts() }
        if entries[path].hasFacts { return entries[path].facts }
        return findFacts(path, &names)
    }

    private mutating func findFacts(_ path: ID, _ names: inout PythonNameTable) -> PythonPathFacts {
        let entry = entries[path]
        var facts: PythonPathFacts
        if entry.isOdd {
            facts = PythonVocabulary.facts(of: text(path, &names))
        } else {
            let exact = PythonVocabulary.facts(ofWord: entry.word)
            facts = exact ?? PythonPathFacts()
            if exact == nil || facts.effects.isEmpty && facts.special != .none && entry.hasDot {
                facts.effects = entry.family
                if facts.special == .none, entry.parent >= 0, entry.segment >= 0,
                    names.isName(entry.segment, "__getattribute__")
                {
                    facts.special = .getAttributeMethod
                }
            }
        }
        entries[path].facts = facts
        entries[path].hasFacts = true
        return facts
    }
}

/// What is known of a path.
struct PythonPathFacts {
    var effects: Effects = []
    var special: PythonSpecial = .none
}
