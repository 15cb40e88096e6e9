import Registry

/// UNI-BIDI and UNI-TAG over one file.
enum InvisibleTextRule {
    static func check(
        _ bytes: [UInt8], name: [UInt8], path: [[UInt8]], role: FileRole, layout: ArtifactLayout,
        into findings: inout FindingCollector
    ) {
        guard isText(bytes) else { return }
        let isCode = role.isCode || bytes.hasPrefix("#!")
        let text = InvisibleText(bytes)
        // Bytes that are no UTF-8 are another encoding's letters unless an interpreter reads them.
        if let first = text.firstTag, isCode || String(validating: bytes, as: UTF8.self) != nil {
            let observation: Observation = role.isTestOrDocumentation ? .tagCharactersInTests : .tagCharacters
            findings.add(observation, path: name, line: lineNumber(of: first, in: bytes), count: text.tagCount)
        }
        guard let first = text.firstBidi else { return }
        if isCode {
            let observation: Observation = role.isTestOrDocumentation ? .bidiInTests : .bidiInCode
            findings.add(observation, path: name, line: lineNumber(of: first, in: bytes), count: text.bidiCount)
        } else if let kind = ManifestKind(path: path, layout: layout) {
            checkManifest(bytes, kind, text, first, name: name, into: &findings)
        }
    }

    private static func checkManifest(
        _ bytes: [UInt8], _ kind: ManifestKind, _ text: InvisibleText, _ first: Int, name: [UInt8],
        into findings: inout FindingCollector
    ) {
        guard kind.isMetadata else {
            return findings.add(
                .bidiInText, path: name, line: lineNumber(of: first, in: bytes), count: text.bidiCount)
        }
        // The description is prose, in which such characters belong to some languages.
        let header = InvisibleText(CoreMetadata(bytes).headerBytes)
        if header.firstBidi != nil { findings.add(.bidiInText, path: name, count: header.bidiCount) }
    }
}

/// INST-PTH over one .pth file.
enum PathFileRule {
    static func check(
        _ bytes: [UInt8], name: [UInt8], path: [[UInt8]], role: FileRole, inspection: ArtifactInspection
    ) {
        guard inspection.context.ecosystem == .pypi else { return }
        let file = PathConfiguration(bytes)
        guard let line = file.executedLine else { return }
        let observation: Observation
        if file.isKnown(of: inspection.context.purl.name.canonical) {
            observation = .pathFileKnown
        } else if inspection.layout != .wheel {
            observation = role.isTestOrDocumentation ? .pathFileInTests : .pathFileInSource
        } else {
            observation = ManifestKind.isInSitePackages(path) ? .pathFileInWheel : .pathFileInTests
        }
        inspection.findings.add(observation, path: name, line: line)
    }
}
