import SourceCode

/// OBF-DECODE-EXEC, OBF-STEGO, and what is downloaded and run without becoming a file: where run text comes from.
enum ExecutionFlow {
    private static let running: Effects = [.runsCode, .compiles, .process, .deserialises]

    static func check(_ scan: CodeScan) {
        let calls = scan.model.calls
        // What compiles modules says so by its name alone.
        let positions =
            scan.compilesModules
            ? calls.indices.filter {
                !calls[$0].callee.effects.isDisjoint(with: running) || calls[$0].callee.path.endsWith("_compile")
            } : scan.positions(doing: running)
        for index in positions {
            let call = calls[index]
            // A module of WebAssembly runs in a box of its own, and so does a browser's worker, which bundlers embed as
            // text; that text is judged like any other code.
            if call.callee.path.hasPrefix("WebAssembly") { continue }
            if call.callee.root == .builtin, call.callee.path == "Worker" || call.callee.path == "SharedWorker" {
                continue
            }
            // `new module.constructor()._compile(text)` runs it as well.
            if call.does([.runsCode]) || call.does([.compiles]) && !call.does([.decodes])
                || scan.compilesModules && call.name == "_compile"
            {
                checkCode(call, scan)
            } else if call.does([.process]) {
                // A page that is shown and a signal that is sent are no commands.
                let isCommand = !call.callee.path.hasPrefix("webbrowser.") && call.name != "kill"
                if isCommand { checkCommand(call, scan) }
            }
        }
    }

    /// Modules that are no files: texts and addresses.
    static func checkImports(_ scan: CodeScan) {
        for found in scan.model.imports where found.kind == .dynamic { checkImport(found, scan) }
    }

    // MARK: Text that is run as code

    private static func checkCode(_ call: Call, _ scan: CodeScan) {
        // The last argument of Function is the code, those before it are names; of eval and exec the first is.
        let isLast = call.name == "Function" || call.callee.path.hasSuffix("Function.constructor")
        let origin = scan.origin(of: call) { index, argument in
            argument.label == nil && (isLast ? index == call.arguments.count - 1 : index == 0)
                || argument.label == "source"
        }
        if isFedByMedia(origin, scan) {
            scan.note(.mediaCodeRuns, call)
            return scan.fact(.decodesAndRuns, call.tokens, call.scope)
        }
        if origin.effects.contains(.receives) {
            scan.note(Address(of: origin, scan).isFixed ? .fetchedCodeRuns : .fetchedCodeRunsOpen, call)
            scan.fact(.fetchesAndRuns, call.tokens, call.scope)
        }
        if isTransformed(call, isLast, scan) {
            scan.note(.decodedCodeRuns, call)
            return scan.fact(.decodesAndRuns, call.tokens, call.scope)
        }
        if isUndone(call, scan) || BuiltCode.isRun(by: call, origin, scan) {
            scan.note(.decodedCodeRuns, call)
            return scan.fact(.decodesAndRuns, call.tokens, call.scope)
        }
        // `exec(bytes(b ^ 51 for b in data))`
        if origin.effects.contains(.readsFiles), namesOwnFile(origin, scan), hasMask(call, scan) {
            scan.note(.decodedCodeRuns, call)
            return scan.fact(.decodesAndRuns, call.tokens, call.scope)
        }
        checkDecoded(origin, call, scan, fixed: .decodedCodeRuns, open: .decodedValueRuns)
    }

    private static let undoing = ["to_bytes", "translate", "maketrans", "swapcase"]

    /// `exec(text.translate(table))`, `exec((7263…).to_bytes(34))`: what runs is made of a constant in place.
    private static func isUndone(_ call: Call, _ scan: CodeScan) -> Bool {
        guard scan.isPython, let argument = call.arguments.first else { return false }
        var (undoes, holds) = (false, false)
        for position in argument.tokens.prefix(400) where Int(position) < scan.model.tokens.count {
            let token = scan.model.tokens[Int(position)]
            switch token.kind {
            case .identifier:
                let word = scan.model.text(ofToken: position)
                if undoing.contains(where: { word.equals($0) }) { undoes = true }
            case .number, .string: if token.end - token.start >= minUndoneBytes { holds = true }
            case .templateHead, .templateMiddle, .templateTail, .regularExpression, .punctuator, .markupText, .newline,
                .indent, .dedent:
                break
            }
        }
        return undoes && holds
    }

    private static let minUndoneBytes: Int32 = 20

    private static func hasMask(_ call: Call, _ scan: CodeScan) -> Bool {
        call.arguments.contains { argument in
            argument.tokens.prefix(400).contains { scan.flow.isPunctuator($0, "^") }
        }
    }

    /// Whether what runs is a constant that none of its literals shows: reversed, replaced or made of numbers.
    private static func isTransformed(_ call: Call, _ isLast: Bool, _ scan: CodeScan) -> Bool {
        guard let argument = isLast ? call.arguments.last : call.arguments.first,
            let text = argument.constant?.text, text.count >= minTransformedBytes
        else { return false }
        let literals = scan.origin(of: argument.tokens, scope: call.scope).texts.filter {
            $0.count >= 4 && !$0.elementsEqual(text)
        }
        let shown = literals.contains { FormatText.isFilled($0, in: text) }
        let whole = scan.texts(in: argument.tokens).contains { $0.elementsEqual(text) }
        return !shown && (whole || literals.contains { $0.count + 8 >= text.count }) && !scan.literals.contains(text)
    }

    /// Shorter texts are operators and names.
    private static let minTransformedBytes = 12

    private static func checkDecoded(
        _ origin: DataFlow.Origin, _ call: Call, _ scan: CodeScan, fixed: Observation, open: Observation?
    ) {
        let hidden: Effects = [.decodes, .decrypts]
        guard !origin.effects.isDisjoint(with: hidden) || origin.hasDecodedText else { return }
        let material = decodedMaterial(origin, hidden, isCommand: open == nil, scan)
        let hidesName = !call.callee.spelling.isDisjoint(with: [.computed, .disguised])
        let isLoaded = scan.model.runsAtLoad(call.scope)
        if material.isOwn || origin.hasDecodedText && holdsText(origin) || hidesName && !origin.texts.isEmpty
            || isLoaded && scan.readsOwnText
        {
            scan.note(fixed, call)
            scan.fact(.decodesAndRuns, call.tokens, call.scope)
        } else if let open {
            scan.note(open, call)
        }
    }

    /// Shorter texts hide nothing worth hiding.
    private static let minHiddenBytes = 8
    /// Texts that say how to decode, rather than what.
    private static let codecWords: Set<String> = [
        "base64url", "utf-16le", "utf-8-sig", "utf-16-le", "iso-8859-1", "iso8859-1", "unicode_escape",
        "unicode-escape",
        "raw_unicode_escape", "backslashreplace", "surrogateescape", "surrogatepass", "<string>", "<module>",
        "string_escape", "application/json", "aes-256-cbc", "aes-128-cbc", "aes-256-gcm",
    ]

    /// Whether a text that may hide something is in a value.
    private static func holdsText(_ origin: DataFlow.Origin) -> Bool {
        origin.texts.contains { text in
            text.count >= minHiddenBytes
                && !codecWords.contains(String(decoding: text, as: UTF8.self).lowercased())
        }
    }

    /// What the decoders of a value were given: something that the package itself holds or fetches, or anything.
    private static func decodedMaterial(
        _ origin: DataFlow.Origin, _ hidden: Effects, isCommand: Bool, _ scan: CodeScan
    ) -> (isOwn: Bool, isOpen: Bool) {
        var isOwn = false
        for index in origin.calls {
            let call = scan.model.calls[Int(index)]
            guard call.does(hidden) else { continue }
            // The text may be the argument or what the method is called on: `payload.split('').map(…)`.
            let given = scan.origin(of: call.tokens, scope: call.scope)
            // What another program printed, such as a path, is decoded before it is given to the next one.
            if isCommand, given.effects.contains(.process), !given.effects.contains(.receives) { continue }
            if holdsText(given) || given.effects.contains(.receives) || hasNumbers(call, scan) {
                isOwn = true
            }
            if given.effects.contains(.readsFiles), namesOwnFile(given, scan) { isOwn = true }
        }
        return (isOwn, !isOwn)
    }

    /// Whether a call is given twenty numbers or more, itself or through names.
    static func hasNumbers(_ call: Call, _ scan: CodeScan) -> Bool {
        hasNumbers(call.tokens, call.scope, scan, steps: 0)
    }

    private static let minTextNumber: Int32 = 40

    private static func hasNumbers(_ tokens: TokenRange, _ scope: Int32, _ scan: CodeScan, steps: Int) -> Bool {
        var numbers = 0
        var names: [String] = []
        for position in tokens.prefix(2000) where Int(position) < scan.model.tokens.count {
            switch scan.model.tokens[Int(position)].kind {
            case .number:
                numbers += 1
                // A number of that length is a text.
                let token = scan.model.tokens[Int(position)]
                if token.end - token.start >= minTextNumber { return true }
            case .identifier where names.count < 12:
                names.append(String(decoding: scan.model.text(ofToken: position), as: UTF8.self))
            case .identifier, .string, .templateHead, .templateMiddle, .templateTail, .regularExpression, .punctuator,
                .markupText, .newline, .indent, .dedent:
                break
            }
        }
        if numbers >= 20 { return true }
        guard steps < 3 else { return false }
        return names.contains { name in
            scan.flow.bindings(of: name, visibleIn: scope).prefix(4).contains { index in
                let value = scan.model.bindings[Int(index)].value
                return value != tokens && hasNumbers(value, scope, scan, steps: steps + 1)
            }
        }
    }

    /// Whether what was read has a constant name that lies beside the code.
    private static func namesOwnFile(_ origin: DataFlow.Origin, _ scan: CodeScan) -> Bool {
        origin.calls.contains { index in
            let call = scan.model.calls[Int(index)]
            return call.does([.readsFiles]) && scan.texts(in: call.tokens).contains { $0.contains(UInt8(ascii: ".")) }
        }
    }

    private static let mediaEndings = [
        ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".ico", ".webp", ".svg", ".mp3", ".wav", ".ogg", ".mp4", ".avi",
        ".tiff",
        ".ttf", ".woff", ".woff2",
    ]

    /// Whether pixels, samples or a file that says it is media are in a value.
    static func isFedByMedia(_ origin: DataFlow.Origin, _ scan: CodeScan) -> Bool {
        if origin.effects.contains(.readsMedia) { return true }
        guard origin.effects.contains(.readsFiles) else { return false }
        return origin.calls.contains { index in
            let call = scan.model.calls[Int(index)]
            guard call.does([.readsFiles]) else { return false }
            return scan.origin(of: call).texts.contains { text in
                mediaEndings.contains { text.lowercasedASCII().hasSuffix($0) }
            }
        }
    }

    // MARK: Text that is run as a command

    private static func checkCommand(_ call: Call, _ scan: CodeScan) {
        let origin = scan.origin(of: call) { index, argument in
            index == 0 && argument.label == nil || argument.label == "args"
                || argument.label == "input" && FileLinks.startsInterpreter(call, scan)
        }
        if origin.effects.isSuperset(of: [.readsMedia, .decodes]) {
            scan.note(.mediaCodeRuns, call)
            return scan.fact(.decodesAndRuns, call.tokens, call.scope)
        }
        if origin.effects.contains(.receives), !isProgramPath(call, origin, scan),
            !FixedProgram.isGivenData(by: call, scan)
        {
            scan.note(.fetchedCommandRuns, call)
            scan.fact(.fetchesAndRuns, call.tokens, call.scope)
        }
        checkDecoded(origin, call, scan, fixed: .decodedCommandRuns, open: nil)
    }

    /// Whether what was received is a file's path by now: `subprocess.run([download(url)])`.
    private static func isProgramPath(_ call: Call, _ origin: DataFlow.Origin, _ scan: CodeScan) -> Bool {
        !origin.effects.isDisjoint(with: [.writesFiles, .changesModes])
    }

    /// `import(`data:text/javascript;base64,…`)` and modules whose source was fetched.
    private static func checkImport(_ found: ModuleImport, _ scan: CodeScan) {
        let texts = scan.texts(in: found.tokens)
        if texts.contains(where: {
            // An empty module is how support for `import()` is tried out.
            ($0.count >= 40
                || found.specifier == nil && scan.origin(of: found.tokens, scope: found.scope).hasDecodedText)
                && $0.hasPrefix("data:") && $0.contains(text: "javascript")
        }) {
            scan.note(.decodedCodeRuns, found.tokens, found.scope)
            scan.fact(.decodesAndRuns, found.tokens, found.scope)
        } else if texts.contains(where: { $0.hasPrefix("https://") || $0.hasPrefix("http://") }) {
            scan.note(.fetchedCodeRuns, found.tokens, found.scope)
            scan.fact(.fetchesAndRuns, found.tokens, found.scope)
        }
    }
}

/// Where a value of the network was asked for.
struct Address {
    /// Whether the code itself says where, or hides it, rather than whoever calls it.
    let isFixed: Bool
    /// Whether the address is hidden, numeric or without protection.
    let isOdd: Bool

    init(of origin: DataFlow.Origin, _ scan: CodeScan) {
        var isFixed = false
        var isOdd = false
        for index in origin.calls {
            let call = scan.model.calls[Int(index)]
            guard call.does([.receives, .socket]) else { continue }
            let given = scan.origin(of: call)
            if given.hasDecodedText || given.effects.contains(.decodes) || given.effects.contains(.receives) {
                (isFixed, isOdd) = (true, true)
            }
            for text in given.texts where Self.namesHost(text) {
                isFixed = true
                if text.hasPrefix("http://") || Self.isNumeric(text) { isOdd = true }
            }
        }
        self.isFixed = isFixed
        self.isOdd = isOdd
    }

    /// Whether a text says a host: a URL that goes on after its scheme, or a name with a dot as in options.
    private static func namesHost(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.firstRange(of: "://") != nil else { return isNumeric(text) }
        let host = host(of: text)
        if let address = InternetAddress(host[...]) { return !address.isLocal }
        return host.contains(UInt8(ascii: ".")) && !host.hasPrefix("localhost")
    }

    /// Whether the host is a number.
    private static func isNumeric(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.firstRange(of: "://") == nil else { return InternetAddress.isRemote(host: host(of: text)) }
        // Alone, only four numbers are sure to be an address: others are sizes and versions.
        let dots = text.count { $0 == UInt8(ascii: ".") }
        return dots == 3 && text.count <= 21 && InternetAddress.isRemote(host: text.prefix { $0 != UInt8(ascii: ":") })
    }

    /// The host of a URL, without user and port, IPv6 without its brackets.
    private static func host(of text: ArraySlice<UInt8>) -> [UInt8] {
        WebAddress(Array(text.prefix(2000)).lowercasedASCII()).host.filter {
            $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: "]")
        }
    }
}
