import TOML

/// A pyproject.toml: how the project is built, and what runs while it is.
///
/// Spec: PEP 517, PEP 518, PEP 621; the documentation of the build backends named here.
struct PyProject {
    let name: String?
    /// Nil when it is computed at the build.
    let version: String?
    /// The static list of what the project needs; nil when there is none or it is computed.
    let requirements: [Requirement]?
    /// Requirements of the extras.
    let optionalRequirements: [Requirement]
    /// What a build installs first.
    let buildRequirements: [Requirement]
    let backend: String?
    /// Folders of the source tree that the backend is loaded from.
    let backendFolders: [String]
    /// Files and modules of the project that run while it is built.
    let hooks: [EntryPoint.Target]
    /// Modules that commands and plug-ins begin in.
    let entryModules: [String]
    /// The line of `[build-system]`.
    let buildLine: Int?
    private static let maxEntries = 2000

    /// - Throws: `TOMLError`.
    init(_ bytes: [UInt8]) throws(TOMLError) {
        let root = try Self.document(bytes)
        let project = root["project"]
        let dynamic = Self.texts(project?["dynamic"])
        name = project?["name"]?.stringValue
        version = dynamic.contains("version") ? nil : project?["version"]?.stringValue
        let isComputed = dynamic.contains("dependencies") || project?["dependencies"] == nil
        requirements = isComputed ? nil : Self.requirements(project?["dependencies"])
        let extras = project?["optional-dependencies"]?.tableValue?.members ?? []
        optionalRequirements = extras.prefix(Self.maxEntries).flatMap { Self.requirements($0.value) }
        let build = root["build-system"]
        buildRequirements = Self.requirements(build?["requires"])
        backend = build?["build-backend"]?.stringValue
        backendFolders = Self.texts(build?["backend-path"])
        buildLine = root.member("build-system")?.line
        hooks = Self.hooks(root["tool"])
        entryModules = Self.entryModules(project, root["tool"]?["poetry"])
    }

    /// Everything that a pyproject.toml says, as the initialiser reads it.
    static func document(_ bytes: [UInt8]) throws(TOMLError) -> TOMLTable {
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        return try TOMLDocument.parse(content, limits: TOMLLimits(maxBytes: 4 << 20))
    }

    // MARK: Hooks

    private static func hooks(_ tool: TOMLValue?) -> [EntryPoint.Target] {
        guard let tool else { return [] }
        return hatch(tool["hatch"]) + poetry(tool["poetry"]) + pdm(tool["pdm"]) + setuptools(tool["setuptools"])
    }

    private static func hatch(_ hatch: TOMLValue?) -> [EntryPoint.Target] {
        var found: [EntryPoint.Target] = []
        func add(custom hook: TOMLValue?) {
            guard let hook else { return }
            found.append(file(hook["path"]?.stringValue ?? "hatch_build.py"))
        }
        add(custom: hatch?["build"]?["hooks"]?["custom"])
        add(custom: hatch?["metadata"]?["hooks"]?["custom"])
        for target in hatch?["build"]?["targets"]?.tableValue?.members.prefix(50) ?? [] {
            add(custom: target.value["hooks"]?["custom"])
            if target.key == "custom" { found.append(file(target.value["path"]?.stringValue ?? "hatch_build.py")) }
        }
        if hatch?["version"]?["source"]?.stringValue == "code", let path = hatch?["version"]?["path"]?.stringValue {
            found.append(file(path))
        }
        return found
    }

    private static func poetry(_ poetry: TOMLValue?) -> [EntryPoint.Target] {
        let build = poetry?["build"]
        let script = build?.stringValue ?? build?["script"]?.stringValue
        return script.map { [file($0)] } ?? []
    }

    private static func pdm(_ pdm: TOMLValue?) -> [EntryPoint.Target] {
        var found: [EntryPoint.Target] = []
        let build = pdm?["build"]
        if build != nil { found.append(file(build?["custom-hook"]?.stringValue ?? "pdm_build.py")) }
        if let script = build?.stringValue ?? build?["setup-script"]?.stringValue { found.append(file(script)) }
        if let getter = pdm?["version"]?["getter"]?.stringValue { found.append(module(getter)) }
        return found
    }

    private static func setuptools(_ setuptools: TOMLValue?) -> [EntryPoint.Target] {
        (setuptools?["cmdclass"]?.tableValue?.members ?? []).prefix(maxEntries).compactMap { member in
            // The class stands behind the last dot.
            member.value.stringValue.map { text in
                module(String(text[..<(text.lastIndex(of: ".") ?? text.endIndex)]))
            }
        }
    }

    private static func entryModules(_ project: TOMLValue?, _ poetry: TOMLValue?) -> [String] {
        var values: [TOMLValue] = []
        for table in [project?["scripts"], project?["gui-scripts"], poetry?["scripts"]] {
            values += table?.tableValue?.members.prefix(maxEntries).map(\.value) ?? []
        }
        for groups in [project?["entry-points"], poetry?["plugins"]] {
            for group in groups?.tableValue?.members.prefix(200) ?? [] {
                values += group.value.tableValue?.members.prefix(maxEntries).map(\.value) ?? []
            }
        }
        return values.compactMap(\.stringValue).map { String($0.prefix { $0 != ":" }) }
    }

    // MARK: Values

    private static func file(_ path: String) -> EntryPoint.Target { .file(EntryPoints.normalPath(path)) }

    /// The module of `package.module:object`.
    private static func module(_ text: String) -> EntryPoint.Target {
        .module(Array(text.prefix { $0 != ":" && $0 != "(" }.utf8).trimmedASCII())
    }

    private static func texts(_ value: TOMLValue?) -> [String] {
        (value?.arrayValue ?? []).prefix(maxEntries).compactMap(\.stringValue)
    }

    private static func requirements(_ value: TOMLValue?) -> [Requirement] {
        texts(value).compactMap { Requirement(Array($0.utf8)) }
    }
}
