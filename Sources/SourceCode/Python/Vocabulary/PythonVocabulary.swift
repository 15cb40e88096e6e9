/// What the functions of Python's library and of well-known packages do.
///
/// The tables name paths as `Reference.path` has them; `()` is a call's result and a last `*` stands for every member that
/// has no entry of its own.
enum PythonVocabulary {
    /// Paths, split by blanks, that have the same effects.
    typealias Group = (effects: Effects, paths: String)

    /// What is known of single paths, and of all members of a path.
    private struct Tables {
        var paths: [String: PathFacts] = [:]
        var families: [String: Effects] = [:]
        /// The first names of all of them.
        var roots: Set<String> = []

        init() {
            let areas = [
                processes, codeLoading, network, networkPackages, files, codecs, host, foreign, packages,
            ]
            for group in areas.joined() {
                for name in group.paths.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
                    if name.hasSuffix(".*") {
                        families[String(name.dropLast(2)), default: []].formUnion(group.effects)
                    } else {
                        paths[String(name), default: PathFacts()].effects.formUnion(group.effects)
                    }
                }
            }
            for (path, special) in PythonSpecial.table { paths[path, default: PathFacts()].special = special }
            for path in [Array(paths.keys), Array(families.keys)].joined() {
                roots.insert(String(path.prefix { $0 != "." && $0 != "(" }))
            }
        }
    }

    private static let tables = Tables()

    /// Whether anything is known of paths that begin with a name.
    static func knows(root: String) -> Bool { tables.roots.contains(root) }

    /// What is known of a path; nothing for most.
    static func facts(of path: String) -> PathFacts {
        if let exact = tables.paths[path], !exact.effects.isEmpty || exact.special == .none || !path.utf8.contains(0x2E)
        {
            return exact
        }
        var facts = tables.paths[path] ?? PathFacts()
        facts.effects = family(of: path)
        if facts.special == .none, path.hasSuffix(".__getattribute__") { facts.special = .getAttributeMethod }
        return facts
    }

    /// The effects of calling (or reading) what a path names.
    static func effects(of path: String) -> Effects { facts(of: path).effects }

    /// The effects of the longest beginning that has some for all its members: of `requests.Session().get`, `requests`.
    private static func family(of path: String) -> Effects {
        var rest = path.utf8[...]
        while let dot = rest.lastIndex(of: UInt8(ascii: ".")) {
            rest = rest[..<dot]
            if let family = tables.families[String(Substring(rest))] { return family }
        }
        return []
    }

    /// Modules of the standard library whose members can be reached through other modules: `subprocess.os`.
    static let passedModules: Set<String> = [
        "os", "sys", "subprocess", "socket", "builtins", "shutil", "importlib", "ctypes", "io", "urllib", "ssl",
        "http", "platform", "pickle", "marshal", "types", "threading", "base64", "codecs", "zlib", "tempfile", "pty",
        "commands", "posix", "nt", "select", "signal", "time", "inspect", "tokenize", "runpy",
    ]

    /// Members that `from m import *` brings, for modules whose members matter.
    static func isMember(_ name: String, of module: String) -> Bool {
        let path = module + "." + name
        return tables.paths[path] != nil || passedModules.contains(name)
    }
}
