import Registry

/// `yarn.lock` of yarn 1: lines, of which those without indentation name what they resolve.
///
/// `name@range, other@npm:name@range:` with `version`, `resolved` and `integrity` below, two spaces in.
enum YarnClassicReader {
    private static let format = "yarn.lock"
    private static let wantedFields = ["version", "resolved", "integrity"]
    /// The packages that patterns of one block may mean; yarn writes blocks of one.
    private static let maxNames = 16
    private static let maxInputBytes = 1000

    private struct Block {
        let line: Int
        let patterns: [String]
        var fields: [(key: String, value: String)] = []

        func field(_ key: String) -> String? { fields.first { $0.key == key }?.value }
    }

    static func read(_ bytes: [UInt8], _ entries: inout EntryList) throws(LockfileError) -> LockfileFormat {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw .damaged(format: format, line: nil, reason: "it is not UTF-8 text")
        }
        var block: Block?
        var seen: Set<[UInt8]> = []
        var number = 0
        for slice in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            let line = slice.last == 0x0D ? slice.dropLast() : slice
            let indentation = line.prefix { $0 == UInt8(ascii: " ") }.count
            let content = line.dropFirst(indentation)
            if content.isEmpty || content.first == UInt8(ascii: "#") { continue }
            switch indentation {
            case 0:
                if let block { try add(block, &entries) }
                block = try header(content, number, &seen)
            case 2 where content.last != UInt8(ascii: ":"): try addField(content, number, to: &block)
            // What it depends on, and what that is; all of it has entries of its own.
            default:
                guard block != nil else { throw damaged(number, "it is indented and belongs to nothing") }
            }
        }
        if let block { try add(block, &entries) }
        return .yarnClassic
    }

    private static func damaged(_ line: Int, _ reason: String) -> LockfileError {
        .damaged(format: format, line: line, reason: reason)
    }

    private static func header(
        _ content: ArraySlice<UInt8>, _ number: Int, _ seen: inout Set<[UInt8]>
    ) throws(LockfileError) -> Block {
        guard content.last == UInt8(ascii: ":") else { throw damaged(number, "expected 'name@range:'") }
        var patterns: [String] = []
        for piece in try words(content.dropLast(), number, separator: UInt8(ascii: ",")) {
            guard seen.insert(Array(piece.utf8)).inserted else {
                throw damaged(number, "\(shown(piece)) is given twice")
            }
            patterns.append(piece)
        }
        guard !patterns.isEmpty else { throw damaged(number, "expected 'name@range:'") }
        return Block(line: number, patterns: patterns)
    }

    private static func addField(
        _ content: ArraySlice<UInt8>, _ number: Int, to block: inout Block?
    ) throws(LockfileError) {
        let pieces = try words(content, number, separator: UInt8(ascii: " "))
        guard block != nil, pieces.count == 2 else { throw damaged(number, "expected 'key value'") }
        // Whoever writes a million others must not have each compared with all.
        guard wantedFields.contains(pieces[0]) else { return }
        guard block?.field(pieces[0]) == nil else { throw damaged(number, "\(shown(pieces[0])) is given twice") }
        block?.fields.append((pieces[0], pieces[1]))
    }

    /// The words of a line, which stand in double quotes when they need to; `separator` and blanks are between them.
    private static func words(
        _ content: ArraySlice<UInt8>, _ number: Int, separator: UInt8
    ) throws(LockfileError) -> [String] {
        var words: [String] = []
        var rest = content
        while true {
            rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == separator }
            guard let first = rest.first else { return words }
            var word: [UInt8] = []
            if first == UInt8(ascii: "\"") {
                rest.removeFirst()
                while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
                    guard byte == UInt8(ascii: "\\") else {
                        word.append(byte)
                        continue
                    }
                    guard let escaped = rest.popFirst() else { throw damaged(number, "a string is not closed") }
                    word.append(escaped)
                }
                guard content[..<rest.startIndex].last == UInt8(ascii: "\"") else {
                    throw damaged(number, "a string is not closed")
                }
            } else {
                word = Array(rest.prefix { $0 != separator && $0 != UInt8(ascii: " ") })
                rest = rest.dropFirst(word.count)
            }
            words.append(String(decoding: word, as: UTF8.self))
        }
    }

    // MARK: Meaning

    private static func add(_ block: Block, _ entries: inout EntryList) throws(LockfileError) {
        let patterns = block.patterns.joined(separator: ", ")
        let input =
            patterns.utf8.count > maxInputBytes
            ? String(decoding: Array(patterns.utf8.prefix(maxInputBytes)), as: UTF8.self) + "…" : patterns
        let (version, resolved) = (block.field("version") ?? "", block.field("resolved"))
        var names: [String] = []
        for pattern in block.patterns {
            let name = realName(pattern)
            if !names.contains(name) { names.append(name) }
            guard names.count <= maxNames else { throw damaged(block.line, "it names more than \(maxNames) packages") }
        }
        // Patterns of one block always mean one package; where they do not, each is judged.
        for name in names {
            let origin = foreignOrigin(block.patterns, resolved, name)
            let entry = NPMEntry.entry(
                input, line: block.line, name: name, version: version, address: resolved,
                integrity: block.field("integrity"))
            guard let origin else {
                entries.append(entry)
                continue
            }
            entries.append(
                LockedEntry(
                    ecosystem: .npm, input: input, line: block.line, subject: NPMEntry.subject(name, version),
                    origin: origin, files: entry.files))
        }
    }

    /// The package behind `name@range`, also where the range says `npm:other@range`.
    private static func realName(_ pattern: String) -> String {
        guard let (name, range) = NPMEntry.split(pattern) else { return pattern }
        guard range.hasPrefix("npm:") else { return name }
        let target = String(range.dropFirst(4))
        return NPMEntry.split(target)?.name ?? target
    }

    /// Where it is from, when ranges or the address say that it is no registry.
    private static func foreignOrigin(
        _ patterns: [String], _ resolved: String?, _ name: String
    ) -> LockedEntry.Origin? {
        if let resolved {
            let origin = NPMEntry.origin(of: resolved, name)
            return origin.isRegistry ? nil : origin
        }
        for pattern in patterns {
            guard let (_, range) = NPMEntry.split(pattern) else { continue }
            for prefix in ["file:", "link:", "./", "../", "/"] where range.hasPrefix(prefix) { return .path(range) }
            if NPMEntry.isGit(range) { return .git(range) }
        }
        return nil
    }
}
