import JSON
import Registry
import Screening

// The rules over an npm package's manifests.
extension ManifestRules {
    func checkPackage() {
        let files = manifests(.packageJSON)
        if files.isEmpty, inspection.isComplete { add(.manifestMissing) }
        var runsGyp = true
        for file in files {
            guard let manifest = try? NPMManifest(file.bytes) else {
                add(.manifestUnreadable, file.name)
                continue
            }
            for text in manifest.names { checkName(text, file.name) }
            for text in manifest.versions { checkVersion(text, file.name) }
            checkScripts(of: manifest, file)
            checkDependencies(of: manifest, file)
            checkCommands(of: manifest, file)
            checkEmails(manifest.emails.map { Array($0.utf8) }, file.name)
            let hasOwnScript = manifest.installScripts.contains { $0.hook != "postinstall" }
            if hasOwnScript || !manifest.buildsNatively { runsGyp = false }
        }
        for file in manifests(.bundledPackageJSON) {
            if let manifest = try? NPMManifest(file.bytes) { checkScripts(of: manifest, file) }
        }
        checkGyp(isRunByItself: runsGyp)
        checkShrinkwrap()
    }

    // MARK: Scripts

    private func checkScripts(of manifest: NPMManifest, _ file: ManifestFile) {
        for script in manifest.installScripts {
            let place = line(of: script.hook, in: file)
            let command = Array(script.command.utf8)
            add(.installScript, file.name, line: place)
            for observation in InstallCommand.judge(command).sorted() { add(observation, file.name, line: place) }
            for observation in CommandSigns.judge(command).sorted() {
                inspection.findings.add(observation, path: file.name, line: place, reach: .install)
            }
            checkFiles(runBy: command)
        }
    }

    /// Shell scripts of the package that an install script runs are judged like the script itself.
    private func checkFiles(runBy command: [UInt8]) {
        let paths = InstallCommand.filesRun(by: command)
        for script in inspection.collected.shellScripts where paths.contains(script.path) {
            for observation in InstallCommand.judgeFile(script.bytes).sorted() { add(observation, script.name) }
        }
    }

    /// The line of the first member with a name, for people to find it; nil when it is written with escapes.
    private func line(of member: String, in file: ManifestFile) -> Int? {
        file.bytes.firstRange(of: "\"\(member)\"").map { lineNumber(of: $0.lowerBound, in: file.bytes) }
    }

    // MARK: Dependencies

    private func checkDependencies(of manifest: NPMManifest, _ file: ManifestFile) {
        // Only the first place of a thing is told, so only that is looked for.
        var noted: Set<Observation> = []
        func add(_ observation: Observation, member: String) {
            let isFirst = noted.insert(observation).inserted
            self.add(observation, file.name, line: isFirst ? line(of: member, in: file) : nil)
        }
        for dependency in manifest.dependencies {
            let source = DependencySource(npm: dependency.specifier)
            if let observation = observation(of: source, in: dependency.list) {
                add(observation, member: dependency.name)
            }
            guard dependency.list == .dependencies || dependency.list == .optionalDependencies else { continue }
            if source == .registry, OddVersion.isOdd(dependency.specifier) {
                add(.dependencyOdd, member: dependency.name)
            }
            // An alias of another version of itself is how some packages carry on old releases.
            let isAlias = dependency.specifier.hasPrefix("npm:")
            if !isAlias, manifest.names.contains(where: { $0.utf8.elementsEqual(dependency.name.utf8) }) {
                add(.dependencySelf, member: "dependencies")
            }
        }
        if manifest.versions.contains(where: OddVersion.isOdd) { add(.versionOdd, member: "version") }
        for name in manifest.ambiguousMembers { add(.manifestAmbiguous, member: name) }
    }

    private func observation(of source: DependencySource, in list: NPMManifest.List) -> Observation? {
        let isAside = list == .devDependencies || list == .peerDependencies
        switch source {
        case .registry: return nil
        case .unprotected: return isAside ? .dependencyUnprotectedAside : .dependencyUnprotected
        case .repository(let isCommit):
            if isAside { return .dependencyAside }
            return isCommit && list == .optionalDependencies ? .dependencyOptionalCommit : .dependencyRepository
        case .url: return isAside ? .dependencyAside : .dependencyURL
        case .local: return isAside ? .dependencyAside : .dependencyLocal
        }
    }

    private func checkShrinkwrap() {
        if inspection.collected.bundledPackages > 0 { add(.bundledModules) }
        for file in manifests(.shrinkwrap) {
            add(.shrinkwrap, file.name)
            let text = try? JSONText.parse(file.bytes, limits: JSONLimits(maxBytes: 16 << 20, duplicates: .keepAll))
            guard let root = text?.objectValue else {
                add(.manifestUnreadable, file.name)
                continue
            }
            for entry in ShrinkwrapEntry.entries(of: root) {
                if let observation = entry.observation { add(observation, file.name) }
            }
        }
    }

    // MARK: Commands

    private func checkCommands(of manifest: NPMManifest, _ file: ManifestFile) {
        let project = Array((manifest.names.last ?? "").utf8)
        for command in manifest.commands {
            let name = Array(command.name.utf8)
            if SystemNames.isSystemTool(name), !SystemNames.provides(name, project: project) {
                add(.shadowsCommand, file.name, line: line(of: "bin", in: file))
            }
            // Clients that take the name for a path write the command there.
            if name.contains(text: "..")
                && name.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") })
            {
                add(.commandEscapes, file.name, line: line(of: "bin", in: file))
            }
        }
        for folder in manifest.commandFolders.prefix(8) { checkCommands(in: folder, project, file) }
    }

    /// `"directories": { "bin": "./bin" }`: every file of the folder is a command.
    private func checkCommands(in folder: String, _ project: [UInt8], _ file: ManifestFile) {
        let prefix = EntryPoints.normalPath(folder) + [UInt8(ascii: "/")]
        let shadows = inspection.collected.paths.contains { path in
            guard path.starts(with: prefix) else { return false }
            let name = Array(path.dropFirst(prefix.count))
            return SystemNames.isSystemTool(name) && !SystemNames.provides(name, project: project)
        }
        if shadows { add(.shadowsCommand, file.name, line: line(of: "directories", in: file)) }
    }

    // MARK: gyp

    private func checkGyp(isRunByItself: Bool) {
        let files = manifests(.gypFile)
        guard let main = files.first else { return }
        let hasSources = inspection.collected.hasNativeSource
        if !hasSources, isRunByItself { add(.gypWithoutSources, main.name) }
        let included = inspection.collected.gypIncludes.filter { main.bytes.contains(text: baseName($0.name)) }
        for file in files.map({ ($0.name, $0.bytes) }) + included.map({ ($0.name, $0.bytes) }) {
            guard let gyp = GypFile(file.1) else {
                add(.manifestUnreadable, file.0)
                continue
            }
            if gyp.isBroken { add(.manifestUnreadable, file.0) }
            if let line = gyp.expressionLine { add(.gypExpression, file.0, line: line) }
            if let line = gyp.escapeLine { add(.gypEscape, file.0, line: line) }
            for command in gyp.commands { add(observation(of: command), file.0, line: command.line) }
        }
    }

    private func observation(of command: GypFile.Command) -> Observation {
        let hasSources = inspection.collected.hasNativeSource
        switch GypFile.meaning(of: command.text) {
        case .query: return command.isExpansion ? .gypQuery : .gypAction
        case .hostile: return .gypCommandHostile
        case .ownFile:
            if hasSources { return command.isExpansion ? .gypQuery : .gypAction }
            return .gypCommandWithoutSources
        case .command:
            if !command.isExpansion { return .gypAction }
            return hasSources ? .gypCommand : .gypCommandWithoutSources
        }
    }
}

/// Versions that are chosen to win over all others.
enum OddVersion {
    /// Whether a version, or the first one in a range, is all nines beyond the first part, or one number three times.
    static func isOdd(_ text: String) -> Bool {
        let numbers = Array(text.utf8).drop { !(0x30...0x39).contains($0) && $0 != UInt8(ascii: "*") }
        let end = numbers.firstIndex { !(0x30...0x39).contains($0) && $0 != UInt8(ascii: ".") } ?? numbers.endIndex
        let parts = numbers[..<end].split(separator: UInt8(ascii: "."))
        guard parts.count == 3 else { return false }
        let isNines = { (part: ArraySlice<UInt8>) in part.allSatisfy { $0 == UInt8(ascii: "9") } }
        if isNines(parts[0]), parts[0].count >= 2 { return parts[0].count >= 3 || isNines(parts[1]) }
        let isRepeated = parts[0].elementsEqual(parts[1]) && parts[1].elementsEqual(parts[2])
        return isRepeated && parts[0].count >= 2 && (Int(String(decoding: parts[0], as: UTF8.self)) ?? 0) >= 50
    }
}

/// Where a shrinkwrap fetches one package from.
private struct ShrinkwrapEntry {
    let resolved: String
    let hasIntegrity: Bool
    private static let maxEntries = 20_000

    /// The packages that are installed with this one.
    static func entries(of root: JSONObject) -> [ShrinkwrapEntry] {
        var found: [ShrinkwrapEntry] = []
        var waiting = root.members.filter { $0.name == "packages" || $0.name == "dependencies" }.map(\.value)
        while let next = waiting.popLast(), found.count < maxEntries {
            for member in next.objectValue?.members ?? [] {
                guard let entry = member.value.objectValue, entry["dev"]?.boolValue != true else { continue }
                if let resolved = entry["resolved"]?.stringValue {
                    found.append(ShrinkwrapEntry(resolved: resolved, hasIntegrity: entry["integrity"] != nil))
                }
                if let inner = entry["dependencies"], inner.objectValue?.members.first?.value.objectValue != nil {
                    waiting.append(inner)
                }
            }
        }
        return found
    }

    var observation: Observation? {
        switch DependencySource(npm: resolved) {
        case .registry: return nil
        // A digest fixes what comes, whoever sends it.
        case .unprotected: return hasIntegrity ? .dependencyUnprotectedAside : .dependencyUnprotected
        case .repository: return .dependencyRepository
        case .local: return nil
        case .url:
            // Every registry names its tarballs so.
            if resolved.utf8.count < 2000, Array(resolved.utf8).contains(text: "/-/") { return nil }
            return hasIntegrity ? .dependencyAside : .dependencyURL
        }
    }
}
