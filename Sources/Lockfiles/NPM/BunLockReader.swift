import JSON
import Registry

/// `bun.lock`: JSON with commas behind last elements, in which each package is a short array.
///
/// `"key": ["name@version", "address", {…}, "integrity"]`; without a registry the first element names where it is from.
enum BunLockReader {
    /// Whether a comma stands before a closing bracket, or a comment outside of strings; strict JSON has neither.
    static func isRelaxed(_ bytes: [UInt8]) -> Bool {
        var isRelaxed = false
        visit(bytes) { _ in isRelaxed = true }
        return isRelaxed
    }

    /// The same text as strict JSON, with every byte in its place.
    static func strict(_ bytes: [UInt8]) -> [UInt8] {
        var text = bytes
        visit(bytes) { range in
            for place in range where bytes[place] != 0x0A { text[place] = UInt8(ascii: " ") }
        }
        return text
    }

    /// Names every range that strict JSON would not have.
    private static func visit(_ bytes: [UInt8], _ found: (Range<Int>) -> Void) {
        var at = 0
        var comma: Int?
        var isBehindValue = false
        while at < bytes.count {
            let byte = bytes[at]
            switch byte {
            case UInt8(ascii: ","):
                comma = isBehindValue ? at : nil
                isBehindValue = false
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if let comma { found(comma..<(comma + 1)) }
                (comma, isBehindValue) = (nil, true)
            case UInt8(ascii: "/"):
                let end = endOfComment(bytes, at)
                if end > at { found(at..<end) }
                at = max(end, at + 1)
                continue
            case 0x20, 0x09, 0x0A, 0x0D: break
            default:
                comma = nil
                isBehindValue = byte != UInt8(ascii: "{") && byte != UInt8(ascii: "[") && byte != UInt8(ascii: ":")
                if byte == UInt8(ascii: "\"") {
                    at = endOfString(bytes, at)
                    continue
                }
            }
            at += 1
        }
    }

    private static func endOfString(_ bytes: [UInt8], _ start: Int) -> Int {
        var at = start + 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") { at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1 }
        return min(at + 1, bytes.count)
    }

    private static func endOfComment(_ bytes: [UInt8], _ start: Int) -> Int {
        guard start + 1 < bytes.count else { return start }
        if bytes[start + 1] == UInt8(ascii: "/") {
            return bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
        }
        guard bytes[start + 1] == UInt8(ascii: "*") else { return start }
        var at = start + 2
        while at + 1 < bytes.count, bytes[at] != UInt8(ascii: "*") || bytes[at + 1] != UInt8(ascii: "/") { at += 1 }
        return min(at + 2, bytes.count)
    }

    static func read(_ packages: JSONScanner?, _ text: [UInt8], _ list: EntryList) throws(JSONError) -> EntryList {
        var entries = list
        guard var scanner = packages else { return entries }
        var lines = LineCounter(text)
        var members = try UniqueMembers(&scanner)
        while let member = try members.next(&scanner, &lines) {
            guard try scanner.peekKind() == .array, case .array(let elements) = try scanner.readValue() else {
                entries.append(
                    LockedEntry(
                        ecosystem: .npm, input: member.name, line: member.line,
                        subject: .unreadable(reason: "it is no list, as bun writes them"), origin: .registry(url: nil)))
                continue
            }
            if let entry = entry(member.name, member.line, elements) { entries.append(entry) }
        }
        return entries
    }

    /// Nil for the project itself.
    private static func entry(_ key: String, _ line: Int, _ elements: [JSONValue]) -> LockedEntry? {
        func unreadable(_ reason: String, _ origin: LockedEntry.Origin) -> LockedEntry {
            LockedEntry(ecosystem: .npm, input: key, line: line, subject: .unreadable(reason: reason), origin: origin)
        }
        guard let first = elements.first?.stringValue, let (name, rest) = NPMEntry.split(first) else {
            return unreadable("it does not begin with a name and a version", .registry(url: nil))
        }
        if rest.hasPrefix("root:") { return nil }
        if rest.hasPrefix("workspace:") {
            return unreadable("it is part of the project", .workspace(String(rest.dropFirst(10))))
        }
        let origin = NPMEntry.origin(of: rest, name)
        let isVersion = !rest.contains(":") && !rest.contains("/")
        guard isVersion else { return unreadable("its version is an address", origin) }
        let address = elements.count > 1 ? elements[1].stringValue : nil
        return NPMEntry.entry(
            key, line: line, name: name, version: rest, address: address.flatMap { $0.isEmpty ? nil : $0 },
            integrity: elements.count > 3 ? elements[3].stringValue : nil)
    }
}
