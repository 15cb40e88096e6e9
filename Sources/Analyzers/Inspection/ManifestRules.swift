import Cryptography
import Registry
import Screening

/// The rules over manifests, applied when the whole archive was read.
struct ManifestRules {
    let inspection: ArtifactInspection
    var context: ArtifactContext { inspection.context }

    func check() {
        switch inspection.layout {
        case .npmTarball: checkPackage()
        case .wheel:
            checkStartModules()
            // Eggs, which no installer takes any more, have neither METADATA nor RECORD.
            guard context.filename.hasSuffix(".whl") else { break }
            checkMetadata(of: .wheelMetadata)
            checkWheelNames()
            checkTopModules()
            checkPlacedFiles()
            WheelRecordRule.check(inspection)
        case .sourceDistribution:
            checkStartModules()
            checkMetadata(of: .sourceMetadata)
            checkProject()
            checkEggMetadata()
            checkSetupConfig()
        }
        checkBytecode()
        checkAgentFiles()
    }

    func manifests(_ kind: ManifestKind) -> [ManifestFile] {
        inspection.collected.manifests.filter { $0.kind == kind }
    }

    func add(_ observation: Observation, _ path: [UInt8]? = nil, line: Int? = nil) {
        inspection.findings.add(observation, path: path, line: line)
    }

    // MARK: Names and versions

    func checkName(_ text: String, _ path: [UInt8]) {
        guard context.isNamed, !ListedIdentity.isSameName(text, as: context.purl.name) else { return }
        add(ListedIdentity.isSpelling(text, of: context.purl.name) ? .nameSpelling : .nameMismatch, path)
    }

    func checkVersion(_ text: String, _ path: [UInt8]) {
        if !isListedVersion(text) { add(.versionMismatch, path) }
    }

    func isListedVersion(_ text: String) -> Bool {
        guard context.isNamed, let listed = context.purl.version else { return true }
        return ListedIdentity.isSameVersion(text, as: listed)
    }

    // MARK: People

    /// Notes addresses at hosts that give them to anyone for minutes.
    func checkEmails(_ texts: [[UInt8]], _ path: [UInt8]) {
        for text in texts.prefix(200) {
            for piece in text.lowercasedASCII().split(separator: UInt8(ascii: "@")).dropFirst() {
                let host = piece.prefix {
                    $0 != UInt8(ascii: ">") && $0 != 0x20 && $0 != UInt8(ascii: ",") && $0 != 0x22
                }
                if DisposableMail.isHost(Array(host)) { return add(.disposableEmail, path) }
            }
        }
    }

    // MARK: What both ecosystems have

    private func checkAgentFiles() {
        let isWheel = inspection.layout == .wheel
        for name in inspection.collected.agentFiles { add(isWheel ? .agentConfigInWheel : .agentConfig, name) }
        for file in manifests(.agentSettings) where AgentConfiguration.runsCommands(file.bytes) {
            add(.agentConfigCommand, file.name)
        }
    }

    private func checkBytecode() {
        for file in inspection.collected.bytecode {
            // What lies in __pycache__ is loaded only beside its source.
            if file.path.contains(text: "__pycache__/") { continue }
            let source = Array(file.path.dropLast(1))
            if !inspection.collected.paths.contains(source) { add(.bytecodeAlone, file.name) }
        }
    }

    private func checkStartModules() {
        let isWheel = inspection.layout == .wheel
        for name in inspection.collected.startModules {
            add(isWheel ? .startModuleInWheel : .startModuleInSource, name)
        }
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
        if parsed.isContradictory { inspection.findings.add(.recordUnreadable, path: record.name) }
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
        _ stated: WheelRecord.Digest?, _ sha256: SHA256Digest?, _ sha512: SHA512Digest?
    ) -> Observation? {
        switch stated {
        case .sha256(let bytes): bytes == sha256?.bytes ? nil : .recordHash
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
