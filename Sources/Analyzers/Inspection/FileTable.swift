/// The files of an artifact by where they lie, for finding what a link means.
struct FileTable {
    private var indices: [BytesKey: Int] = [:]
    /// The files that Python takes for a module, by the module's path without an ending.
    private var pythonFiles: [BytesKey: PythonFile] = [:]
    /// What nested package.json files give as `main`, by folder.
    private let mains: [[UInt8]: [UInt8]]
    /// The package's own name, under which npm's packages may load themselves.
    private let ownName: [UInt8]
    private let layout: ArtifactLayout
    private var hasBundledModules = false

    private static let slash = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")

    init(paths: [[UInt8]], mains: [[UInt8]: [UInt8]], ownName: [UInt8], layout: ArtifactLayout) {
        self.mains = mains
        self.ownName = ownName
        self.layout = layout
        indices.reserveCapacity(paths.count)
        for (index, path) in paths.enumerated() {
            let key = BytesKey(path)
            // The first of several files at one place counts.
            guard indices[key] == nil else { continue }
            indices[key] = index
            noteModule(path, index)
            if !hasBundledModules, path.hasPrefix("node_modules/") || path.contains(text: "/node_modules/") {
                hasBundledModules = true
            }
        }
    }

    /// The file at exactly `path`.
    func file(at path: [UInt8]) -> Int? { indices[BytesKey(path)] }

    /// The files that a link in the file at `origin` may mean.
    func targets(of link: FileLink, from origin: [UInt8]) -> [Int] {
        let folder = Self.folder(of: origin)
        switch link.target {
        case .node(let specifier): return node(specifier, from: folder).map { [$0] } ?? []
        case .python(let module, let members): return python(module, members: members, from: folder)
        case .file(let path): return named(path, from: folder).map { [$0] } ?? []
        }
    }

    // MARK: Node

    private static let nodeEndings = [
        ".js", ".cjs", ".mjs", ".json", ".node", ".ts", ".tsx", ".jsx", ".cts", ".mts",
    ].map { Array($0.utf8) }

    /// Where Node finds what `require(specifier)` names in a file of `folder`.
    func node(_ specifier: [UInt8], from folder: [UInt8]) -> Int? {
        if specifier.first == Self.dot || specifier.first == Self.slash {
            // An absolute path leads out of the package, unless it was put together with __dirname.
            return Self.joined(folder, specifier).flatMap(nodePath)
        }
        if specifier == ownName { return nodePath([]) }
        if !ownName.isEmpty, specifier.starts(with: ownName), specifier.dropFirst(ownName.count).first == Self.slash {
            return nodePath(Array(specifier.dropFirst(ownName.count + 1)))
        }
        guard hasBundledModules else { return nil }
        var folder = folder
        while true {
            let place = folder.isEmpty ? Array("node_modules/".utf8) : folder + Array("/node_modules/".utf8)
            if let found = nodePath(place + specifier) { return found }
            if folder.isEmpty { return nil }
            folder = Self.folder(of: folder)
        }
    }

    /// The file that Node loads for a path: itself, with an ending, or the index of a folder.
    func nodePath(_ path: [UInt8]) -> Int? {
        if !path.isEmpty {
            if let exact = file(at: path) { return exact }
            for ending in Self.nodeEndings { if let found = file(at: path + ending) { return found } }
            // TypeScript names the compiled file where the source lies.
            if path.hasSuffix(".js"), let found = file(at: path.dropLast(3) + Array(".ts".utf8)) { return found }
        }
        if let main = mains[path], let target = Self.joined(path, main), target != path {
            if let exact = file(at: target) { return exact }
            for ending in Self.nodeEndings { if let found = file(at: target + ending) { return found } }
            if let found = index(of: target) { return found }
        }
        return index(of: path)
    }

    private func index(of folder: [UInt8]) -> Int? {
        let stem = (folder.isEmpty ? [] : folder + [Self.slash]) + Array("index".utf8)
        for ending in Self.nodeEndings { if let found = file(at: stem + ending) { return found } }
        return nil
    }

    // MARK: Python

    /// A file that is a module, and how early Python finds it among others of the same name.
    private struct PythonFile {
        let index: Int
        let order: Int
    }

    private static let pythonEndings = [".py", "/__init__.py", ".pyx", ".pyw"].map { Array($0.utf8) }

    private mutating func noteModule(_ path: [UInt8], _ index: Int) {
        for (order, ending) in Self.pythonEndings.enumerated() {
            // At the top there is no folder before the name of a package's own file.
            let isTop = order == 1 && path.elementsEqual(ending.dropFirst())
            guard isTop || path.count >= ending.count && path.suffix(ending.count).elementsEqual(ending) else {
                continue
            }
            let stem = BytesKey(isTop ? [] : Array(path.dropLast(ending.count)))
            if let known = pythonFiles[stem], known.order <= order { continue }
            pythonFiles[stem] = PythonFile(index: index, order: order)
        }
    }

    /// The modules that an import statement loads: the packages on the way, the module, and members that are modules.
    func python(_ module: [UInt8], members: [[UInt8]], from folder: [UInt8]) -> [Int] {
        let level = module.prefix { $0 == Self.dot }.count
        let parts = module.dropFirst(level).split(separator: Self.dot).map(Array.init)
        guard level == 0 else {
            var base = folder
            for _ in 1..<max(level, 1) { base = Self.folder(of: base) }
            return modules(parts, members: members, below: base)
        }
        for root in pythonRoots(folder) {
            let found = modules(parts, members: members, below: root)
            if !found.isEmpty { return found }
        }
        return []
    }

    private func pythonRoots(_ folder: [UInt8]) -> [[UInt8]] {
        var roots = [folder, [], Array("src".utf8), Array("lib".utf8), Array("python".utf8)]
        if layout == .wheel, let data = folder.firstRange(of: ".data/") {
            let place = folder[data.upperBound...].prefix { $0 != Self.slash }
            roots.append(Array(folder[..<data.upperBound]) + place)
        }
        return roots
    }

    private func modules(_ parts: [[UInt8]], members: [[UInt8]], below root: [UInt8]) -> [Int] {
        var found: [Int] = []
        var path = root
        func note(_ candidate: [UInt8]) {
            if let file = pythonFiles[BytesKey(candidate)] { found.append(file.index) }
        }
        if parts.isEmpty { note(path) }
        for part in parts {
            path = path.isEmpty ? part : path + [Self.slash] + part
            // A folder without `__init__.py` is a namespace package.
            note(path)
        }
        for member in members.prefix(200) { note(path.isEmpty ? member : path + [Self.slash] + member) }
        return found
    }

    /// The module that a dotted name of a manifest means.
    func pythonModule(_ dotted: [UInt8]) -> [Int] { python(dotted, members: [], from: []) }

    // MARK: Paths

    /// The file that a path in code means: from the code's folder, from the package's, or in the working folder.
    private func named(_ path: [UInt8], from folder: [UInt8]) -> Int? {
        for base in [folder, []] {
            guard let joined = Self.joined(base, path) else { continue }
            if let found = file(at: joined) { return found }
            if layout == .npmTarball, let found = nodePath(joined) { return found }
        }
        return nil
    }

    /// The folder of a path; the package's own for a name without folders.
    static func folder(of path: [UInt8]) -> [UInt8] {
        path.lastIndex(of: slash).map { Array(path[..<$0]) } ?? []
    }

    /// `path` from `folder`, without `.` and `..`; nil when it leads out of the package.
    static func joined(_ folder: [UInt8], _ path: [UInt8]) -> [UInt8]? {
        var parts = folder.split(separator: slash)
        for part in path.split(separator: slash) {
            if part.equals(".") { continue }
            if part.equals("..") {
                if parts.popLast() == nil { return nil }
            } else {
                parts.append(part)
            }
        }
        return Array(parts.joined(separator: [slash]))
    }
}
