import Cryptography
import Registry
import Screening

/// The rules over manifests, applied when the whole archive was read.
struct ManifestRules {
    let inspection: ArtifactInspection
    private var context: ArtifactContext { inspection.context }

    func check() {
        switch inspection.layout {
        case .npmTarball:
            checkPackageJSON()
            checkGyp()
        case .wheel:
            // Eggs, which no installer takes any more, have neither METADATA nor RECORD.
            guard context.filename.hasSuffix(".whl") else { return }
            checkMetadata(of: .wheelMetadata)
            checkWheelNames()
            WheelRecordRule.check(inspection)
        case .sourceDistribution: checkMetadata(of: .sourceMetadata)
        }
    }

    private func manifests(_ kind: ManifestKind) -> [ManifestFile] {
        inspection.collected.manifests.filter { $0.kind == kind }
    }

    private func add(_ observation: Observation, _ path: [UInt8]? = nil, line: Int? = nil) {
        inspection.findings.add(observation, path: path, line: line)
    }

    // MARK: npm

    private func checkPackageJSON() {
        let files = manifests(.packageJSON)
        if files.isEmpty, inspection.isComplete { add(.manifestMissing) }
        for file in files {
            guard let manifest = try? NPMManifest(file.bytes) else {
                add(.manifestUnreadable, file.name)
                continue
            }
            for text in manifest.names { checkName(text, file.name) }
            for text in manifest.versions { checkVersion(text, file.name) }
            for script in manifest.installScripts {
                let place = line(of: script.hook, in: file.bytes)
                let command = Array(script.command.utf8)
                add(.installScript, file.name, line: place)
                for observation in InstallCommand.judge(command).sorted() { add(observation, file.name, line: place) }
                checkFiles(runBy: command)
            }
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
    private func line(of member: String, in bytes: [UInt8]) -> Int? {
        bytes.firstRange(of: "\"\(member)\"").map { lineNumber(of: $0.lowerBound, in: bytes) }
    }

    private func checkGyp() {
        let files = manifests(.gypFile)
        guard let main = files.first else { return }
        if !inspection.collected.hasNativeSource { add(.gypWithoutSources, main.name) }
        let included = inspection.collected.gypIncludes.filter { main.bytes.contains(text: baseName($0.name)) }
        for file in files.map({ ($0.name, $0.bytes) }) + included.map({ ($0.name, $0.bytes) }) {
            guard let gyp = GypFile(file.1) else {
                add(.manifestUnreadable, file.0)
                continue
            }
            for command in gyp.commands { add(observation(of: command.text), file.0, line: command.line) }
        }
    }

    private func observation(of command: [UInt8]) -> Observation {
        switch GypFile.meaning(of: command) {
        case .query: .gypQuery
        case .hostile: .gypCommandHostile
        case .ownFile: inspection.collected.hasNativeSource ? .gypQuery : .gypCommandWithoutSources
        case .command: inspection.collected.hasNativeSource ? .gypCommand : .gypCommandWithoutSources
        }
    }

    // MARK: Python

    private func checkMetadata(of kind: ManifestKind) {
        let files = manifests(kind)
        // An sdist without PKG-INFO is old, not odd; a wheel cannot be installed without METADATA.
        if files.isEmpty, kind == .wheelMetadata, inspection.isComplete { add(.manifestMissing) }
        for file in files {
            let metadata = CoreMetadata(file.bytes)
            if metadata.names.isEmpty, kind == .wheelMetadata { add(.manifestUnreadable, file.name) }
            for text in metadata.names { checkName(text, file.name) }
            for text in metadata.versions { checkVersion(text, file.name) }
        }
    }

    private func checkWheelNames() {
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

    // MARK: Names and versions

    private func checkName(_ text: String, _ path: [UInt8]) {
        guard context.isNamed, !ListedIdentity.isSameName(text, as: context.purl.name) else { return }
        add(ListedIdentity.isSpelling(text, of: context.purl.name) ? .nameSpelling : .nameMismatch, path)
    }

    private func checkVersion(_ text: String, _ path: [UInt8]) {
        if !isListedVersion(text) { add(.versionMismatch, path) }
    }

    private func isListedVersion(_ text: String) -> Bool {
        guard let listed = context.purl.version else { return true }
        return ListedIdentity.isSameVersion(text, as: listed)
    }
}

/// ARC-RECORD: a wheel's files against its RECORD.
enum WheelRecordRule {
    static func check(_ inspection: ArtifactInspection) {
        let records = inspection.collected.manifests.filter { $0.kind == .wheelRecord }
        guard let record = records.first else {
            if inspection.isComplete { inspection.findings.add(.recordMissing) }
            return
        }
        guard let parsed = WheelRecord(record.bytes) else {
            return inspection.findings.add(.recordUnreadable, path: record.name)
        }
        var present: Set<[UInt8]> = []
        for file in inspection.collected.digests {
            let path = WheelRecord.normalPath(file.path)
            present.insert(path)
            if let observation = compare(parsed.digests[path], file.sha256, file.sha512) {
                if !isExempt(path) { inspection.findings.add(observation, path: file.path) }
            }
        }
        for path in parsed.paths where inspection.isComplete && !present.contains(path) {
            inspection.findings.add(.recordAbsent, path: path)
        }
    }

    private static func compare(
        _ stated: WheelRecord.Digest?, _ sha256: SHA256Digest, _ sha512: SHA512Digest?
    ) -> Observation? {
        switch stated {
        case .sha256(let bytes): bytes == sha256.bytes ? nil : .recordHash
        case .sha512(let bytes): bytes == sha512?.bytes ? nil : .recordHash
        case .sha384: nil
        case .some(.none): .recordUnhashed
        case .unreadable: .recordHash
        case nil: .recordUnlisted
        }
    }

    /// RECORD cannot contain itself, nor the signatures made over it.
    private static func isExempt(_ path: [UInt8]) -> Bool {
        path.hasSuffix(".dist-info/RECORD") || path.hasSuffix(".dist-info/RECORD.jws")
            || path.hasSuffix(".dist-info/RECORD.p7s")
    }
}
