/// INST-SCRIPT-FILE and HIDE-NAME: which files run, beside what their names say.
enum HiddenCodeRule {
    static func check(_ judgement: ArtifactJudgement) {
        for (index, file) in judgement.files.enumerated() {
            let node = judgement.graph.nodes[index]
            guard let reach = node.reach, isCode(index, judgement) else { continue }
            if !node.isLinked, reach == .install, judgement.inspection.layout == .npmTarball {
                judgement.inspection.findings.add(.scriptFile, path: file.name, reach: reach)
            }
            guard reach >= .load, let observation = observation(of: file, node, index, judgement) else { continue }
            judgement.inspection.findings.add(observation, path: file.name, reach: reach)
        }
    }

    private static func isCode(_ index: Int, _ judgement: ArtifactJudgement) -> Bool {
        let file = judgement.files[index]
        return file.kind.language != nil || file.kind == .shell || judgement.isReadAsCode(index)
    }

    private static func observation(
        of file: FileRecord, _ node: ReachGraph.Node, _ index: Int, _ judgement: ArtifactJudgement
    ) -> Observation? {
        let parts = file.path.split(separator: UInt8(ascii: "/"))
        guard let name = parts.last else { return nil }
        // A name without an ending promises nothing.
        if BuildFiles.isOne(file.path) { return nil }
        if judgement.isReadAsCode(index), name.dropFirst().contains(UInt8(ascii: ".")) { return .dataFileRuns }
        if hasDoubleEnding(name) { return .doubleEnding }
        // A dot in front of a folder hides everything in it; `.` alone is none.
        let isHidden = parts.contains { $0.first == UInt8(ascii: ".") && $0.count > 1 && !$0.equals("..") }
        if isHidden, node.isLinked || node.reach == .install, !isBuildFolder(parts) { return .hiddenFileRuns }
        if file.isQuiet, !isOpenlyCode(parts), node.isLinked || node.reach == .install { return .quietCodeRuns }
        return nil
    }

    /// Whether only folders where builds have their own scripts, or where packages give help with testing, make a file
    /// seem to be nothing that runs.
    private static func isOpenlyCode(_ parts: [ArraySlice<UInt8>]) -> Bool {
        guard parts.count > 1 else { return true }
        let isTest = FileRole(path: [Array(parts[parts.count - 1])]).isTestOrDocumentation
        let folders = parts.dropLast().map { String(decoding: Array($0).lowercasedASCII(), as: UTF8.self) }
        return !isTest && !folders.contains { $0 != "testing" && FileRole.quietFolders.contains($0) }
    }

    /// Folders that build tools make and that packages ship honestly.
    private static func isBuildFolder(_ parts: [ArraySlice<UInt8>]) -> Bool {
        let known = [".dist", ".build", ".next", ".nuxt", ".output", ".pnpm", ".internal", ".storybook", ".yarn"]
        return parts.dropLast().contains { part in known.contains { part.equals($0) } }
    }

    private static let harmlessEndings: Set<String> = [
        "png", "jpg", "jpeg", "gif", "ico", "bmp", "webp", "pdf", "doc", "docx", "xls", "xlsx", "mp3", "mp4", "wav",
        "avi",
        "mov", "zip", "ttf", "woff", "woff2", "exe", "dll",
    ]

    /// `logo.png.js`: people read the first ending, interpreters the last.
    private static func hasDoubleEnding(_ name: ArraySlice<UInt8>) -> Bool {
        let parts = name.split(separator: UInt8(ascii: "."))
        guard parts.count >= 3 else { return false }
        return harmlessEndings.contains(String(decoding: parts[parts.count - 2], as: UTF8.self).lowercased())
    }
}
