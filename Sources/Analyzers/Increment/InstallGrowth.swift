import Screening

/// What runs at installation or start that is new or another: D-INSTALL.
struct InstallGrowth {
    /// Things that each wait for a person, with the files they stand in.
    private(set) var held: [(observation: Observation, path: [UInt8])] = []
    /// Things that are only worth a full review.
    private(set) var noted: [(observation: Observation, path: [UInt8])] = []

    private static let hooks = ["preinstall", "install", "postinstall"]
    /// Members of Python's manifests that say what takes part in a build; groups that begin so, and whole members.
    private static let buildGroups = ["tool.hatch.build.hooks", "tool.pdm.build", "tool.poetry.build"]
    private static let buildMembers = [
        "build-system.backend-path", "build-system.build-backend", "tool.setuptools.cmdclass",
        "options.cmdclass",
    ]

    init(_ pair: VersionPair) {
        for change in pair.difference.manifests.changes { note(change, pair) }
        for (file, change) in pair.changedFiles {
            let path = change.path.split(separator: UInt8(ascii: "/")).map(Array.init)
            let name = pair.new.judgement.files[file].name
            switch ManifestKind(path: path, layout: pair.new.layout) {
            case .pathFile: held.append((.startFileChanged, name))
            case .gypFile: if change.kind == .added { held.append((.buildCommandsChanged, name)) }
            case .packageJSON, .shrinkwrap, .bundledPackageJSON, .wheelMetadata, .wheelRecord, .wheelFile, .entryPoints,
                .sourceMetadata, .pyproject, .setupConfig, .eggMetadata, .eggEntryPoints, .agentSettings, nil:
                if pair.reach(of: file) == .install { noted.append((.installCodeChanged, name)) }
            }
        }
    }

    private mutating func note(_ change: ManifestChange, _ pair: VersionPair) {
        let path = pair.name(at: Array(change.manifest.utf8))
        guard change.kind == .added || change.kind == .changed else { return }
        if change.group == "scripts", Self.hooks.contains(change.name), pair.new.layout == .npmTarball {
            held.append((change.kind == .added ? .installScriptAdded : .installScriptChanged, path))
        } else if change.group == "commands" {
            held.append((.buildCommandsChanged, path))
        } else if Self.buildMembers.contains(change.member)
            || Self.buildGroups.contains(where: { change.group.hasPrefix($0) })
        {
            noted.append((.buildHookChanged, path))
        }
    }

    /// Whether anything of the kind changed.
    var isEmpty: Bool { held.isEmpty && noted.isEmpty }

    /// - Parameter notices: what is noticed of the new artifact and was not of the base.
    func note(_ notices: [Notice], into findings: inout FindingCollector) {
        for found in held + noted { findings.add(found.observation, path: found.path) }
        guard !held.isEmpty else { return }
        let grave = notices.filter { notice in
            let isAtInstall = notice.reach == .install || notice.rule.hasPrefix("INST-")
            // Fetching what was built elsewhere is the one honest use of the network there.
            return isAtInstall && notice.severity > .info && notice.observation != .networkAtInstall
        }
        for notice in grave { findings.add(.installGrewWithFinding, path: notice.path, line: notice.line) }
    }
}

extension Notice {
    var rule: String { RuleCatalog.entry(observation).rule.id }
}
