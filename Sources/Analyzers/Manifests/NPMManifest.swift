import JSON

/// A package.json as npm reads it: what is run, what is loaded, and what is fetched besides.
struct NPMManifest {
    /// One entry of a list of dependencies.
    struct Dependency: Equatable {
        let list: List
        let name: String
        /// What stands there, unread.
        let specifier: String
    }

    /// The lists of dependencies.
    enum List: String, CaseIterable {
        case dependencies, optionalDependencies, peerDependencies, devDependencies
    }

    /// Every `name` and `version` that the text gives, in order: readers differ in which of two they take.
    let names: [String]
    let versions: [String]
    /// Every script, in order.
    let scripts: [(name: String, command: String)]
    /// The scripts that npm runs when the package is installed, in npm's order.
    let installScripts: [(hook: String, command: String)]
    let dependencies: [Dependency]
    /// Files that are loaded when the package is: `main`, `module`, `browser` and every file of `exports`.
    let loadedFiles: [String]
    /// Commands that are put on the path, with their files.
    let commands: [(name: String, file: String)]
    /// Folders every file of which is put on the path as a command.
    let commandFolders: [String]
    /// False when npm shall not build although there is a binding.gyp.
    let buildsNatively: Bool
    let emails: [String]
    /// Names that one object gives twice with different values, where it matters which one counts.
    let ambiguousMembers: [String]

    /// The hooks that run for an installed dependency.
    static let hooks = ["preinstall", "install", "postinstall"]
    private static let maxScripts = 32
    private static let maxEntries = 5000
    /// So many members of one name are looked at.
    private static let maxRepetitions = 100

    /// Reads a package.json as npm does: a byte order mark and broken UTF-8 are passed over.
    ///
    /// Nil for JSON that is no object, or that repeats its hooks endlessly.
    ///
    /// - Throws: `JSONError` when it is no JSON; comments and trailing commas are none.
    init?(_ bytes: [UInt8]) throws(JSONError) {
        guard let manifest = try Self.object(bytes) else { return nil }
        func values(_ name: String) -> [JSONValue] {
            manifest.members.filter { $0.name == name }.prefix(Self.maxRepetitions).map(\.value)
        }
        names = values("name").compactMap(\.stringValue)
        versions = values("version").compactMap(\.stringValue)
        let all = values("scripts").compactMap(\.objectValue).flatMap(\.members).prefix(Self.maxEntries)
        let scripts = all.compactMap { member in member.value.stringValue.map { (name: member.name, command: $0) } }
        self.scripts = scripts
        let hooks = Self.hooks.flatMap { hook in scripts.filter { $0.name == hook } }
        installScripts = hooks.filter { !$0.command.utf8.allSatisfy { $0 <= 0x20 } }.map { ($0.name, $0.command) }
        dependencies = List.allCases.flatMap { list in
            values(list.rawValue).compactMap(\.objectValue).flatMap(\.members).prefix(Self.maxEntries).compactMap {
                member in
                member.value.stringValue.map { Dependency(list: list, name: member.name, specifier: $0) }
            }
        }
        loadedFiles = Self.loadedFiles(of: manifest)
        commands = Self.commands(values("bin"), package: names.last ?? "")
        commandFolders = values("directories").compactMap { $0.objectValue?["bin"]?.stringValue }
        buildsNatively = !values("gypfile").contains { $0.boolValue == false }
        emails = ["author", "maintainers", "contributors"].flatMap(values).flatMap(Self.emails)
        ambiguousMembers = Self.ambiguous(in: manifest)
        // Nobody writes the same hooks over and over but to exhaust whoever reads them.
        if installScripts.count > Self.maxScripts { return nil }
    }

    /// The members of a package.json, as the initialiser reads it; names may occur several times.
    static func object(_ bytes: [UInt8]) throws(JSONError) -> JSONObject? {
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let repaired = Array(String(decoding: text, as: UTF8.self).utf8)
        let limits = JSONLimits(maxBytes: 8 << 20, duplicates: .keepAll)
        return try JSONText.parse(repaired, limits: limits).objectValue
    }

    // MARK: What is loaded and run

    private static func loadedFiles(of manifest: JSONObject) -> [String] {
        var files: [String] = []
        for member in manifest.members {
            switch member.name {
            case "main", "module", "jsnext:main", "es2015", "esnext", "unpkg", "jsdelivr":
                if let file = member.value.stringValue { files.append(file) }
            case "browser", "exports", "imports", "react-native": files += texts(in: member.value)
            default: break
            }
        }
        return files
    }

    /// Every text inside a value that names a file, without the types that only compilers read.
    private static func texts(in value: JSONValue) -> [String] {
        var found: [String] = []
        var waiting = [value]
        while let next = waiting.popLast(), found.count < maxEntries {
            switch next {
            case .string(let text): found.append(text)
            case .array(let values): waiting += values.reversed()
            case .object(let object):
                waiting += object.members.filter { $0.name != "types" }.map(\.value).reversed()
            case .null, .bool, .integer, .number: break
            }
        }
        return found
    }

    private static func commands(_ values: [JSONValue], package: String) -> [(name: String, file: String)] {
        values.flatMap { value -> [(String, String)] in
            if let file = value.stringValue {
                return [(String(package.split(separator: "/").last ?? ""), file)]
            }
            return (value.objectValue?.members ?? []).prefix(maxEntries).compactMap { member in
                member.value.stringValue.map { (member.name, $0) }
            }
        }
    }

    // MARK: People

    private static func emails(in value: JSONValue) -> [String] {
        switch value {
        case .string(let text): return [text]
        case .object(let object): return object.members.filter { $0.name == "email" }.compactMap(\.value.stringValue)
        case .array(let values): return values.prefix(200).flatMap(emails)
        case .null, .bool, .integer, .number: return []
        }
    }

    // MARK: Members given twice

    private static let weighty: Set<String> = [
        "name", "version", "main", "bin", "scripts", "dependencies", "optionalDependencies", "gypfile", "exports",
    ]

    private static func ambiguous(in manifest: JSONObject) -> [String] {
        var found = repeated(in: manifest).filter(weighty.contains)
        let lists = ["scripts", "dependencies", "optionalDependencies", "bin"]
        for member in manifest.members where lists.contains(member.name) {
            guard let object = member.value.objectValue else { continue }
            let names = repeated(in: object)
            found += member.name == "scripts" ? names.filter(hooks.contains) : names
        }
        return found
    }

    /// The names that an object gives several times with different values.
    private static func repeated(in object: JSONObject) -> [String] {
        var first: [[UInt8]: JSONValue] = [:]
        var found: [String] = []
        for member in object.members.prefix(maxEntries) {
            let key = Array(member.name.utf8)
            if let value = first[key] {
                if value != member.value { found.append(member.name) }
            } else {
                first[key] = member.value
            }
        }
        return found
    }
}
