// How each kind of artifact says what runs by itself.

// MARK: npm

extension EntryPoints {
    mutating func addNPM(_ manifests: [ManifestFile], _ files: Set<[UInt8]>) {
        for file in manifests where file.kind == .packageJSON || file.kind == .bundledPackageJSON {
            guard let manifest = try? NPMManifest(file.bytes) else { continue }
            let folder = file.kind == .packageJSON ? [] : Self.folder(of: file.name)
            addScripts(manifest, file, folder, files)
            if file.kind == .packageJSON { addLoaded(manifest, files) }
        }
        for file in manifests where file.kind == .gypFile {
            guard let gyp = GypFile(file.bytes) else { continue }
            var runner = ScriptFiles(files: files)
            for command in gyp.commands {
                add(InstallCommandLine(text: command.text, manifest: file.name, line: command.line))
                for path in runner.run(by: command.text) { add(.file(path), .install) }
            }
        }
    }

    /// The folder of a bundled package below the package's own.
    private static func folder(of name: [UInt8]) -> [UInt8] {
        Array(ArtifactLayout.npmTarball.installPath(of: name).dropLast().joined(separator: [UInt8(ascii: "/")]))
    }

    private mutating func addScripts(
        _ manifest: NPMManifest, _ file: ManifestFile, _ folder: [UInt8], _ files: Set<[UInt8]>
    ) {
        var runner = ScriptFiles(files: files, scripts: manifest.scripts)
        for script in manifest.installScripts {
            let text = Array(script.command.utf8)
            let place = file.bytes.firstRange(of: "\"\(script.hook)\"").map {
                lineNumber(of: $0.lowerBound, in: file.bytes)
            }
            add(InstallCommandLine(text: text, manifest: file.name, line: place))
            for path in runner.run(by: text, in: folder) {
                if path.isEmpty {
                    for main in Self.mains(manifest) { add(.file(Self.join(folder, main)), .install) }
                } else {
                    add(.file(path), .install)
                }
            }
        }
    }

    private static func mains(_ manifest: NPMManifest) -> [[UInt8]] {
        manifest.loadedFiles.isEmpty ? [Array("index.js".utf8)] : manifest.loadedFiles.map { Array($0.utf8) }
    }

    private mutating func addLoaded(_ manifest: NPMManifest, _ files: Set<[UInt8]>) {
        add(.file(Array("index.js".utf8)), .load)
        var patterns = 0
        for text in manifest.loadedFiles + manifest.commands.map(\.file) {
            let path = Self.normalPath(text)
            if path.contains(UInt8(ascii: "*")) {
                patterns += 1
                // Each is compared with every file.
                if patterns > Self.maxPatterns { continue }
                // What a pattern happens to cover besides code is data to whoever asks for it.
                for file in Self.matches(path, files) where Self.isModule(file) { add(.file(file), .load) }
            } else if !path.isEmpty {
                add(.file(path), .load)
            }
        }
    }

    private static var maxPatterns: Int { 100 }

    private static func isModule(_ file: [UInt8]) -> Bool {
        let name = baseName(file)
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return true }
        return ["js", "cjs", "mjs", "jsx", "ts", "cts", "mts", "tsx", "json", "node", "wasm"].contains {
            name[name.index(after: dot)...] == $0
        }
    }

    /// The files that a pattern with one `*` stands for, in their order.
    private static func matches(_ pattern: [UInt8], _ files: Set<[UInt8]>) -> [[UInt8]] {
        guard let star = pattern.firstIndex(of: UInt8(ascii: "*")) else { return [] }
        let (head, tail) = (pattern[..<star], pattern[(star + 1)...].drop { $0 == UInt8(ascii: "*") })
        return files.filter { file in
            file.count >= head.count + tail.count && file.starts(with: head)
                && file.suffix(tail.count).elementsEqual(tail)
        }.sorted { $0.lexicographicallyPrecedes($1) }
    }
}

// MARK: Python

extension EntryPoints {
    mutating func addWheel(_ manifests: [ManifestFile], _ files: Set<[UInt8]>) {
        for file in manifests {
            if file.kind == .pathFile { addPathFile(file.bytes) }
            if file.kind == .entryPoints { addEntryPoints(ConfigurationText(file.bytes)) }
        }
        for path in files.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let parts = path.split(separator: UInt8(ascii: "/"))
            if StartUpModule.isTop(path) {
                add(.file(path), .install)
            } else if Self.isTopModule(parts) || parts.count == 3 && parts[0].hasSuffix(".data") {
                add(.file(path), .load)
            }
        }
    }

    mutating func addSource(_ manifests: [ManifestFile], _ files: Set<[UInt8]>) {
        if files.contains(Array("setup.py".utf8)) { add(.file(Array("setup.py".utf8)), .install) }
        for file in manifests {
            switch file.kind {
            case .pyproject: addProject(file.bytes, files)
            case .setupConfig: addSetupConfig(ConfigurationText(file.bytes))
            case .eggEntryPoints: addEntryPoints(ConfigurationText(file.bytes))
            case .packageJSON, .gypFile, .shrinkwrap, .bundledPackageJSON, .wheelMetadata, .wheelRecord, .wheelFile,
                .entryPoints, .sourceMetadata, .eggMetadata, .pathFile, .agentSettings:
                break
            }
        }
        for path in files.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let parts = path.split(separator: UInt8(ascii: "/"))
            let inner = parts.first?.equals("src") == true ? Array(parts.dropFirst()) : parts
            if inner.count == 2, Self.isTopModule(inner) { add(.file(path), .load) }
        }
    }

    /// `module.py`, or `package/__init__.py`.
    private static func isTopModule(_ parts: [ArraySlice<UInt8>]) -> Bool {
        if parts.count == 1 { return parts[0].hasSuffix(".py") }
        return parts.count == 2 && parts[1].equals("__init__.py")
    }

    /// What the lines of a .pth file that are executed import.
    private mutating func addPathFile(_ bytes: [UInt8]) {
        for name in PathConfiguration(bytes).importedModules { add(.module(name), .install) }
    }

    /// `name = package.module:object [extras]`.
    private mutating func addEntryPoints(_ text: ConfigurationText) {
        for entry in text.entries { for line in entry.lines { addReference(line) } }
    }

    private mutating func addReference(_ text: [UInt8]) {
        let value = text.lastIndex(of: UInt8(ascii: "=")).map { Array(text[($0 + 1)...]) } ?? text
        let module = value.prefix { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "[") }.trimmedASCII()
        if Self.isDotted(module) { add(.module(module), .load) }
    }

    private static func isDotted(_ text: [UInt8]) -> Bool {
        !text.isEmpty
            && text.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
            }
    }

    private mutating func addProject(_ bytes: [UInt8], _ files: Set<[UInt8]>) {
        guard let project = try? PyProject(bytes) else { return }
        for hook in project.hooks { add(hook, .install) }
        for module in project.entryModules where Self.isDotted(Array(module.utf8)) {
            add(.module(Array(module.utf8)), .load)
        }
        addBuildFiles(project.backend ?? "", files)
        guard let backend = project.backend, !project.backendFolders.isEmpty else { return }
        let name = Array(backend.utf8.prefix { $0 != UInt8(ascii: ":") })
        let slashed = name.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "/") : $0 }
        for folder in project.backendFolders {
            for ending in [".py", "/__init__.py"] {
                let path = Self.join(Self.normalPath(folder), slashed + Array(ending.utf8))
                if files.contains(path) { add(.file(path), .install) }
            }
        }
    }

    /// The files that a build backend runs because of their names.
    private mutating func addBuildFiles(_ backend: String, _ files: Set<[UInt8]>) {
        let names: [String]
        switch backend.prefix(while: { $0 != "." && $0 != ":" }) {
        case "pdm": names = ["pdm_build.py"]
        case "mesonpy": names = ["meson.build"]
        case "scikit_build_core", "skbuild", "py_build_cmake": names = ["CMakeLists.txt"]
        case "maturin", "setuptools_rust": names = ["build.rs", "rust/build.rs", "src/build.rs", "native/build.rs"]
        default: names = []
        }
        for name in names where files.contains(Array(name.utf8)) { add(.file(Array(name.utf8)), .install) }
    }

    private mutating func addSetupConfig(_ text: ConfigurationText) {
        for entry in text.entries {
            switch entry.section {
            case "options" where entry.key == "cmdclass":
                for line in entry.lines { addClass(line) }
            case "options.entry_points": for line in entry.lines { addReference(line) }
            case "global" where entry.key == "command_packages" || entry.key == "command-packages":
                for name in entry.lines.flatMap({ $0.split(separator: UInt8(ascii: ",")) }) {
                    add(.module(name.trimmedASCII()), .install)
                }
            default: break
            }
        }
    }

    /// `command = package.module.Class`: the class stands behind the last dot.
    private mutating func addClass(_ line: [UInt8]) {
        let value = line.lastIndex(of: UInt8(ascii: "=")).map { line[($0 + 1)...].trimmedASCII() } ?? line
        let module = value.lastIndex(of: UInt8(ascii: ".")).map { Array(value[..<$0]) } ?? value
        if Self.isDotted(module) { add(.module(module), .install) }
    }
}

/// The modules that Python imports by itself at every start.
enum StartUpModule {
    private static let names = ["sitecustomize", "usercustomize"]

    /// Whether a wheel's file becomes such a module.
    static func isTop(_ path: [UInt8]) -> Bool {
        let parts = path.split(separator: UInt8(ascii: "/")).map(Array.init)
        guard let last = parts.last else { return false }
        if isModule(last) { return ManifestKind.isInSitePackages(parts) }
        let isPackage =
            parts.count > 1 && last.hasPrefix("__init__.") && names.contains { parts[parts.count - 2].equals($0) }
        return isPackage && ManifestKind.isInSitePackages(Array(parts.dropLast()))
    }

    /// Whether a file becomes such a module, or would from an sdist.
    static func isStarted(_ path: [UInt8], in layout: ArtifactLayout) -> Bool {
        switch layout {
        case .npmTarball: return false
        case .wheel: return isTop(path)
        case .sourceDistribution:
            let parts = path.split(separator: UInt8(ascii: "/")).map(Array.init)
            let inner = parts.count > 1 && (parts[0].equals("src") || parts[0].equals("lib")) ? 2 : 1
            return parts.count == inner && isModule(parts[inner - 1])
        }
    }

    /// Whether a file's name is that of such a module: source, bytecode or native.
    static func isModule(_ name: [UInt8]) -> Bool {
        names.contains { stem in
            [".py", ".pyc", ".so", ".pyd"].contains { name.hasSuffix($0) } && name.hasPrefix(stem + ".")
        }
    }
}
