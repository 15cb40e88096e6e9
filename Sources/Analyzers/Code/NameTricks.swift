import SourceCode

/// OBF-ALIAS, OBF-0X, OBF-PACKER, OBF-JSFUCK, OBF-ARMOR: names and shapes that hide what code is.
enum NameTricks {
    static func check(_ scan: CodeScan) {
        checkReferences(scan)
        checkModules(scan)
        checkArmor(scan)
        guard !scan.isPython else { return }
        checkHexNames(scan)
        checkPacker(scan)
        checkSymbols(scan)
        checkShuffle(scan)
    }

    // MARK: Computed and disguised names

    private static let grave: Effects = [
        .runsCode, .compiles, .process, .shell, .foreignCode, .deserialises, .processMemory,
    ]

    private static func checkReferences(_ scan: CodeScan) {
        let (calls, reads) = (scan.model.calls, scan.model.reads)
        // Names that are long enough for a walk over classes, or written in an odd way.
        for index in calls.indices
        where calls[index].callee.path.utf8.count > 30 || calls[index].callee.spelling.hides {
            check(calls[index].callee, scan)
        }
        // What made a value is asked for by many; only who calls it makes code.
        for index in reads.indices
        where (reads[index].path.utf8.count > 30 || reads[index].spelling.hides)
            && !reads[index].path.endsWith(".constructor")
        {
            check(reads[index], scan)
        }
    }

    /// Old browsers' way to ask for pages, whose name some tools refuse: `new self[["Active", "X"].join("")](…)`.
    private static func isOldRequest(_ reference: Reference, _ scan: CodeScan) -> Bool {
        reference.path == "ActiveXObject" && scan.asksForPagesInOldWay
    }

    private static func check(_ reference: Reference, _ scan: CodeScan) {
        if reference.path.utf8.count > 30, isClassWalk(reference.path) {
            return scan.note(.computedName, reference.tokens, reference.scope)
        }
        guard reference.spelling.hides,
            !reference.effects.isDisjoint(with: grave), !isOldRequest(reference, scan)
        else { return }
        let observation: Observation = reference.spelling.contains(.disguised) ? .disguisedName : .computedName
        scan.note(observation, reference.tokens, reference.scope)
    }

    /// `().__class__.__base__.__subclasses__()[132].__init__.__globals__`: a way to any module without naming it.
    private static func isClassWalk(_ path: String) -> Bool {
        let bytes = Array(path.utf8)
        return bytes.contains(text: "__subclasses__") && bytes.contains(text: "__globals__")
    }

    private static let graveModules: Set<String> = [
        "child_process", "vm", "net", "http", "https", "dns", "dgram", "os", "fs", "subprocess", "socket", "builtins",
        "ctypes", "pty", "marshal", "urllib.request", "requests", "base64", "zlib",
    ]

    /// `require('child_' + 'process')`
    private static func checkModules(_ scan: CodeScan) {
        for found in scan.model.imports {
            guard let specifier = found.specifier else {
                checkDecodedModule(found, scan)
                continue
            }
            guard found.tokens.count >= 3 else { continue }
            let name = specifier.hasPrefix("node:") ? String(specifier.dropFirst(5)) : specifier
            guard graveModules.contains(name) else { continue }
            let start = FileLinks.firstString(from: found.tokens.lowerBound, in: scan.model)
            let isComputed = scan.model.strings[start...].prefix(16)
                .prefix { $0.tokens.lowerBound < found.tokens.upperBound }
                .contains { ($0.origin == .folded || $0.origin == .decoded) && $0.value.equals(specifier) }
            if isComputed { scan.note(.computedName, found.tokens, found.scope) }
        }
    }

    /// `require(decode(names[2]))`
    private static func checkDecodedModule(_ found: ModuleImport, _ scan: CodeScan) {
        guard found.kind != .file, found.tokens.count <= 60, !scan.effects.isDisjoint(with: [.decodes]) else { return }
        let origin = scan.origin(of: found.tokens, scope: found.scope)
        let decodes = origin.calls.contains { index in
            let call = scan.model.calls[Int(index)]
            return call.does([.decodes]) && !call.does([.receives, .readsFiles]) && !call.name.hasPrefix("decodeURI")
                && !call.name.hasPrefix("unquote")
        }
        if decodes, origin.effects.isDisjoint(with: [.receives, .readsFiles]) {
            scan.note(.decodedModule, found.tokens, found.scope)
        }
    }

    // MARK: Tools that make code unreadable

    private static func checkHexNames(_ scan: CodeScan) {
        var count = 0
        var first: Int32?
        let names = scan.model.names
        for index in names.indices where isHexName(names[index].text) {
            count += 1
            if first == nil { first = names[index].offset }
        }
        guard count >= 10, let first else { return }
        scan.report.note(.hexNames, line: scan.file.line(at: Int(first)), count: count)
    }

    /// `_0x1a2b3c`
    private static func isHexName(_ name: String) -> Bool {
        let bytes = name.utf8
        guard bytes.count >= 6, name.hasPrefix("_0x") || name.hasPrefix("_0X") else { return false }
        return bytes.dropFirst(3).prefix(4).allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || (0x41...0x46).contains($0)
        }
    }

    /// `eval(function(p,a,c,k,e,d){…}`
    private static func checkPacker(_ scan: CodeScan) {
        for scope in scan.model.scopes where scope.kind == .function && scope.parameters.count >= 5 {
            if scope.parameters.prefix(5).joined() == "packe" {
                return scan.report.note(.packedScript, line: scan.line(scope.tokens), atLoad: true)
            }
        }
    }

    /// A chain of calls has each of them in the next.
    private static let maxShuffleTokens = 200_000

    /// `(function (text, seed) { … swap … join … })('…', 2857687)`: the names that a script uses come out of a shuffle.
    private static func checkShuffle(_ scan: CodeScan) {
        let calls = scan.model.calls
        var tokensLeft = maxShuffleTokens
        for index in calls.indices
        where calls[index].arguments.count == 2 && calls[index].callee.tokens.count > 40 && tokensLeft > 0 {
            let call = calls[index]
            guard let text = call.firstText, text.count >= 8, let seed = call.arguments[1].constant?.number,
                seed >= 1000
            else { continue }
            var (remainders, words) = (0, Set<String>())
            for position in call.callee.tokens.prefix(1500) where Int(position) < scan.model.tokens.count {
                tokensLeft -= 1
                switch scan.model.tokens[Int(position)].kind {
                case .punctuator: if scan.flow.isPunctuator(position, "%", "%=") { remainders += 1 }
                case .identifier:
                    let word = scan.model.text(ofToken: position)
                    if ["charAt", "join", "split", "for", "while"].contains(where: { word.equals($0) }) {
                        words.insert(String(decoding: word, as: UTF8.self))
                    }
                case .number, .string, .templateHead, .templateMiddle, .templateTail, .regularExpression, .markupText,
                    .newline, .indent, .dedent:
                    break
                }
            }
            let isLoop = words.contains("for") || words.contains("while")
            let isText = words.contains("join") && (words.contains("charAt") || words.contains("split"))
            if remainders >= 3, isLoop, isText { return scan.note(.shuffledNames, call) }
        }
    }

    private static let symbolMarks = LiteralSet([
        "(![]+[])", "(!![]+[])", "[][(", "+!![]+!![]", "=~[];", "(\u{FF9F}\u{0414}\u{FF9F})", "[+!+[]]",
    ])

    /// A program of brackets, `!` and `+`, or of faces.
    private static func checkSymbols(_ scan: CodeScan) {
        let bytes = scan.model.source.bytes
        guard let mark = symbolMarks.matches(in: bytes, limit: 1).first else { return }
        var run = 0
        var symbols = [Bool](repeating: false, count: 256)
        for byte in "[]()!+{}$_~:;,.=\"\\ \n\r\t".utf8 { symbols[Int(byte)] = true }
        for byte in bytes[mark.range.lowerBound...] {
            if symbols[Int(byte)] || byte >= 0x80 {
                run += 1
                if run >= 500 {
                    return scan.report.note(.symbolProgram, line: scan.file.line(at: mark.range.lowerBound))
                }
            } else if !(0x30...0x39).contains(byte) {
                run = 0
            }
        }
    }

    private static let armorModules = [
        "pytransform", "pyarmor_runtime", "sourcedefender", "pyconcrete", "pye_bootstrap",
    ]
    private static let shortestArmor = armorModules.map(\.utf8.count).min() ?? 0

    private static func checkArmor(_ scan: CodeScan) {
        guard scan.isPython else { return }
        let names = scan.model.names
        for index in names.indices
        where names[index].text.isText("__pyarmor__") || names[index].text.isText("__pyconcrete__") {
            return scan.report.note(.armoredCode, line: scan.file.line(at: Int(names[index].offset)))
        }
        for found in scan.model.imports {
            guard let specifier = found.specifier, specifier.utf8.count >= shortestArmor else { continue }
            let bytes = Array(specifier.utf8)
            guard armorModules.contains(where: { bytes.contains(text: $0) }) else { continue }
            let parts = specifier.split(separator: ".")
            if parts.contains(where: { part in armorModules.contains { part.hasPrefix($0) } }) {
                return scan.note(.armoredCode, found.tokens, found.scope)
            }
        }
    }
}
