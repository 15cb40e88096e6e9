import Registry
import Screening
import TOML

// The rules over the manifests of wheels and sdists.
extension ManifestRules {
    func checkMetadata(of kind: ManifestKind) {
        let files = manifests(kind)
        // An sdist without PKG-INFO is old, not odd; a wheel cannot be installed without METADATA.
        if files.isEmpty, kind == .wheelMetadata, inspection.isComplete { add(.manifestMissing) }
        for file in files {
            let metadata = CoreMetadata(file.bytes)
            if metadata.names.isEmpty, kind == .wheelMetadata { add(.manifestUnreadable, file.name) }
            for text in metadata.names { checkName(text, file.name) }
            for text in metadata.versions { checkVersion(text, file.name) }
            checkRequirements(metadata.requirements.map { ($0.requirement, $0.line) }, file.name)
            checkEmails(metadata.values("author-email") + metadata.values("maintainer-email"), file.name)
        }
    }

    /// - Parameter isAside: whether they are installed only when somebody asks for them.
    func checkRequirements(
        _ requirements: [(requirement: Requirement, line: Int?)], _ path: [UInt8], isAside: Bool = false
    ) {
        for (requirement, line) in requirements {
            guard let url = requirement.url else { continue }
            let isAside = isAside || requirement.isExtra
            switch DependencySource(python: url) {
            case .registry: break
            case .unprotected: add(isAside ? .dependencyUnprotectedAside : .dependencyUnprotected, path, line: line)
            case .repository: add(isAside ? .dependencyAside : .dependencyRepository, path, line: line)
            case .url: add(isAside ? .dependencyAside : .dependencyURL, path, line: line)
            case .local: add(isAside ? .dependencyAside : .dependencyLocal, path, line: line)
            }
        }
    }

    // MARK: Wheels

    func checkWheelNames() {
        if inspection.collected.metadataFolders.count > 1 { add(.twoRoots) }
        guard context.isNamed else { return }
        for folder in inspection.collected.metadataFolders.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let parts = folder.dropLast(".dist-info".utf8.count).split(separator: UInt8(ascii: "-"), maxSplits: 1)
            let isListed =
                parts.count == 2
                && ListedIdentity.isSameName(String(decoding: parts[0], as: UTF8.self), as: context.purl.name)
                && isListedVersion(String(decoding: parts[1], as: UTF8.self))
            if !isListed { add(.folderMismatch, folder) }
        }
        guard let wheel = WheelFileName(context.filename),
            ListedIdentity.isSameName(wheel.name, as: context.purl.name), isListedVersion(wheel.version)
        else { return add(.fileNameMismatch) }
    }

    func checkTopModules() {
        let project = ownName
        var modules: Set<[UInt8]> = []
        for path in inspection.collected.paths {
            let parts = path.split(separator: UInt8(ascii: "/"), maxSplits: 2)
            guard let first = parts.first else { continue }
            if parts.count == 1, first.hasSuffix(".py") {
                modules.insert(Array(first.dropLast(3)))
            } else if parts.count == 2, parts[1].equals("__init__.py") {
                modules.insert(Array(first))
            }
        }
        for module in modules.sorted(by: { $0.lexicographicallyPrecedes($1) })
        where SystemNames.isForeignModule(module, project: project) {
            add(.shadowsModule, module)
        }
        for file in manifests(.entryPoints) {
            for entry in ConfigurationText(file.bytes).entries
            where entry.section == "console_scripts" || entry.section == "gui_scripts" {
                let name = Array(entry.key.utf8)
                if SystemNames.isSystemTool(name), !SystemNames.provides(name, project: project) {
                    add(.shadowsCommand, file.name, line: entry.line)
                }
            }
        }
    }

    /// Files that a wheel unpacks over the environment, outside of site-packages.
    func checkPlacedFiles() {
        let project = ownName
        for path in inspection.collected.paths.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let parts = path.split(separator: UInt8(ascii: "/"))
            guard parts.count >= 3, parts[0].hasSuffix(".data"), let last = parts.last else { continue }
            let isCommand =
                parts.count == 3 && parts[1].equals("scripts")
                || parts.count == 4 && parts[1].equals("data")
                    && ["bin", "Scripts", "sbin"].contains { parts[2].equals($0) }
            if isCommand, PlacedFiles.isEnvironmentCommand(last) {
                add(.environmentReplaced, path)
            } else if isCommand, SystemNames.isSystemTool(Array(last)),
                !SystemNames.provides(Array(last), project: project)
            {
                add(.shadowsCommand, path)
            } else if parts.count == 3, parts[1].equals("data"), PlacedFiles.isEnvironmentSetting(last) {
                add(.environmentReplaced, path)
            }
        }
    }

    /// The project's name in normal form: as listed, or as the metadata says.
    private var ownName: [UInt8] {
        if context.isNamed { return Array(context.purl.name.canonical.utf8) }
        let metadata = manifests(.wheelMetadata).first.map { CoreMetadata($0.bytes) }
        return Requirement.normalName(Array((metadata?.names.first ?? "").utf8))
    }

    // MARK: Sdists

    func checkProject() {
        for file in manifests(.pyproject) {
            let project: PyProject
            do {
                project = try PyProject(file.bytes)
            } catch {
                add(.buildFileUnreadable, file.name, line: error.line)
                continue
            }
            if let backend = project.backend {
                if !project.backendFolders.isEmpty {
                    add(.backendInTree, file.name, line: project.buildLine)
                } else if !BuildBackends.isKnown(backend) {
                    add(.backendUnknown, file.name, line: project.buildLine)
                }
            }
            if !project.hooks.isEmpty { add(.buildHook, file.name) }
            let needed = (project.requirements ?? []) + project.buildRequirements
            checkRequirements(needed.map { ($0, nil) }, file.name)
            checkRequirements(project.optionalRequirements.map { ($0, nil) }, file.name, isAside: true)
            compare(project, file.name)
        }
    }

    /// What is static in pyproject.toml cannot differ in the metadata that was made from it.
    private func compare(_ project: PyProject, _ path: [UInt8]) {
        guard let file = manifests(.sourceMetadata).first else { return }
        let metadata = CoreMetadata(file.bytes)
        if let name = project.name, let stated = metadata.names.first,
            Requirement.normalName(Array(name.utf8)) != Requirement.normalName(Array(stated.utf8))
        {
            add(.projectNameMismatch, path)
        }
        if let version = project.version, let stated = metadata.versions.first, !Self.isPlaceholder(version),
            let parsed = try? PackageVersion(parsing: stated, ecosystem: .pypi),
            !ListedIdentity.isSameVersion(version, as: parsed)
        {
            add(.projectVersionMismatch, path)
        }
        guard let requirements = project.requirements else { return }
        compare(metadata, with: requirements, file.name)
    }

    /// What a build left beside the metadata was written from the same list.
    func checkEggMetadata() {
        guard let file = manifests(.sourceMetadata).first else { return }
        let metadata = CoreMetadata(file.bytes)
        for egg in manifests(.eggMetadata) {
            let other = CoreMetadata(egg.bytes)
            guard other.names == metadata.names, other.versions == metadata.versions,
                other.values("metadata-version") == metadata.values("metadata-version")
            else { continue }
            compare(metadata, with: other.requirements.map(\.requirement), file.name)
            compare(other, with: metadata.requirements.map(\.requirement), egg.name)
        }
    }

    private func compare(_ metadata: CoreMetadata, with requirements: [Requirement], _ path: [UInt8]) {
        let listed = Set(requirements.map(\.name))
        for (requirement, line) in metadata.requirements
        where !requirement.isExtra && !listed.contains(requirement.name) {
            add(.requirementsMismatch, path, line: line)
        }
    }

    /// Release tools put the version in later: `0.0.0`, `0.dev0`.
    private static func isPlaceholder(_ version: String) -> Bool {
        version.utf8.allSatisfy { !(0x31...0x39).contains($0) }
    }

    func checkSetupConfig() {
        for file in manifests(.setupConfig) {
            let text = ConfigurationText(file.bytes)
            for key in ["install_requires", "setup_requires"] {
                let requirements = text.lines("options", key).compactMap(Requirement.init)
                checkRequirements(requirements.map { ($0, nil) }, file.name)
            }
            let extras = text.entries.filter { $0.section == "options.extras_require" }
            let optional = extras.flatMap(\.lines).compactMap(Requirement.init)
            checkRequirements(optional.map { ($0, nil) }, file.name, isAside: true)
        }
    }
}
