/// What the functions of Python's library and of well-known packages do.
///
/// The tables name paths as `Reference.path` has them; `()` is a call's result and a last `*` stands for every member that
/// has no entry of its own.
enum PythonVocabulary {
    /// Paths, split by blanks, that have the same effects.
    typealias Group = (effects: Effects, paths: String)

    private static let effects: [String: Effects] = {
        var table: [String: Effects] = [:]
        let areas = [
            processes, codeLoading, network, networkPackages, files, codecs, host, foreign, packages,
        ]
        for group in areas.joined() {
            for path in group.paths.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
                table[String(path), default: []].formUnion(group.effects)
            }
        }
        return table
    }()

    /// What is known of a path; nothing for most.
    static func facts(of path: String) -> PathFacts {
        var special = PythonSpecial.table[path] ?? .none
        if special == .none, path.hasSuffix(".__getattribute__") { special = .getAttributeMethod }
        return PathFacts(effects: effects(of: path), special: special)
    }

    /// The effects of calling (or reading) what a path names.
    static func effects(of path: String) -> Effects {
        if let exact = effects[path] { return exact }
        // From the longest beginning to the shortest: `requests.sessions.Session().get`, `requests.*`.
        var end = path.endIndex
        while let dot = path[..<end].lastIndex(of: ".") {
            if let family = effects[path[..<dot] + ".*"] { return family }
            end = dot
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
        return effects[path] != nil || PythonSpecial.table[path] != nil || passedModules.contains(name)
    }
}
