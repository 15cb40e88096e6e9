import JSON
import Registry

/// `Pipfile.lock`: one object of packages for each category, beside `_meta`.
enum PipfileReader {
    /// - Parameter start: a bookmark before the root object.
    static func read(_ start: JSONScanner, _ text: [UInt8], _ list: EntryList) throws(JSONError) -> EntryList {
        var entries = list
        var lines = LineCounter(text)
        var scanner = start
        try scanner.enterObject()
        while let token = try scanner.nextMember() {
            let category = try scanner.text(of: token)
            guard category != "_meta" else { continue }
            try readCategory(category, &scanner, &lines, &entries)
        }
        return entries
    }

    private static func readCategory(
        _ category: String, _ scanner: inout JSONScanner, _ lines: inout LineCounter, _ entries: inout EntryList
    ) throws(JSONError) {
        var members = try UniqueMembers(&scanner)
        while let member = try members.next(&scanner, &lines) {
            let fields = try scanner.readValue()
            entries.append(entry(member.name, member.line, fields, isDevelopment: category == "develop"))
        }
    }

    private static func entry(_ name: String, _ line: Int, _ fields: JSONValue, isDevelopment: Bool) -> LockedEntry {
        let version = fields["version"]?.stringValue
        let origin: LockedEntry.Origin? =
            if let address = fields["git"]?.stringValue ?? fields["hg"]?.stringValue {
                .git(address)
            } else if let address = fields["file"]?.stringValue {
                address.hasPrefix("http") ? .url(address) : .path(address)
            } else if let path = fields["path"]?.stringValue {
                fields["editable"]?.boolValue == true ? .workspace(path) : .path(path)
            } else {
                nil
            }
        let pinned = version.flatMap { $0.hasPrefix("==") ? String($0.dropFirst($0.hasPrefix("===") ? 3 : 2)) : nil }
        if let origin {
            return LockedEntry(
                ecosystem: .pypi, input: name, line: line,
                subject: PythonEntry.subject(name, pinned, orWithout: "its version is not fixed"), origin: origin,
                isDevelopment: isDevelopment)
        }
        guard let pinned else {
            return LockedEntry(
                ecosystem: .pypi, input: name, line: line,
                subject: .unreadable(reason: "\(shown(version ?? "")) is no version: expected '==' and one"),
                origin: .registry(url: nil), isDevelopment: isDevelopment)
        }
        let hashes = (fields["hashes"]?.arrayValue ?? []).compactMap(\.stringValue).map { (String?.none, $0) }
        return PythonEntry.entry(
            name, line: line, name: name, version: pinned.trimmedBlanks, index: fields["index"]?.stringValue,
            hashes: hashes.map { (name: $0.0, hash: $0.1) }, isDevelopment: isDevelopment)
    }
}

extension String {
    /// Without blanks and tabs at both ends.
    var trimmedBlanks: String {
        let bytes = utf8.drop { $0 == 0x20 || $0 == 0x09 }
        guard let end = bytes.lastIndex(where: { $0 != 0x20 && $0 != 0x09 }) else { return "" }
        return String(self[bytes.startIndex...end])
    }
}
