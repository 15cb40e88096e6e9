import SourceCode

/// DROP-FETCH-RUN: what is downloaded into a file that is then run.
enum DownloadFlow {
    /// A call that leaves something from the network in a file, with the names and texts that say which file.
    private struct Download {
        let call: Int32
        let keys: Set<String>
        let isOdd: Bool
        /// Whether it comes out of a picture or sound of the package, rather than from the network.
        let isMedia: Bool
    }

    static func check(_ scan: CodeScan) {
        let downloads = downloads(in: scan)
        guard !downloads.isEmpty else { return }
        for index in scan.positions(doing: [.process, .runsCode, .loads]) {
            let call = scan.model.calls[index]
            guard call.does([.process, .runsCode]) || isLoader(call) else { continue }
            let program = programTokens(of: call, scan)
            let keys = keys(of: program, in: scan).union(keys(givenTo: program, call.scope, scan))
                .union(program.compactMap { expression($0, scan) })
            check(keys, call.tokens, call.scope, Int32(index), downloads, scan)
        }
        for found in scan.model.imports where found.specifier == nil {
            check(keys(of: [found.tokens], in: scan), found.tokens, found.scope, -1, downloads, scan)
        }
    }

    /// Python's ways to make a module of a file.
    private static func isLoader(_ call: Call) -> Bool {
        call.does([.loads]) && call.callee.root == .module && call.callee.path.hasPrefix("imp")
            && call.arguments.count >= 2
    }

    /// What the file's own calls give for the parameters in some expressions: `def run(p): Popen([p])`.
    private static func keys(givenTo program: [TokenRange], _ scope: Int32, _ scan: CodeScan) -> Set<String> {
        var given: [TokenRange] = []
        for range in program {
            for position in range.prefix(40) where Int(position) < scan.model.tokens.count {
                guard scan.model.tokens[Int(position)].kind == .identifier, !scan.flow.isMember(position) else {
                    continue
                }
                let name = String(decoding: scan.model.text(ofToken: position), as: UTF8.self)
                if !commonNames.contains(name) { given += scan.flow.arguments(forParameter: name, in: scope) }
            }
        }
        return given.isEmpty ? [] : keys(of: given, in: scan).union(given.compactMap { expression($0, scan) })
    }

    /// An expression that computes a path, as it is written: `os.tmpdir() + '/u'` says the same file wherever it stands.
    private static func expression(_ tokens: TokenRange, _ scan: CodeScan) -> String? {
        guard (4...40).contains(tokens.count), Int(tokens.upperBound) <= scan.model.tokens.count else { return nil }
        let start = scan.model.tokens[Int(tokens.lowerBound)].start
        let end = scan.model.tokens[Int(tokens.upperBound) - 1].end
        guard start < end, end - start <= 200, tokens.contains(where: { scan.model.tokens[Int($0)].kind == .string })
        else { return nil }
        let written = scan.model.source.bytes[Int(start)..<Int(end)].filter { $0 > 0x20 }
        return "=" + String(decoding: written, as: UTF8.self)
    }

    /// The expressions that say which file a call writes, or which the streams write that it is given.
    private static func pathExpressions(of call: Call, _ scan: CodeScan) -> [String] {
        var writers: [Call] = call.does([.writesFiles]) ? [call] : []
        for position in call.tokens.prefix(200) where Int(position) < scan.model.tokens.count {
            guard scan.model.tokens[Int(position)].kind == .identifier, !scan.flow.isMember(position), writers.count < 8
            else { continue }
            let name = String(decoding: scan.model.text(ofToken: position), as: UTF8.self)
            for index in scan.flow.bindings(of: name, visibleIn: call.scope).prefix(2) {
                let value = scan.model.bindings[Int(index)].value
                guard value.count <= 400 else { continue }
                let calls = scan.flow.calls(in: value).prefix(4)
                writers += calls.map { scan.model.calls[Int($0)] }.filter { $0.does([.writesFiles]) }
            }
        }
        return writers.compactMap { $0.arguments.first }.compactMap { expression($0.tokens, scan) }
    }

    private static func check(
        _ keys: Set<String>, _ tokens: TokenRange, _ scope: Int32, _ call: Int32, _ downloads: [Download],
        _ scan: CodeScan
    ) {
        guard let download = downloads.first(where: { $0.call != call && isSameFile($0.keys, keys) }) else { return }
        if download.isMedia { return scan.note(.mediaCodeRuns, tokens, scope) }
        let observation: Observation =
            download.isOdd ? .fetchedFileRunsHidden : scan.isPython ? .fetchedFileRunsInPython : .fetchedFileRuns
        scan.note(observation, tokens, scope)
        scan.fact(.fetchesAndRuns, tokens, scope)
    }

    /// Whether two sets of names and texts are about one file: a name in common, or a text that the other has in it.
    private static func isSameFile(_ left: Set<String>, _ right: Set<String>) -> Bool {
        if !left.isDisjoint(with: right) { return true }
        let files = left.filter { $0.hasPrefix("'") && $0.utf8.count > 4 }.map { Array($0.utf8.dropFirst()) }
        return right.contains { key in
            key.hasPrefix("'") && files.contains { Array(key.utf8).contains(text: String(decoding: $0, as: UTF8.self)) }
        }
    }

    /// The tokens that say what a call runs: the program, and all arguments of interpreters and of what runs text.
    private static func programTokens(of call: Call, _ scan: CodeScan) -> [TokenRange] {
        let all = call.arguments.map(\.tokens)
        guard call.does([.process]), let first = all.first, !first.isEmpty else { return all }
        var program = first
        if scan.flow.isPunctuator(first.lowerBound, "[") {
            let comma = first.first { scan.flow.isPunctuator($0, ",", "]") } ?? first.upperBound
            program = first.lowerBound + 1..<max(comma, first.lowerBound + 1)
        }
        let texts = scan.texts(in: program)
        guard program != first || all.count > 1 else { return [first] }
        let isRunner =
            texts.contains { text in
                let word = baseName(Array(text.prefix { $0 != 0x20 }))
                return CommandVocabulary.fileRunners.contains(word) || CommandVocabulary.wrappers.contains(word)
            }
            || scan.flow.reads(in: program).contains {
                ["sys.executable", "process.execPath"].contains(scan.model.reads[Int($0)].path)
            }
        return isRunner ? all : [program]
    }

    // MARK: Downloads

    private static let maxCalls = 400
    /// Functions that fetch into a file by themselves.
    private static let retrievers: Set<String> = [
        "urlretrieve", "retrieve", "download", "download_file", "downloadFile", "retrbinary",
    ]

    private static func downloads(in scan: CodeScan) -> [Download] {
        let wrappers = wrappers(in: scan)
        var found: [Download] = []
        var looked = 0
        let calls = scan.model.calls
        for index in calls.indices
        where !calls[index].callee.effects.isDisjoint(with: [.writesFiles, .receives])
            || calls[index].callee.path.endsWith("pipe") || calls[index].callee.path.endsWith("pipeline")
            || !wrappers.isEmpty && calls[index].callee.root == .local
        {
            let call = calls[index]
            let isPipe = call.name == "pipe" || call.name == "pipeline"
            let isWrapped = call.callee.root == .local && wrappers.contains(call.callee.path)
            let isRetrieval = call.does([.receives]) && retrievers.contains(String(call.name))
            guard call.does([.writesFiles]) || isPipe || isWrapped || isRetrieval else { continue }
            looked += 1
            if looked > maxCalls { break }
            let isMedia =
                call.does([.writesFiles]) && scan.effects.contains(.readsFiles)
                && ExecutionFlow.isFedByMedia(scan.origin(of: call.tokens, scope: call.scope), scan)
            let isDirect = isMedia || isRetrieval || call.does([.writesFiles]) && call.does([.receives])
            guard isDirect || isWrapped || isFromNetwork(call, isPipe, scan) else { continue }
            let keys = keys(of: [call.tokens], in: scan).union(fileKeys(behind: call, in: scan))
                .union(pathExpressions(of: call, scan))
            guard !keys.isEmpty else { continue }
            let origin = scan.origin(of: call.tokens, scope: call.scope)
            found.append(
                Download(call: Int32(index), keys: keys, isOdd: Address(of: origin, scan).isOdd, isMedia: isMedia))
        }
        return found
    }

    /// Functions of the file that fetch something and write a file.
    private static func wrappers(in scan: CodeScan) -> Set<String> {
        var names: Set<String> = []
        for scope in scan.model.scopes where scope.kind == .function && scope.tokens.count < 3000 {
            guard let name = scope.name else { continue }
            var effects: Effects = []
            for index in scan.flow.calls(in: scope.tokens) { effects.formUnion(scan.model.calls[Int(index)].effects) }
            if effects.contains(.receives), effects.contains(.writesFiles) { names.insert(name) }
        }
        return names
    }

    /// Whether what a call writes came over the network.
    private static func isFromNetwork(_ call: Call, _ isPipe: Bool, _ scan: CodeScan) -> Bool {
        let origin = scan.origin(of: call.tokens, scope: call.scope)
        guard origin.effects.contains(.receives) else { return false }
        return !isPipe || origin.effects.contains(.writesFiles)
    }

    // MARK: Which file

    /// `f.write(…)`: what `f` was opened with.
    private static func fileKeys(behind call: Call, in scan: CodeScan) -> Set<String> {
        let name = String(decoding: scan.model.text(ofToken: call.callee.tokens.lowerBound), as: UTF8.self)
        let values = scan.flow.bindings(of: name, visibleIn: call.scope).prefix(4)
        return keys(of: values.map { scan.model.bindings[Int($0)].value }, in: scan)
    }

    /// The variables in some expressions, and the texts that may be names of files (after a quote).
    private static func keys(of ranges: [TokenRange], in scan: CodeScan) -> Set<String> {
        var keys: Set<String> = []
        for range in ranges {
            for position in range.prefix(400) where Int(position) < scan.model.tokens.count {
                guard scan.model.tokens[Int(position)].kind == .identifier, !scan.flow.isMember(position) else {
                    continue
                }
                let name = String(decoding: scan.model.text(ofToken: position), as: UTF8.self)
                if isVariable(name, at: position, in: scan) { keys.insert(name) }
            }
            for text in scan.texts(in: range) where isFileName(text) {
                keys.insert("'" + String(decoding: text, as: UTF8.self))
            }
        }
        return keys
    }

    private static let commonNames: Set<String> = [
        "self", "this", "cls", "url", "URL", "res", "response", "resp", "req", "request", "err", "error", "data",
        "options",
        "args", "kwargs", "callback", "cb", "resolve", "reject", "process", "console", "sys", "os", "env", "cwd",
        "version",
        "headers", "timeout", "True", "False", "None", "true", "false", "null", "undefined", "platform", "log",
        "logger",
    ]

    /// Whether a name is a variable that may hold a path: not a module, a function or what every program has.
    private static func isVariable(_ name: String, at position: Int32, in scan: CodeScan) -> Bool {
        guard !commonNames.contains(name), let bindings = scan.flow.anyBindings(of: name) else { return false }
        return !bindings.prefix(4).contains { index in
            let value = scan.model.bindings[Int(index)].value
            return scan.model.imports.contains { $0.tokens.overlaps(value) }
        }
    }

    private static func isFileName(_ text: ArraySlice<UInt8>) -> Bool {
        guard (3...200).contains(text.count), !text.contains(text: "://") else { return false }
        return text.contains(UInt8(ascii: ".")) || text.contains(UInt8(ascii: "/")) || text.contains(UInt8(ascii: "\\"))
    }
}
