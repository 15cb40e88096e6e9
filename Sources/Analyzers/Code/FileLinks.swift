import SourceCode

/// What a file of code loads and runs, as far as its text says it.
enum FileLinks {
    /// Nobody writes more by hand; bundles that do are linked to what comes first.
    private static let maxLinks = 4000

    /// The links of a file of code, each once.
    static func links(of scan: CodeScan) -> [FileLink] {
        let model = scan.model
        let called = calledPaths(of: model)
        var links: [FileLink] = []
        var known: Set<FileLink> = []
        func add(_ target: FileLink.Target, _ place: (tokens: TokenRange, scope: Int32), isCalled: Bool = false) {
            guard links.count < maxLinks else { return }
            var link = FileLink(target: target, atLoad: model.runsAtLoad(place.scope), isCalled: isCalled)
            link.isDormant = scan.isDormant(place.tokens)
            if known.insert(link).inserted { links.append(link) }
        }
        for found in model.imports {
            guard let specifier = found.specifier, !specifier.isEmpty else { continue }
            let bytes = Array(specifier.utf8)
            switch (found.kind, model.language) {
            // One name may have held a read-me first and the file that is run later; what is run is looked at below.
            case (.file, _) where isReadMe(bytes): break
            case (.file, _): add(.file(bytes), (found.tokens, found.scope))
            case (_, .python):
                let isCalled =
                    called.contains(specifier) || found.members.contains { called.contains(memberPath(specifier, $0)) }
                let members = found.members.map { Array($0.utf8) }
                add(.python(bytes, members: members), (found.tokens, found.scope), isCalled: isCalled)
            case (_, .javaScript), (_, .typeScript):
                let plain = specifier.hasPrefix("node:") ? String(specifier.dropFirst(5)) : specifier
                add(.node(Array(plain.utf8)), (found.tokens, found.scope), isCalled: called.contains(plain))
            }
        }
        let calls = model.calls
        let wanted: Effects = [.process, .runsCode, .compiles]
        for index in calls.indices
        where !calls[index].callee.effects.isDisjoint(with: wanted) || isWorker(calls[index].callee.path) {
            let call = calls[index]
            for path in paths(givenTo: call, scan) { add(.file(path), (call.tokens, call.scope)) }
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
            // What is in the set is there with its beginnings.
            guard paths.insert(path).inserted else { return }
            let bytes = Array(path.utf8)
            for (index, byte) in bytes.enumerated()
            where index > 0 && (byte == UInt8(ascii: ".") || byte == UInt8(ascii: "(")) {
                paths.insert(String(decoding: bytes[..<index], as: UTF8.self))
            }
        }
        guard !model.imports.isEmpty else { return [] }
        let (calls, reads) = (model.calls, model.reads)
        for index in calls.indices where calls[index].callee.root == .module {
            insertBeginnings(of: calls[index].callee.path)
        }
        // A class that is handed on, such as a command of setup.py, is going to be called.
        for index in reads.indices where reads[index].root == .module && namesClass(reads[index].path) {
            paths.insert(reads[index].path)
        }
        return paths
    }

    private static func namesClass(_ path: String) -> Bool {
        let bytes = path.utf8
        let start = bytes.lastIndex(of: UInt8(ascii: ".")).map(bytes.index(after:)) ?? bytes.startIndex
        guard start < bytes.endIndex, (0x41...0x5A).contains(bytes[start]) else { return false }
        return bytes[start...].contains { (0x61...0x7A).contains($0) }
    }

    // MARK: Files that are given to interpreters

    /// Workers and forks take a file by its name.
    private static func isWorker(_ call: Call) -> Bool { isWorker(call.callee.path) }

    private static func isWorker(_ path: String) -> Bool {
        path.endsWith("Worker") || path.endsWith(".fork") || path.hasPrefix("runpy.")
    }

    /// The constant texts that say which file a call runs: a program's argument, a worker, or what was read and is run.
    private static func paths(givenTo call: Call, _ scan: CodeScan) -> [[UInt8]] {
        let origin = scan.origin(of: call)
        if !isWorker(call), call.does([.process]) {
            guard startsInterpreter(call, origin, scan) else { return ownProgram(call) }
        } else if !isWorker(call), !origin.effects.contains(.readsFiles) {
            return []
        }
        let texts = origin.texts.prefix(40).filter { (1...300).contains($0.count) && !$0.contains { $0 < 0x20 } }
        var found: [[UInt8]] = []
        // The first file is what runs; those behind it are what it is given.
        let isProgram = !isWorker(call) && call.does([.process])
        for text in texts where text.contains(UInt8(ascii: ".")) || text.contains(UInt8(ascii: "/")) {
            found += candidates(Array(text))
            if isProgram, isScriptName(text) { break }
        }
        // One name may have held a read-me first and the file that is run later.
        if found.contains(where: { !isReadMe($0) }) { found.removeAll(where: isReadMe) }
        // `path.join(__dirname, 'lib', 'run.js')`
        if (2...6).contains(texts.count) { found.append(Array(texts.joined(separator: [UInt8(ascii: "/")]))) }
        return found
    }

    /// `['./configure']`, `['make']`: a program of the package itself, or one that reads a file of it.
    private static func ownProgram(_ call: Call) -> [[UInt8]] {
        guard let text = call.arguments.first?.constant?.texts.first, text.count <= 300 else { return [] }
        let program = Array(text.prefix { $0 != 0x20 })
        if program.hasPrefix("./") || program.hasPrefix("../") { return [program] }
        if program.equals("make") || program.equals("gmake") { return [Array("Makefile".utf8)] }
        return program.equals("cmake") ? [Array("CMakeLists.txt".utf8)] : []
    }

    private static func isReadMe(_ path: [UInt8]) -> Bool {
        let name = baseName(path).lowercased()
        return ["readme", "changes", "changelog", "history", "news", "license"].contains { name.hasPrefix($0) }
    }

    /// Whether a name has the ending of a script.
    private static func isScriptName(_ text: ArraySlice<UInt8>) -> Bool {
        [".py", ".js", ".cjs", ".mjs", ".sh", ".rb", ".pl"].contains { text.hasSuffix($0) }
    }

    /// Whether a program that a call starts is an interpreter of scripts.
    static func startsInterpreter(_ call: Call, _ scan: CodeScan) -> Bool {
        startsInterpreter(call, scan.origin(of: call) { index, _ in index == 0 }, scan)
    }

    /// Whether a program that is started is an interpreter of scripts.
    private static func startsInterpreter(_ call: Call, _ origin: DataFlow.Origin, _ scan: CodeScan) -> Bool {
        if origin.texts.contains(where: { text in
            let program = text.prefix { $0 != 0x20 }
            return CommandVocabulary.interpreters.contains(baseName(Array(program)))
        }) {
            return true
        }
        return scan.flow.reads(in: call.tokens).contains {
            let path = scan.model.reads[Int($0)].path
            return path == "process.execPath" || path == "sys.executable" || path == "process.argv"
        }
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
