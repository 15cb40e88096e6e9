import Registry
import Screening

/// How the files changed as files: D-PATCH-BIG, D-ONLY-ARTIFACT, D-MINIFIED, D-REMOVED, and what has no lines.
struct ShapeGrowth {
    /// Files of native code, binaries and minified code that are new or another.
    let unreadable: [[UInt8]]
    private let pair: VersionPair

    /// Fewer new lines are no rewriting, however small the package is.
    private static let leastNewLines = 100

    init(_ pair: VersionPair) {
        self.pair = pair
        unreadable = pair.changedFiles.filter { !pair.isQuiet($0.file) && Self.isUnreadable($0.change) }
            .map(\.change.path)
    }

    private static func isUnreadable(_ change: FileChange) -> Bool {
        guard let new = change.new else { return false }
        switch new.fileClass {
        // Code that was minified before was reviewed as such.
        case .minified: return change.oldClass != .minified
        case .text, .link: return false
        case .oversized, .unread: return true
        case .binary:
            switch new.kind {
            case .native, .wasm, .pythonBytecode, .archive, .data: return true
            case .media, .font, .javaScript, .typeScript, .python, .shell, .json, .toml, .yaml, .gyp, .markup, .prose,
                .text:
                return false
            }
        }
    }

    /// Whether a patch brings more new code than a patch does.
    var isLargePatch: Bool {
        let tree = pair.difference.tree
        let share = Double(tree.newCodeLines) * 100
        return pair.step == .patch && tree.newCodeLines >= Self.leastNewLines
            && share > Double(tree.codeLines) * Double(pair.thresholds.maxNewCodePercent)
    }

    /// - Parameter isOdd: whether anything else stands out that is not held by itself.
    func note(_ growth: CapabilityGrowth, isOdd: Bool, into findings: inout FindingCollector) {
        if isLargePatch { findings.add(isOdd ? .patchIsLargeAndOdd : .patchIsLarge) }
        noteBuilds(growth, into: &findings)
        noteMinified(into: &findings)
        noteRemoved(into: &findings)
    }

    // MARK: Builds

    private static let buildFolders: Set<String> = [
        "dist", "build", "out", "umd", "cjs", "esm", "es", "bundle", "bundles",
    ]
    private static let sourceFolders: Set<String> = ["src", "source", "sources"]

    private static func isBelow(_ folders: Set<String>, _ path: [UInt8]) -> Bool {
        path.split(separator: UInt8(ascii: "/")).dropLast().contains {
            folders.contains(String(decoding: $0, as: UTF8.self))
        }
    }

    private static func isBuilt(_ path: [UInt8]) -> Bool { isBelow(buildFolders, path) || path.contains(text: ".min.") }

    private static func isSource(_ path: [UInt8]) -> Bool { !isBuilt(path) && isBelow(sourceFolders, path) }

    private func noteBuilds(_ growth: CapabilityGrowth, into findings: inout FindingCollector) {
        let changed = pair.changedFiles.filter(\.change.isCode)
        guard let first = changed.first(where: { Self.isBuilt($0.change.path) }),
            !changed.contains(where: { Self.isSource($0.change.path) }),
            pair.difference.new.entries.contains(where: { $0.isCode && Self.isSource($0.path) })
        else { return }
        let isGrowing = pair.isSmallStep && !growth.grave.isEmpty
        findings.add(isGrowing ? .onlyBuildsGrew : .onlyBuildsChanged, path: pair.new.judgement.files[first.file].name)
    }

    // MARK: Minified and removed

    private func noteMinified(into findings: inout FindingCollector) {
        for (file, change) in pair.changedFiles where change.isCode && !pair.isQuiet(file) {
            guard change.oldClass == .text, change.newClass == .minified, !change.path.contains(text: ".min.") else {
                continue
            }
            findings.add(
                pair.isSmallStep ? .readableBecameMinified : .minifiedInLargeStep,
                path: pair.new.judgement.files[file].name)
        }
    }

    private func noteRemoved(into findings: inout FindingCollector) {
        let (base, new) = (pair.difference.base.entries, pair.difference.new.entries)
        func isGone(_ isWanted: (TreeEntry) -> Bool) -> Bool {
            base.contains(where: isWanted) && !new.contains(where: isWanted)
        }
        if isGone({ $0.isCode && Self.isBelow(["test", "tests", "__tests__", "spec"], $0.path) }) {
            findings.add(.testsRemoved)
        }
        if isGone({
            $0.path.prefix(7).lowercasedASCII().equals("readme.") || $0.path.lowercasedASCII().equals("readme")
        }) {
            findings.add(.readmeRemoved)
        }
        let signatures = [".asc", ".sig", ".minisig", "/RECORD", "SHA256SUMS"]
        if isGone({ entry in signatures.contains { entry.path.hasSuffix($0) } }) { findings.add(.signatureRemoved) }
    }
}
