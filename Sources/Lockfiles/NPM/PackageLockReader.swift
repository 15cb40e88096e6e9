import JSON
import Registry

/// `package-lock.json` and `npm-shrinkwrap.json` of every version.
///
/// Version 1 nests `dependencies`; version 3 lists `packages` by their folders; version 2 has both. Old clients use the
/// one and new ones the other, whatever the version says, so both are read. Spec: npm-package-lock.json(5).
struct PackageLockReader {
    private let bytes: [UInt8]
    private var lines: LineCounter
    private var entries: EntryList
    /// What `packages` has told, so that its copy under `dependencies` is not told again.
    private var told: Set<Told> = []

    private struct Told: Hashable {
        let name: [UInt8]
        let fields: Fields
    }

    /// What matters of one package.
    private struct Fields: Hashable {
        var name: String?
        var version: String?
        var resolved: String?
        var integrity: String?
        var isLink = false
        var isDevelopment = false
        var isOptional = false

        /// For comparison between the two forms, which say the rest in different ways. Without a claim about the bytes, the
        /// address says what they are.
        var claims: Fields {
            Fields(version: version, resolved: integrity == nil ? resolved : nil, integrity: integrity)
        }
    }

    /// How deep `dependencies` may be nested; real trees stay below twenty.
    private static let maxNesting = 64
    /// What is kept of the way to a nested dependency, which every entry below it repeats.
    private static let maxWayBytes = 500

    init(_ bytes: [UInt8], _ entries: EntryList) {
        self.bytes = bytes
        self.entries = entries
        lines = LineCounter(bytes)
    }

    /// - Parameters:
    ///   - packages, dependencies: bookmarks before the values of those members.
    mutating func read(packages: JSONScanner?, dependencies: JSONScanner?) throws(JSONError) -> EntryList {
        if var packages { try readPackages(&packages) }
        if var dependencies { try readDependencies(&dependencies, path: "", nesting: 0) }
        return entries
    }

    // MARK: packages

    private mutating func readPackages(_ scanner: inout JSONScanner) throws(JSONError) {
        var members = try UniqueMembers(&scanner)
        while let member = try members.next(&scanner, &lines) {
            let fields = try fields(&scanner)
            add(member.name, fields, member.line)
        }
    }

    private mutating func add(_ path: String, _ fields: Fields, _ line: Int) {
        // The project itself, and links to folders that have entries of their own.
        if path.isEmpty || fields.isLink { return }
        guard let folderName = Self.nameOfFolder(path) else {
            entries.append(
                LockedEntry(
                    ecosystem: .npm, input: path, line: line,
                    subject: NPMEntry.subject(fields.name ?? Self.lastSegment(path), fields.version ?? "0.0.0"),
                    origin: .workspace(path)))
            return
        }
        let name = fields.name ?? folderName
        told.insert(Told(name: Array(name.utf8), fields: fields.claims))
        guard let version = fields.version else {
            entries.append(unreadable(path, line, fields, "it has no version"))
            return
        }
        entries.append(
            NPMEntry.entry(
                path, line: line, name: name, version: version, address: fields.resolved,
                integrity: fields.integrity, isDevelopment: fields.isDevelopment, isOptional: fields.isOptional))
    }

    /// The package's name by its folder: what is behind the last `node_modules/`.
    private static func nameOfFolder(_ path: String) -> String? {
        let mark = Array("node_modules/".utf8)
        let bytes = Array(path.utf8)
        guard bytes.count > mark.count else { return nil }
        for start in stride(from: bytes.count - mark.count, through: 0, by: -1)
        where bytes[start] == mark[0] && bytes[start...].starts(with: mark) {
            guard start == 0 || bytes[start - 1] == UInt8(ascii: "/") else { continue }
            return String(decoding: bytes[(start + mark.count)...], as: UTF8.self)
        }
        return nil
    }

    private static func lastSegment(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    // MARK: dependencies

    private mutating func readDependencies(
        _ scanner: inout JSONScanner, path: String, nesting: Int
    ) throws(JSONError) {
        var members = try UniqueMembers(&scanner)
        while let member = try members.next(&scanner, &lines) {
            let (name, line) = (member.name, member.line)
            var nested: JSONScanner?
            // A bookmark first: the nested ones come after this one, wherever they stand in it.
            let fields = try fields(&scanner, nested: &nested)
            let place = path.isEmpty ? name : "\(Self.end(of: path)) > \(name)"
            addDependency(name, place, fields, line)
            guard var nested else { continue }
            guard nesting < Self.maxNesting else {
                throw JSONError(
                    offset: member.token.quoted.lowerBound, line: line, column: 1,
                    reason: .tooDeep(limit: Self.maxNesting))
            }
            try readDependencies(&nested, path: place, nesting: nesting + 1)
        }
    }

    private static func end(of way: String) -> String {
        guard way.utf8.count > maxWayBytes else { return way }
        return "…" + String(decoding: Array(way.utf8.suffix(maxWayBytes)), as: UTF8.self)
    }

    private mutating func addDependency(_ key: String, _ place: String, _ fields: Fields, _ line: Int) {
        guard var version = fields.version else {
            // In npm 4's shrinkwraps and nobody else's, a dependency that could not be installed.
            entries.append(unreadable(place, line, fields, "it has no version"))
            return
        }
        var name = key
        if version.hasPrefix("npm:"), let alias = NPMEntry.split(String(version.dropFirst(4))) {
            (name, version) = (alias.name, alias.rest)
        }
        var claims = fields.claims
        claims.version = version
        guard !told.contains(Told(name: Array(name.utf8), fields: claims)) else { return }
        // Everything that is no version is where it comes from.
        if version.contains(":") || version.contains("/") {
            // The copy of an entry that `packages` has as a folder or link of the project.
            if !told.isEmpty, version.hasPrefix("file:") { return }
            let origin = NPMEntry.origin(of: version, name)
            entries.append(
                LockedEntry(
                    ecosystem: .npm, input: place, line: line,
                    subject: .unreadable(reason: "its version is an address"), origin: origin,
                    isDevelopment: fields.isDevelopment, isOptional: fields.isOptional))
            return
        }
        entries.append(
            NPMEntry.entry(
                place, line: line, name: name, version: version, address: fields.resolved,
                integrity: fields.integrity, isDevelopment: fields.isDevelopment, isOptional: fields.isOptional))
    }

    // MARK: One package

    private func unreadable(_ input: String, _ line: Int, _ fields: Fields, _ reason: String) -> LockedEntry {
        LockedEntry(
            ecosystem: .npm, input: input, line: line, subject: .unreadable(reason: reason),
            origin: fields.resolved.map { NPMEntry.origin(of: $0, "") } ?? .registry(url: nil),
            isDevelopment: fields.isDevelopment, isOptional: fields.isOptional)
    }

    private func fields(_ scanner: inout JSONScanner) throws(JSONError) -> Fields {
        var nested: JSONScanner?
        return try fields(&scanner, nested: &nested)
    }

    /// - Parameter nested: set to a bookmark before the value of `dependencies`, when that is an object.
    private func fields(_ scanner: inout JSONScanner, nested: inout JSONScanner?) throws(JSONError) -> Fields {
        var fields = Fields()
        var seen: [String] = []
        try scanner.enterObject()
        while let token = try scanner.nextMember() {
            guard let name = Self.known.first(where: { scanner.matches(token, $0.match) })?.name else { continue }
            if seen.contains(name) { throw duplicate(token, name) }
            seen.append(name)
            let kind = try scanner.peekKind()
            switch (name, kind) {
            case ("name", .string): fields.name = try scanner.readString()
            case ("version", .string): fields.version = try scanner.readString()
            case ("resolved", .string): fields.resolved = try scanner.readString()
            case ("integrity", .string): fields.integrity = try scanner.readString()
            case ("link", .boolean): fields.isLink = try scanner.readBool()
            case ("dev", .boolean): fields.isDevelopment = try scanner.readBool()
            case ("optional", .boolean): fields.isOptional = try scanner.readBool()
            case ("devOptional", .boolean): fields.isDevelopment = try scanner.readBool() || fields.isDevelopment
            case ("dependencies", .object): nested = scanner
            // What has another kind than it should have says nothing; npm takes it like that.
            default: break
            }
        }
        return fields
    }

    private static let known: [(name: String, match: StaticString)] = [
        ("version", "version"), ("resolved", "resolved"), ("integrity", "integrity"), ("dev", "dev"),
        ("optional", "optional"), ("name", "name"), ("link", "link"), ("devOptional", "devOptional"),
        ("dependencies", "dependencies"),
    ]

    private func duplicate(_ token: JSONStringToken, _ name: String) -> JSONError {
        var lines = LineCounter(bytes)
        return JSONError(
            offset: token.quoted.lowerBound, line: lines.line(at: token.quoted.lowerBound), column: 1,
            reason: .duplicateMember(name))
    }
}
