public import JSON

/// Reads what a process says that has held hostile bytes: the form alone is believed, and no text that could do anything.
extension ShownDifference {
    /// - Throws: `StatementError` that names the member, for everything that `record` does not write.
    public init(reading value: JSONValue) throws(StatementError) {
        var reader = try MemberReader(value, at: "")
        base = try Self.side(try reader.object("base"))
        new = try Self.side(try reader.object("new"))
        sums = try Sums(reading: try reader.object("sums"))
        isCut = try reader.flag("isCut")
        isManifestCut = try reader.optionalFlag("isManifestCut")
        omittedFiles = try reader.optionalCount("omittedFiles") ?? 0
        manifests = try reader.objects("manifests", Member.init(reading:))
        files = try reader.objects("files", File.init(reading:))
        came = try reader.objects("came", Ability.init(reading:))
        went = try reader.objects("went", Ability.init(reading:))
        try reader.finish()
    }

    private static func side(_ object: MemberReader) throws(StatementError) -> Side {
        var reader = object
        let side = Side(files: try reader.count("files"), isComplete: try reader.flag("isComplete"))
        try reader.finish()
        return side
    }
}

extension ShownDifference.Sums {
    init(reading object: MemberReader) throws(StatementError) {
        self.init()
        var reader = object
        addedLines = try reader.count("addedLines")
        changedBytes = try reader.count("changedBytes")
        changedFiles = try reader.count("changedFiles")
        codeLines = try reader.count("codeLines")
        newCodeLines = try reader.count("newCodeLines")
        removedFiles = try reader.count("removedFiles")
        removedLines = try reader.count("removedLines")
        try reader.finish()
    }
}

extension ShownDifference.Member {
    init(reading object: MemberReader) throws(StatementError) {
        var reader = object
        self.init(
            manifest: try reader.shown("manifest"), group: try reader.shown("group"),
            name: try reader.optionalShown("name") ?? "", kind: try reader.word("kind", of: Kind.self),
            old: try reader.optionalShown("old"), new: try reader.optionalShown("new"))
        // The same in one word, for programs.
        guard try reader.shown("member").utf8.elementsEqual(member.utf8) else {
            throw reader.invalid("member", member)
        }
        try reader.finish()
    }
}

extension ShownDifference.Ability {
    init(reading object: MemberReader) throws(StatementError) {
        var reader = object
        self.init(
            word: try reader.string("word", as: .identifier), reach: try reader.string("reach", as: .identifier),
            path: try reader.optionalShown("path"), line: try reader.optionalCount("line"))
        try reader.finish()
    }
}

extension ShownDifference.File {
    init(reading object: MemberReader) throws(StatementError) {
        var reader = object
        self.init(path: try reader.shown("path"), kind: try reader.word("kind", of: Kind.self))
        copy = try reader.optionalCount("copy") ?? 1
        oldPath = try reader.optionalShown("oldPath")
        old = try reader.optionalObject("old").map { entry throws(StatementError) in try .init(reading: entry) }
        new = try reader.optionalObject("new").map { entry throws(StatementError) in try .init(reading: entry) }
        let (added, removed) = (try reader.optionalCount("addedLines"), try reader.optionalCount("removedLines"))
        let isCut = try reader.optionalFlag("isCut")
        guard (added == nil) == (removed == nil), added != nil || !isCut else {
            throw reader.invalid("addedLines", "a count beside removedLines")
        }
        if let added, let removed { lines = .init(added: added, removed: removed, isCut: isCut) }
        isLineEndsOnly = try reader.optionalFlag("isLineEndsOnly")
        for value in try reader.optionalList("edits") ?? [] { edits.append(try reader.numbers(value, 4, of: "edits")) }
        hunks = try reader.optionalObjects("hunks", ShownDifference.Hunk.init(reading:))
        isTextCut = try reader.optionalFlag("isTextCut")
        try reader.finish()
    }
}

extension ShownDifference.Entry {
    init(reading object: MemberReader) throws(StatementError) {
        var reader = object
        self.init(
            fileClass: try reader.word("class", of: Class.self), isExecutable: try reader.flag("isExecutable"),
            isPrivileged: try reader.flag("isPrivileged"), sizeBytes: try reader.count("size"))
        sha256 = try reader.optionalString("sha256", as: .identifier)
        target = try reader.optionalShown("target")
        try reader.finish()
    }
}

extension ShownDifference.Hunk {
    init(reading object: MemberReader) throws(StatementError) {
        var reader = object
        let old = try reader.numbers(try reader.value("old"), 2, of: "old")
        let new = try reader.numbers(try reader.value("new"), 2, of: "new")
        var lines: [String] = []
        for value in try reader.list("lines") {
            guard case .string(let line) = value, ShownText.isHarmless(line),
                line.utf8.first.flatMap(Mark.init) != nil
            else { throw reader.invalid("lines", "printable lines with their marks") }
            lines.append(line)
        }
        self.init(old: old, new: new, lines: lines)
        try reader.finish()
    }
}

extension MemberReader {
    fileprivate static let maxNumber: Int64 = 1 << 48

    fileprivate mutating func count(_ name: String) throws(StatementError) -> Int {
        guard let count = try optionalCount(name) else { throw .missingMember(path: path(of: name)) }
        return count
    }

    fileprivate mutating func optionalCount(_ name: String) throws(StatementError) -> Int? {
        guard let number = try optionalInteger(name, from: 0) else { return nil }
        guard number <= Self.maxNumber else { throw invalid(name, "at most \(Self.maxNumber)") }
        return Int(number)
    }

    fileprivate mutating func flag(_ name: String) throws(StatementError) -> Bool {
        guard case .bool(let isSet) = try value(name) else { throw invalid(name, "true or false") }
        return isSet
    }

    /// A member that is left out when it is false.
    fileprivate mutating func optionalFlag(_ name: String) throws(StatementError) -> Bool {
        guard let value = optionalValue(name) else { return false }
        guard case .bool(true) = value else { throw invalid(name, "true, or nothing") }
        return true
    }

    fileprivate mutating func shown(_ name: String) throws(StatementError) -> String {
        guard let text = try optionalShown(name) else { throw .missingMember(path: path(of: name)) }
        return text
    }

    fileprivate mutating func optionalShown(_ name: String) throws(StatementError) -> String? {
        guard let text = try optionalString(name) else { return nil }
        guard ShownText.isHarmless(text) else { throw invalid(name, "printable text") }
        return text
    }

    fileprivate mutating func objects<Element>(
        _ name: String, _ read: (MemberReader) throws(StatementError) -> Element
    ) throws(StatementError) -> [Element] {
        try elements(try list(name), of: name, read)
    }

    /// The same for a list that is left out when it is empty.
    fileprivate mutating func optionalObjects<Element>(
        _ name: String, _ read: (MemberReader) throws(StatementError) -> Element
    ) throws(StatementError) -> [Element] {
        try elements(try optionalList(name) ?? [], of: name, read)
    }

    private func elements<Element>(
        _ values: [JSONValue], of name: String, _ read: (MemberReader) throws(StatementError) -> Element
    ) throws(StatementError) -> [Element] {
        let path = path(of: name)
        var found: [Element] = []
        for value in values { found.append(try read(try MemberReader(value, at: path))) }
        return found
    }

    fileprivate func numbers(
        _ value: JSONValue, _ count: Int, of name: String
    ) throws(StatementError) -> [Int] {
        guard case .array(let values) = value, values.count == count else {
            throw invalid(name, "\(count) numbers")
        }
        var numbers: [Int] = []
        for value in values {
            guard case .integer(let number) = value, (0...Self.maxNumber).contains(number) else {
                throw invalid(name, "\(count) numbers")
            }
            numbers.append(Int(number))
        }
        return numbers
    }
}

/// Text of a package that was made printable.
enum ShownText {
    /// Whether nothing in it moves a cursor, changes the direction of writing or hides the rest; tabs may be in it.
    static func isHarmless(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 0x09 }
            || text.unicodeScalars.allSatisfy { scalar in
                switch scalar.value {
                case 0x09: true
                case 0x00...0x1F, 0x7F...0x9F, 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
                    0xE0000...0xE007F:
                    false
                default: true
                }
            }
    }
}
