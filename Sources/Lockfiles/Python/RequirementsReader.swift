import Registry

/// Lines of requirements, as pip reads them: continuations, comments, options, pins with hashes.
///
/// Spec: pip, "Requirements File Format"; PEP 508, PEP 440.
enum RequirementsReader {
    private static let format = "requirements"

    static func read(
        _ bytes: [UInt8], _ name: String?, _ entries: inout EntryList
    ) throws(LockfileError) -> LockfileFormat {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .notALockfile(name: name, hint: "it is not text")
        }
        var (understood, strange) = (0, 0)
        for line in logicalLines(text) {
            guard let entry = entry(line, &entries) else {
                understood += 1
                continue
            }
            if case .unreadable = entry.subject, entry.origin == .registry(url: nil), !line.text.hasPrefix("-") {
                strange += 1
            } else {
                understood += 1
            }
            entries.append(entry)
        }
        // Any text has lines. Under another name than requirements have, all of it must make sense.
        let isNamedSo =
            name.map { $0.hasSuffix(".txt") || $0.hasSuffix(".in") || $0.hasPrefix("requirements") } ?? false
        guard strange == 0 || (isNamedSo && understood > 0) else {
            throw .notALockfile(name: name, hint: "its lines are no requirements")
        }
        return .requirements
    }

    struct Line {
        let number: Int
        let text: String
    }

    /// Lines with their continuations joined and comments taken away, without empty ones.
    private static func logicalLines(_ text: String) -> [Line] {
        var lines: [Line] = []
        var parts: [UInt8] = []
        var start = 0
        var number = 0
        func finish() {
            let text = String(decoding: withoutComment(parts), as: UTF8.self).trimmedBlanks
            if !text.isEmpty { lines.append(Line(number: start, text: text)) }
            parts = []
            start = 0
        }
        for slice in PythonLines.of(text) {
            number += 1
            if start == 0 { start = number }
            let line = Array(slice)
            let isComment = line.first { $0 != 0x20 && $0 != 0x09 } == UInt8(ascii: "#")
            if line.last == UInt8(ascii: "\\"), !isComment {
                parts += line.dropLast()
                continue
            }
            // A comment ends what was continued before it.
            parts += isComment && !parts.isEmpty ? [0x20] + line : line
            finish()
        }
        finish()
        return lines
    }

    /// Up to a `#` at the beginning or behind a blank.
    private static func withoutComment(_ line: [UInt8]) -> ArraySlice<UInt8> {
        for (place, byte) in line.enumerated() where byte == UInt8(ascii: "#") {
            if place == 0 || line[place - 1] == 0x20 || line[place - 1] == 0x09 { return line[..<place] }
        }
        return line[...]
    }

    /// Nil for a line that names no package.
    private static func entry(_ line: Line, _ entries: inout EntryList) -> LockedEntry? {
        if line.text.hasPrefix("-") { return option(line, &entries) }
        let requirement = Requirement(line.text)
        func made(
            _ subject: LockedEntry.Subject, _ origin: LockedEntry.Origin, files: [LockedEntry.File] = []
        ) -> LockedEntry {
            LockedEntry(
                ecosystem: .pypi, input: requirement.input, line: line.number, subject: subject, origin: origin,
                files: files)
        }
        if let address = requirement.address {
            return made(.unreadable(reason: "it is installed from an address"), Requirement.origin(of: address))
        }
        guard let name = requirement.name else {
            return made(.unreadable(reason: "it is no requirement"), .registry(url: nil))
        }
        guard let version = requirement.pinnedVersion else {
            do throws(NameError) {
                let name = try PackageName(parsing: name, ecosystem: .pypi)
                return made(.unpinned(name, reason: "no version is fixed with =="), .registry(url: nil))
            } catch {
                return made(.unreadable(reason: "\(error)"), .registry(url: nil))
            }
        }
        return PythonEntry.entry(
            requirement.input, line: line.number, name: name, version: version, index: nil,
            hashes: requirement.hashes.map { (name: nil, hash: $0) })
    }

    /// A line that is an option of pip's.
    private static func option(_ line: Line, _ entries: inout EntryList) -> LockedEntry? {
        let text = line.text
        func value(_ names: [String]) -> String? { PipOption.value(names, in: text) }
        if PipOption.mayBringMore(text) {
            return LockedEntry(
                ecosystem: .pypi, input: text, line: line.number,
                subject: .unreadable(reason: "quotes, and more options than one on a line, are not read"),
                origin: .registry(url: nil))
        }
        if let file = value(["-r", "--requirement"]) {
            return LockedEntry(
                ecosystem: .pypi, input: text, line: line.number,
                subject: .unreadable(reason: "other files are not read; check \(shown(file)) as well"),
                origin: .registry(url: nil))
        }
        if let file = value(["-c", "--constraint"]) {
            entries.note("line \(line.number): the constraints in \(shown(file)) are not read")
            return nil
        }
        if let place = value(["-e", "--editable"]) {
            return LockedEntry(
                ecosystem: .pypi, input: text, line: line.number,
                subject: .unreadable(reason: "it is installed from an address"), origin: Requirement.origin(of: place))
        }
        if value(["-i", "--index-url", "--extra-index-url", "-f", "--find-links"]) != nil {
            entries.note("line \(line.number): the index or the links named there are not asked")
        }
        return nil
    }
}

/// One requirement, taken apart.
struct Requirement {
    /// As the file names it, without hashes and markers.
    let input: String
    /// Nil when the text does not begin with a name.
    let name: String?
    /// Set when it is installed from an address or a path.
    let address: String?
    let pinnedVersion: String?
    let hashes: [String]

    init(_ text: String) {
        let words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
        let optionStart = words.firstIndex { $0.hasPrefix("--") } ?? words.endIndex
        hashes = Self.hashes(Array(words[optionStart...]))
        let plain = words[..<optionStart].joined(separator: " ")
        // A marker follows a semicolon; in an address, only one behind a blank.
        let isAddress = Self.isAddress(plain)
        let head = isAddress ? plain : String(plain.prefix { $0 != ";" })
        input = head.trimmedBlanks
        if isAddress {
            (name, address, pinnedVersion) = (nil, input, nil)
            return
        }
        let bytes = Array(head.utf8)
        let nameBytes = bytes.prefix { $0.isRequirementNameByte }
        var rest = String(decoding: bytes.dropFirst(nameBytes.count), as: UTF8.self).trimmedBlanks
        if rest.hasPrefix("["), let close = rest.firstIndex(of: "]") {
            rest = String(rest[rest.index(after: close)...]).trimmedBlanks
        }
        if rest.hasPrefix("("), rest.hasSuffix(")") { rest = String(rest.dropFirst().dropLast()).trimmedBlanks }
        if rest.hasPrefix("@") {
            name = String(decoding: nameBytes, as: UTF8.self)
            address = String(rest.dropFirst()).trimmedBlanks
            pinnedVersion = nil
            return
        }
        address = nil
        let clauses = rest.split(separator: ",").map { String($0).trimmedBlanks }
        let isWellFormed = clauses.allSatisfy { clause in
            ["===", "==", "~=", "!=", "<=", ">=", "<", ">"].contains { clause.hasPrefix($0) && clause.count > $0.count }
        }
        name = nameBytes.isEmpty || !isWellFormed ? nil : String(decoding: nameBytes, as: UTF8.self)
        pinnedVersion = clauses.lazy.compactMap(Self.pin).first
    }

    /// The version of a clause that allows one only.
    private static func pin(_ clause: String) -> String? {
        guard clause.hasPrefix("==") else { return nil }
        let version = String(clause.dropFirst(clause.hasPrefix("===") ? 3 : 2)).trimmedBlanks
        return version.hasSuffix("*") ? nil : version
    }

    private static func hashes(_ options: [String]) -> [String] {
        var hashes: [String] = []
        var rest = options[...]
        while let option = rest.popFirst() {
            if option.hasPrefix("--hash=") { hashes.append(String(option.dropFirst(7))) }
            if option == "--hash", let value = rest.popFirst() { hashes.append(value) }
        }
        return hashes
    }

    private static func isAddress(_ text: String) -> Bool {
        let prefixes = ["./", "../", "/", "git+", "hg+", "svn+", "bzr+", "http:", "https:", "file:", "~"]
        if prefixes.contains(where: { text.hasPrefix($0) }) { return true }
        let first = text.prefix { $0 != " " && $0 != ";" }
        return [".whl", ".tar.gz", ".zip"].contains { first.hasSuffix($0) }
    }

    static func origin(of address: String) -> LockedEntry.Origin {
        for prefix in ["git+", "hg+", "svn+", "bzr+"] where address.hasPrefix(prefix) { return .git(address) }
        if address.hasPrefix("http:") || address.hasPrefix("https:") { return .url(address) }
        return .path(address)
    }
}

extension UInt8 {
    fileprivate var isRequirementNameByte: Bool {
        (self >= 0x30 && self <= 0x39) || (self >= 0x41 && self <= 0x5A) || (self >= 0x61 && self <= 0x7A)
            || self == UInt8(ascii: ".") || self == UInt8(ascii: "-") || self == UInt8(ascii: "_")
    }
}
