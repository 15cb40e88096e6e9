/// The paths that a file's expressions stand for, each kept once: a path is another one with a part behind it.
///
/// Following `a.b.c()` is then a step from number to number; text is only made of what is shown or looked up, once.
/// Paths of a file's own variables are asked about only where they stand, and are not kept.
struct PathBook: ~Copyable {
    /// A path's place in the book.
    struct Number: Equatable {
        /// In `records`, or -2 and less: in `locals`.
        fileprivate let place: Int32

        /// That of an expression without a name: no text at all.
        static let empty = Number(place: 0)
    }

    /// What stands behind another path.
    enum Part {
        /// `.name`, for names that are plain; at the beginning without the dot.
        case name(Int32)
        /// `()`, a call's result.
        case result
        /// `[]`, a member whose name is not known.
        case element

        fileprivate var code: Int32 {
            switch self {
            case .name(let name): name
            case .result: -1
            case .element: -2
            }
        }
    }

    struct Record {
        /// -1 at the beginning of a path.
        let parent: Int32
        /// A part's code, or `textCode` where the text is not made of parts.
        let code: Int32
        /// The bytes of its text.
        let length: Int32
        /// Its place in `texts` and 1, or 0 as long as nobody asked.
        var text: Int32 = 0
        /// What the vocabulary says of it as a global's path and as a module's: places in `facts` and 1, or 0.
        var globalFacts: Int32 = 0
        var moduleFacts: Int32 = 0
    }

    /// The longest path that is told, in bytes; parts beyond it are left out.
    static let lengthLimit = 200
    /// The ending of paths that are not made of parts.
    static let textCode: Int32 = -3

    private var records = Column<Record>(capacity: 64)
    private var locals = Column<Record>(capacity: 64)
    private var numbers = PairTable()
    private var numberOfText: [String: Int32] = [:]
    private var texts: [String] = [""]
    private var facts: [JavaScriptPathFacts] = []
    /// Room for making texts.
    private var parts = Column<Int32>(capacity: 32)
    private var bytes = Column<UInt8>(capacity: 256)

    init() {
        records.append(Record(parent: -1, code: Self.textCode, length: 0, text: 1))
    }

    // MARK: Making

    /// The path that a text says.
    mutating func number(of text: String) -> Number {
        if text.isEmpty { return .empty }
        if let known = numberOfText[text] { return Number(place: known) }
        texts.append(text)
        let place = Int32(truncatingIfNeeded: records.count)
        records.append(
            Record(
                parent: -1, code: Self.textCode, length: Int32(clamping: text.utf8.count),
                text: Int32(truncatingIfNeeded: texts.count)))
        numberOfText[text] = place
        return Number(place: place)
    }

    /// Forgets all paths of the file's own variables: no number of theirs may be used any more.
    mutating func forgetLocals() { locals.removeAll() }

    @inline(__always)
    private func record(_ place: Int32) -> Record { place >= -1 ? records[place] : locals[-2 - place] }

    private mutating func local(_ record: Record) -> Number {
        locals.append(record)
        return Number(place: -1 - Int32(truncatingIfNeeded: locals.count))
    }

    /// The path of a file's own variable.
    @inline(__always)
    mutating func localNumber(
        ofName name: Int32, _ names: inout JavaScriptNameTable, _ source: [UInt8]
    ) -> Number {
        guard let length = names.plainLength(name) else { return number(of: names.string(name, source: source)) }
        return local(Record(parent: -1, code: name, length: length))
    }

    /// The path that begins with a name.
    mutating func number(ofName name: Int32, _ names: inout JavaScriptNameTable, _ source: [UInt8]) -> Number {
        let key = PairTable.key(-1, name)
        if let known = numbers[key] { return Number(place: known) }
        guard let length = names.plainLength(name) else {
            return number(of: names.string(name, source: source))
        }
        return insert(key, Record(parent: -1, code: name, length: length))
    }

    /// A path with one part more; the same path where that would be too long.
    @inline(__always)
    mutating func appending(
        _ part: Part, to path: Number, isLocal: Bool, _ names: inout JavaScriptNameTable, _ source: [UInt8]
    ) -> Number {
        let code = part.code
        let key = PairTable.key(path.place, code)
        if !isLocal, let known = numbers[key] { return Number(place: known) }
        var length = record(path.place).length + 2
        if case .name(let name) = part {
            guard let own = names.plainLength(name) else {
                // What may have dots of its own cannot be taken apart in the same way again.
                let text = names.string(name, source: source)
                guard Int(record(path.place).length) + text.utf8.count < Self.lengthLimit else { return path }
                return number(of: self.text(of: path, &names, source) + "." + text)
            }
            length = record(path.place).length + own + 1
        }
        guard length <= Int32(Self.lengthLimit) else { return path }
        let longer = Record(parent: path.place, code: code, length: length)
        return isLocal ? local(longer) : insert(key, longer)
    }

    private mutating func insert(_ key: UInt64, _ record: Record) -> Number {
        let place = Int32(truncatingIfNeeded: records.count)
        records.append(record)
        numbers[key] = place
        return Number(place: place)
    }

    // MARK: Asking

    func isEmpty(_ path: Number) -> Bool { record(path.place).length == 0 }

    /// Whether a path is one name.
    func isName(_ path: Number, _ word: JavaScriptWord) -> Bool {
        let record = record(path.place)
        return record.parent == -1 && record.code == word.rawValue
    }

    /// The name with which a path ends as a member of another one; -1 where it ends otherwise, or `textCode`.
    func ending(of path: Number) -> Int32 {
        let record = record(path.place)
        return record.parent == -1 && record.code >= 0 ? -1 : record.code
    }

    /// The name at the end of a path; -1 where it ends otherwise.
    func lastName(_ path: Number) -> Int32 { max(record(path.place).code, -1) }

    /// A path that ends with `.name` without that.
    mutating func removing(
        _ word: JavaScriptWord, from path: Number, _ names: inout JavaScriptNameTable, _ source: [UInt8]
    ) -> Number {
        let record = record(path.place)
        if record.code != Self.textCode, record.parent != -1 { return Number(place: record.parent) }
        let length = "\(word)".utf8.count + 1
        return number(of: String(decoding: text(of: path, &names, source).utf8.dropLast(length), as: UTF8.self))
    }

    mutating func text(of path: Number, _ names: inout JavaScriptNameTable, _ source: [UInt8]) -> String {
        let known = record(path.place).text
        if known > 0 { return texts[Int(known) - 1] }
        if record(path.place).parent == -1 {
            // A name alone.
            return names.string(record(path.place).code, source: source)
        }
        let text = madeText(of: path, &names, source)
        if path.place >= 0 {
            texts.append(text)
            records[path.place].text = Int32(truncatingIfNeeded: texts.count)
        }
        return text
    }

    /// Puts the parts of a path together; all of them are plain names.
    private mutating func madeText(
        of path: Number, _ names: inout JavaScriptNameTable, _ source: [UInt8]
    ) -> String {
        parts.removeAll()
        bytes.removeAll()
        var place = path.place
        while place != -1, record(place).text == 0 {
            parts.append(record(place).code)
            place = record(place).parent
        }
        if place != -1 {
            for byte in texts[Int(record(place).text) - 1].utf8 { bytes.append(byte) }
        }
        var isFirst = place == -1
        while !parts.isEmpty {
            let code = parts.removeLast()
            switch code {
            case Part.result.code:
                bytes.append(UInt8(ascii: "("))
                bytes.append(UInt8(ascii: ")"))
            case Part.element.code:
                bytes.append(UInt8(ascii: "["))
                bytes.append(UInt8(ascii: "]"))
            default:
                if !isFirst { bytes.append(UInt8(ascii: ".")) }
                names.append(code, source: source, to: &bytes)
            }
            isFirst = false
        }
        return unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// What the vocabulary says of a path.
    mutating func facts(of path: ResolvedPath, _ names: inout JavaScriptNameTable, _ source: [UInt8])
        -> JavaScriptPathFacts
    {
        let place = path.number.place
        let known: Int32
        switch path.root {
        case .builtin: known = records[place].globalFacts
        case .module: known = records[place].moduleFacts
        case .local, .expression: return .none
        }
        if known > 0 { return facts[Int(known) - 1] }
        let found = JavaScriptPathFacts(text(of: path.number, &names, source), path.root)
        facts.append(found)
        let number = Int32(truncatingIfNeeded: facts.count)
        if path.root == .builtin { records[place].globalFacts = number } else { records[place].moduleFacts = number }
        return found
    }
}
