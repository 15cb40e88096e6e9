/// What the functions of Python's library and of well-known packages do.
///
/// The tables name paths as `Reference.path` has them; `()` is a call's result and a last `*` stands for every member that
/// has no entry of its own.
enum PythonVocabulary {
    /// Paths, split by blanks, that have the same effects.
    typealias Group = (effects: Effects, paths: String)

    /// A place in the tree of all paths: what is behind it is found by it and the next name, `()` or `[]`.
    private struct Step: Hashable {
        let word: Int32
        let name: String
    }

    /// What is known of single paths, and of all members of a path.
    private struct Tables {
        var paths: [String: PythonPathFacts] = [:]
        var families: [String: Effects] = [:]
        var steps: [Step: Int32] = [:]
        /// One of each for every place of the tree.
        var facts: [PythonPathFacts?] = []
        var familyEffects: [Effects?] = []

        init() {
            let areas = [
                processes, codeLoading, network, networkPackages, files, codecs, host, foreign, packages,
            ]
            for group in areas.joined() {
                for name in group.paths.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
                    if name.hasSuffix(".*") {
                        families[String(name.dropLast(2)), default: []].formUnion(group.effects)
                    } else {
                        paths[String(name), default: PythonPathFacts()].effects.formUnion(group.effects)
                    }
                }
            }
            for (path, special) in PythonSpecial.table { paths[path, default: PythonPathFacts()].special = special }
            for (path, known) in paths { facts[Int(insert(path))] = known }
            for (path, effects) in families { familyEffects[Int(insert(path))] = effects }
        }

        /// The place of a path, made if there is none.
        private mutating func insert(_ path: String) -> Int32 {
            var word: Int32 = -1
            for name in PythonVocabulary.pieces(of: path) {
                let step = Step(word: word, name: name)
                if let known = steps[step] {
                    word = known
                    continue
                }
                word = Int32(truncatingIfNeeded: facts.count)
                steps[step] = word
                facts.append(nil)
                familyEffects.append(nil)
            }
            return word
        }
    }

    /// `os.environ[].x()` as `os`, `environ`, `[]`, `x`, `()`.
    private static func pieces(of path: String) -> [String] {
        var pieces: [String] = []
        var name: [UInt8] = []
        func endName() {
            if !name.isEmpty { pieces.append(String(decoding: name, as: UTF8.self)) }
            name = []
        }
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "."): endName()
            case UInt8(ascii: "("), UInt8(ascii: "["):
                endName()
                pieces.append(byte == UInt8(ascii: "(") ? "()" : "[]")
            case UInt8(ascii: ")"), UInt8(ascii: "]"): continue
            case _: name.append(byte)
            }
        }
        endName()
        return pieces
    }

    private static let tables = Tables()

    /// The place of a name behind another place, which is -1 for the first name; -1 when nothing is known of it.
    static func word(of name: String, in word: Int32) -> Int32 {
        tables.steps[Step(word: word, name: name)] ?? -1
    }

    /// What is known of all members of a place of the tree.
    static func family(of word: Int32) -> Effects? { word >= 0 ? tables.familyEffects[Int(word)] : nil }

    /// What is known of a place of the tree itself.
    static func facts(ofWord word: Int32) -> PythonPathFacts? { word >= 0 ? tables.facts[Int(word)] : nil }

    /// What is known of a path; nothing for most.
    static func facts(of path: String) -> PythonPathFacts {
        if let exact = tables.paths[path], !exact.effects.isEmpty || exact.special == .none || !path.utf8.contains(0x2E)
        {
            return exact
        }
        var facts = tables.paths[path] ?? PythonPathFacts()
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
