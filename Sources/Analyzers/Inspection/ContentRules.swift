import Registry

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
