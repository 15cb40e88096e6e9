import JSON

/// The files with which an artifact begins to run.
struct EntryFiles {
    let table: FileTable
    private(set) var starts: [(file: Int, reach: Reach)] = []
    private let layout: ArtifactLayout
    private let files: [FileRecord]

    init(inspection: ArtifactInspection, files: [FileRecord]) {
        self.files = files
        layout = inspection.layout
        let collected = inspection.collected
        let manifests = collected.manifests.filter { $0.kind == .packageJSON }.map { PackageScripts($0.bytes) }
        table = FileTable(
            paths: files.map(\.path), mains: Self.mains(files),
            ownName: Array((manifests.first?.name ?? "").utf8), layout: layout)
        let entries = EntryPoints(collected.manifests, files: collected.paths, layout: layout)
        for point in entries.points { add(point) }
        for command in entries.commands { add(command.text, scripts: manifests, depth: 0) }
        switch layout {
        case .npmTarball: if let index = table.nodePath([]) { starts.append((index, .load)) }
        case .wheel, .sourceDistribution: addModules()
        }
    }

    /// `main` of the package.json files of folders, by folder.
    private static func mains(_ files: [FileRecord]) -> [[UInt8]: [UInt8]] {
        var mains: [[UInt8]: [UInt8]] = [:]
        for file in files {
            if let main = file.folderMain { mains[FileTable.folder(of: file.path)] = main }
        }
        return mains
    }

    private mutating func add(_ point: EntryPoint) {
        switch point.target {
        case .file(let path):
            if let index = layout == .npmTarball ? table.nodePath(path) : table.file(at: path) {
                starts.append((index, point.reach))
            }
        case .module(let name): for index in table.pythonModule(name) { starts.append((index, point.reach)) }
        }
    }

    /// The files that a command runs at installation, through the package's other scripts too.
    private mutating func add(_ command: [UInt8], scripts: [PackageScripts], depth: Int) {
        for path in CommandFiles.run(by: command) {
            let link = FileLink(target: .file(path), atLoad: true, isCalled: true)
            for index in table.targets(of: link, from: []) { starts.append((index, .install)) }
        }
        for path in CommandFiles.bundledPrograms(runBy: command) {
            if let index = table.file(at: path) { starts.append((index, .install)) }
        }
        guard depth < 4 else { return }
        for name in CommandFiles.scripts(runBy: command) {
            let commands = scripts.flatMap { $0.commands(of: name) }
            for text in commands { add(Array(text.utf8), scripts: scripts, depth: depth + 1) }
            // `npm start` without such a script runs `node server.js`.
            if commands.isEmpty, name == "start", let index = table.file(at: Array("server.js".utf8)) {
                starts.append((index, .install))
            }
        }
    }

    /// Python modules can be imported by their names, wherever the package's own code leads.
    private mutating func addModules() {
        for (index, file) in files.enumerated() where file.kind == .python && !file.isQuiet {
            if layout == .sourceDistribution, file.path.equals("setup.py") {
                starts.append((index, .install))
            } else if isModule(file.path) {
                starts.append((index, .load))
            }
        }
    }

    /// Whether every folder and the file have names that an import statement can say.
    private func isModule(_ path: [UInt8]) -> Bool {
        guard path.hasSuffix(".py") else { return false }
        let parts = path.dropLast(3).split(separator: UInt8(ascii: "/"))
        // In an sdist a file at the top is a script of the project, unless a manifest says that it is a module.
        if layout == .sourceDistribution, parts.count < 2 { return false }
        return parts.allSatisfy { part in
            part.first.map { !(0x30...0x39).contains($0) } ?? false
                && part.allSatisfy {
                    $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
                        || (0x61...0x7A).contains($0) || $0 >= 0x80
                }
        }
    }
}

/// The name and the scripts of a package.json, whoever runs them.
struct PackageScripts {
    private(set) var name = ""
    private var scripts: [(name: String, command: String)] = []

    init(_ bytes: [UInt8]) {
        let limits = JSONLimits(maxBytes: 8 << 20, duplicates: .keepAll)
        guard let manifest = (try? JSONText.parse(bytes, limits: limits))?.objectValue else { return }
        for member in manifest.members {
            if member.name == "name", let text = member.value.stringValue { name = text }
            guard member.name == "scripts", let all = member.value.objectValue else { continue }
            for script in all.members.prefix(1000) {
                if let command = script.value.stringValue { scripts.append((script.name, command)) }
            }
        }
    }

    /// What runs for `npm run NAME`, before and after it too.
    func commands(of name: String) -> [String] {
        scripts.filter { [name, "pre" + name, "post" + name].contains($0.name) }.map(\.command)
    }
}
