import JSON
import TOML

/// Everything that one manifest says about what is run, loaded, fetched and required, and about who made it.
struct ManifestMembers {
    private(set) var members: [ManifestMember] = []
    /// No manifest that people write has so many; more are left out, which is the same every time.
    static let maxMembers = 20_000

    /// Nil for a manifest that cannot be read.
    init?(_ bytes: [UInt8], kind: ManifestKind) {
        switch kind {
        case .packageJSON, .bundledPackageJSON:
            guard let object = try? NPMManifest.object(bytes) else { return nil }
            members = PackageMembers.all(of: object)
        case .gypFile:
            guard let gyp = GypFile(bytes) else { return nil }
            members = gyp.commands.map { ManifestMember("commands", [], $0.text) }
        case .wheelMetadata, .sourceMetadata, .eggMetadata: members = Self.metadata(CoreMetadata(bytes))
        case .pyproject:
            guard let root = try? PyProject.document(bytes) else { return nil }
            members = ProjectMembers.all(of: root)
        case .entryPoints, .eggEntryPoints:
            members = Self.entries(ConfigurationText(bytes).entries) { $0.section }
        case .setupConfig: members = Self.setupConfig(ConfigurationText(bytes))
        case .shrinkwrap, .wheelRecord, .wheelFile, .pathFile, .agentSettings: return nil
        }
        members = Array(members.prefix(Self.maxMembers))
    }

    // MARK: Python

    /// Fields of METADATA of which each value counts by itself.
    private static let listed = ["provides-extra", "provides-dist", "obsoletes-dist", "requires-external", "dynamic"]
    /// Fields that have one value.
    private static let single = [
        "name", "requires-python", "author", "author-email", "maintainer", "maintainer-email", "home-page",
        "download-url",
    ]

    private static func metadata(_ metadata: CoreMetadata) -> [ManifestMember] {
        metadata.fields.compactMap { field in
            switch field.name {
            case "requires-dist": ManifestMember("requires-dist", requirement: field.value)
            case "project-url":
                Self.labelled(field.value)
            case let name where listed.contains(name): ManifestMember(name, field.value, field.value)
            case let name where single.contains(name): ManifestMember(name, [], field.value)
            case _: nil
            }
        }
    }

    /// `Label, URL`; labels are compared without case.
    private static func labelled(_ value: [UInt8]) -> ManifestMember {
        let comma = value.firstIndex(of: UInt8(ascii: ",")) ?? value.startIndex
        let url = value[comma...].drop { $0 == UInt8(ascii: ",") }
        return ManifestMember("project-url", Array(value[..<comma]).lowercasedASCII(), Array(url).trimmedASCII())
    }

    private static func entries(
        _ entries: [ConfigurationText.Entry], group: (ConfigurationText.Entry) -> String
    ) -> [ManifestMember] {
        entries.flatMap { entry in
            entry.lines.map { ManifestMember(group(entry), Array(entry.key.utf8), $0) }
        }
    }

    private static func setupConfig(_ text: ConfigurationText) -> [ManifestMember] {
        text.entries.flatMap { entry -> [ManifestMember] in
            let key = String(entry.key.map { $0 == "-" ? "_" : $0 })
            switch (entry.section, key) {
            case ("options", "install_requires"), ("options", "setup_requires"), ("options", "tests_require"),
                ("options.extras_require", _):
                return entry.lines.compactMap { ManifestMember("\(entry.section).\(key)", requirement: $0) }
            case ("options", "python_requires"), ("options", "cmdclass"), ("options", "scripts"),
                ("options", "py_modules"), ("metadata", "name"), ("metadata", "author"), ("metadata", "author_email"),
                ("metadata", "maintainer"), ("metadata", "maintainer_email"), ("metadata", "url"):
                return entry.lines.map { ManifestMember("\(entry.section).\(key)", [], $0) }
            case ("options.entry_points", _):
                // A line is `name = module:object`.
                return entry.lines.map { line in
                    let mark = line.firstIndex(of: UInt8(ascii: "=")) ?? line.endIndex
                    let value = Array(line[mark...].dropFirst()).trimmedASCII()
                    return ManifestMember("entry-points.\(key)", Array(line[..<mark]).trimmedASCII(), value)
                }
            case _: return []
            }
        }
    }
}

extension ManifestKind {
    /// Whether what it says is compared thing by thing.
    var hasMembers: Bool {
        switch self {
        case .packageJSON, .bundledPackageJSON, .gypFile, .wheelMetadata, .sourceMetadata, .eggMetadata, .pyproject,
            .entryPoints, .eggEntryPoints, .setupConfig:
            true
        case .shrinkwrap, .wheelRecord, .wheelFile, .pathFile, .agentSettings: false
        }
    }
}

/// What a pyproject.toml says.
///
/// Spec: PEP 517, PEP 518, PEP 621; the documentation of the build backends named here.
private enum ProjectMembers {
    /// Tables and values that are compared, with everything in them.
    private static let compared: [[String]] = [
        ["build-system"], ["project", "name"], ["project", "requires-python"], ["project", "dependencies"],
        ["project", "optional-dependencies"], ["project", "scripts"], ["project", "gui-scripts"],
        ["project", "entry-points"], ["project", "authors"], ["project", "maintainers"], ["project", "urls"],
        ["tool", "poetry", "dependencies"], ["tool", "poetry", "extras"], ["tool", "poetry", "scripts"],
        ["tool", "poetry", "plugins"], ["tool", "poetry", "build"], ["tool", "hatch", "build", "hooks"],
        ["tool", "hatch", "build", "targets"], ["tool", "hatch", "metadata"], ["tool", "hatch", "version"],
        ["tool", "pdm", "build"], ["tool", "pdm", "version"], ["tool", "setuptools"],
    ]

    static func all(of root: TOMLTable) -> [ManifestMember] {
        compared.flatMap { path -> [ManifestMember] in
            var value = root[path[0]]
            for key in path.dropFirst() { value = value?[key] }
            return value.map { members(of: $0, at: path) } ?? []
        }
    }

    private static func members(of value: TOMLValue, at path: [String]) -> [ManifestMember] {
        var found: [ManifestMember] = []
        var waiting = [(path: path, value: value)]
        while let next = waiting.popLast(), found.count < ManifestMembers.maxMembers {
            if let table = next.value.tableValue {
                waiting += table.members.reversed().map { (next.path + [$0.key], $0.value) }
            } else if let values = next.value.arrayValue {
                found += list(values, at: next.path)
            } else {
                found.append(member(at: next.path, FormatValue.text(of: next.value)))
            }
        }
        return found
    }

    private static func list(_ values: [TOMLValue], at path: [String]) -> [ManifestMember] {
        let group = path.joined(separator: ".")
        let holdsRequirements =
            path == ["build-system", "requires"] || path == ["project", "dependencies"]
            || path.starts(with: ["project", "optional-dependencies"])
        return values.prefix(ManifestMembers.maxMembers).map { value in
            let text = Array(FormatValue.text(of: value).utf8)
            if holdsRequirements, let member = ManifestMember(group, requirement: text) { return member }
            // Each entry of a list counts by itself, wherever it stands.
            return ManifestMember(group, text, text)
        }
    }

    /// The last part is the name, as in `project.scripts` and `acme`.
    private static func member(at path: [String], _ text: String) -> ManifestMember {
        guard path.count > 2 || path.first == "build-system", path.count > 1 else {
            return ManifestMember(path.joined(separator: "."), "", text)
        }
        return ManifestMember(path.dropLast().joined(separator: "."), path[path.count - 1], text)
    }
}

/// Values of structured formats on one line.
private enum FormatValue {
    static func text(of value: TOMLValue) -> String {
        switch value {
        case .string(let text): text
        case .integer(let value): String(value)
        case .float(let value): String(value)
        case .boolean(let value): String(value)
        case .offsetDateTime(let value): "\(value)"
        case .localDateTime(let value): "\(value)"
        case .localDate(let value): "\(value)"
        case .localTime(let value): "\(value)"
        case .array(let values): "[" + values.prefix(1000).map(text).joined(separator: ", ") + "]"
        case .table(let table):
            "{" + table.members.prefix(1000).map { "\($0.key) = \(text(of: $0.value))" }.joined(separator: ", ") + "}"
        }
    }
}
