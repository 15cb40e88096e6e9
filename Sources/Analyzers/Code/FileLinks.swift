import SourceCode

/// What a file of code loads and runs, as far as its text says it.
enum FileLinks {
    /// Nobody writes more by hand; bundles that do are linked to what comes first.
    private static let maxLinks = 4000

    /// The links of a model, in its order, each once.
    static func links(of model: CodeModel) -> [FileLink] {
        let called = calledPaths(of: model)
        var links: [FileLink] = []
        var known: Set<FileLink> = []
        func add(_ target: FileLink.Target, _ scope: Int32, isCalled: Bool = false) {
            guard links.count < maxLinks else { return }
            let link = FileLink(target: target, atLoad: model.runsAtLoad(scope), isCalled: isCalled)
            if known.insert(link).inserted { links.append(link) }
        }
        for found in model.imports {
            guard let specifier = found.specifier, !specifier.isEmpty else { continue }
            let bytes = Array(specifier.utf8)
            switch (found.kind, model.language) {
            case (.file, _): add(.file(bytes), found.scope)
            case (_, .python):
                let isCalled =
                    called.contains(specifier) || found.members.contains { called.contains(memberPath(specifier, $0)) }
                add(.python(bytes, members: found.members.map { Array($0.utf8) }), found.scope, isCalled: isCalled)
            case (_, .javaScript), (_, .typeScript):
                let plain = specifier.hasPrefix("node:") ? String(specifier.dropFirst(5)) : specifier
                add(.node(Array(plain.utf8)), found.scope, isCalled: called.contains(plain))
            }
        }
        for call in model.calls where isRunningFiles(call) {
            for path in paths(in: call, of: model) { add(.file(path), call.scope) }
        }
        return links
    }

    private static func memberPath(_ module: String, _ member: String) -> String {
        module.hasSuffix(".") ? module + member : "\(module).\(member)"
    }

    /// Every module and member whose functions are called or handed on, with all beginnings of their paths.
    private static func calledPaths(of model: CodeModel) -> Set<String> {
        var paths: Set<String> = []
        func insertBeginnings(of path: String) {
            let bytes = Array(path.utf8)
            for (index, byte) in bytes.enumerated()
            where index > 0 && (byte == UInt8(ascii: ".") || byte == UInt8(ascii: "(")) {
                paths.insert(String(decoding: bytes[..<index], as: UTF8.self))
            }
            paths.insert(path)
        }
        for call in model.calls where call.callee.root == .module { insertBeginnings(of: call.callee.path) }
        // A class that is handed on, such as a command of setup.py, is going to be called.
        for read in model.reads where read.root == .module && namesClass(read.path) { paths.insert(read.path) }
        return paths
    }

    private static func namesClass(_ path: String) -> Bool {
        let bytes = path.utf8
        let start = bytes.lastIndex(of: UInt8(ascii: ".")).map(bytes.index(after:)) ?? bytes.startIndex
        guard start < bytes.endIndex, (0x41...0x5A).contains(bytes[start]) else { return false }
        return bytes[start...].contains { (0x61...0x7A).contains($0) }
    }

    // MARK: Files that are given to interpreters

    /// Whether a call runs a file that its arguments name: a program, a worker, or text read from it.
    private static func isRunningFiles(_ call: Call) -> Bool {
        if !call.effects.isDisjoint(with: [.process, .runsCode, .compiles]) { return true }
        let path = call.callee.path
        return path.hasSuffix("Worker") || path.hasPrefix("runpy.") || path.hasSuffix(".fork")
    }

    /// The constant texts among a call's arguments that may be paths of files in the package.
    private static func paths(in call: Call, of model: CodeModel) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var pieces: [[UInt8]] = []
        let start = firstString(from: call.tokens.lowerBound, in: model)
        for string in model.strings[start...] {
            guard string.tokens.lowerBound < call.tokens.upperBound else { break }
            guard string.origin != .documentation, (1...300).contains(string.value.count) else { continue }
            let text = Array(string.value)
            guard found.count < 40, !text.contains(where: { $0 < 0x20 }) else { continue }
            pieces.append(text)
            if text.contains(UInt8(ascii: "."))
                || text.contains(UInt8(ascii: "/"))
            {
                found += candidates(text)
            }
        }
        // `path.join(__dirname, 'lib', 'run.js')`
        if (2...6).contains(pieces.count) { found.append(Array(pieces.joined(separator: [UInt8(ascii: "/")]))) }
        return found
    }

    /// A text as a path; and every word of it, as in `node lib/run.js --fast`.
    private static func candidates(_ text: [UInt8]) -> [[UInt8]] {
        let words = text.split(separator: UInt8(ascii: " ")).map(Array.init)
        let all = words.count > 1 ? words.prefix(12) + [text] : [text]
        return all.map { $0.first == UInt8(ascii: "/") ? Array($0.dropFirst()) : $0 }.filter { !$0.isEmpty }
    }

    /// The first string that begins at a token or after it.
    static func firstString(from token: Int32, in model: CodeModel) -> Int {
        var (low, high) = (0, model.strings.count)
        while low < high {
            let middle = (low + high) / 2
            if model.strings[middle].tokens.lowerBound < token { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension FileLinks {
    /// The files that a shell script runs, each line of it being a command.
    static func links(ofShell bytes: [UInt8]) -> [FileLink] {
        guard bytes.count <= 256 << 10 else { return [] }
        return CommandFiles.run(by: bytes).map { FileLink(target: .file($0), atLoad: true, isCalled: true) }
    }
}
