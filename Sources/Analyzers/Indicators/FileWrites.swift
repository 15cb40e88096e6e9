import SourceCode

extension CodeView {
    /// Whether a call writes a file; methods of paths say so by their names, whatever the path is made of.
    func writes(_ call: Call) -> Bool {
        call.effects.contains(.writesFiles) || call.callee.path.hasSuffix(".write_text")
            || call.callee.path.hasSuffix(".write_bytes")
    }

    /// The parts of a call that say where is written: what it is called on and what comes before the content.
    func writeTargets(of call: Call) -> [TokenRange] {
        let path = call.callee.path.lowercased()
        let takesTwo = ["copy", "rename", "move", "symlink", "link", "replace", "cp"].contains { path.contains($0) }
        // Methods of what was opened are given the content.
        let method = path.split(separator: ".").last.map(String.init) ?? ""
        if ["write", "writelines", "write_text", "write_bytes", "end", "append"].contains(method) {
            return [call.callee.tokens]
        }
        let places = call.arguments.filter { $0.label == nil || ["file", "path", "dst", "target"].contains($0.label) }
        return [call.callee.tokens] + places.prefix(takesTwo ? 2 : 1).map(\.tokens)
    }
}

/// PERS-PKG: code that changes the files of another package beside its own.
struct PackagePatches {
    let view: CodeView

    func check(into report: inout FileReport) {
        // Only what runs by itself: tools that patch packages are called to do so.
        for call in view.model.calls where view.writes(call) && view.runsAtLoad(call.scope) {
            let ranges = view.writeTargets(of: call).flatMap(view.sources(of:))
            guard ranges.contains(where: namesOtherPackage) else { continue }
            return report.note(.otherPackageChanged, line: view.line(call), atLoad: true)
        }
    }

    private func namesOtherPackage(_ range: TokenRange) -> Bool {
        let isBesideCode = range.contains { view.isPunctuator($0, "__dirname") || view.isPunctuator($0, "__file__") }
        for index in view.stringIndices(in: range).prefix(16) {
            let value = view.strings[index].value
            guard value.count <= 260, !value.contains(0x0A), isCode(value) else { continue }
            if value.contains(text: "node_modules/") || value.contains(text: "site-packages/") { return true }
            if isBesideCode, climbsOut(value) { return true }
        }
        return namesModuleFile(range)
    }

    private func isCode(_ path: ArraySlice<UInt8>) -> Bool {
        [".js", ".cjs", ".mjs", ".py", ".ts", ".node", ".so"].contains { path.hasSuffix($0) }
    }

    /// Whether a path leaves the folder of the package, seen from the file's own.
    private func climbsOut(_ path: ArraySlice<UInt8>) -> Bool {
        let parts = path.split(separator: UInt8(ascii: "/")).drop { $0.equals(".") || $0.equals("?") }
        let up = parts.prefix { $0.equals("..") }.count
        // In a wheel, the folders beside the package's own are other packages'.
        let depth = view.file.layout == .npmTarball ? view.file.path.count - 1 : view.file.path.count - 2
        return up > max(depth, 0) && up < parts.count
    }

    /// `open(requests.__file__, 'a')`, where `requests` is a module of somebody else's.
    private func namesModuleFile(_ range: TokenRange) -> Bool {
        for token in range where view.isPunctuator(token, "__file__") {
            guard view.isPunctuator(token - 1, "."), view.kind(token - 2) == .identifier else { continue }
            let name = view.model.text(ofToken: token - 2)
            let isImported = view.model.imports.contains { found in
                found.members.isEmpty && found.specifier.map { Array($0.utf8).elementsEqual(name) } == true
            }
            let isOwn = view.file.path.first.map { $0.elementsEqual(name) } == true
            if isImported, !isOwn { return true }
        }
        return false
    }
}
