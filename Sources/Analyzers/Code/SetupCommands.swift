import SourceCode

/// Commands of a setup script that people give by their names and no installation does: `test`, `upload`, `docs`.
///
/// `setup(cmdclass={"upload": Upload})` only makes a command known. What its class does counts as code that waits to be
/// called, as long as the script mentions the class and its name nowhere else.
enum SetupCommands {
    /// The commands that builds and installations give, themselves or through each other.
    private static let given: Set<String> = [
        "install", "install_lib", "install_scripts", "install_data", "install_headers", "install_egg_info", "build",
        "build_py", "build_ext", "build_clib", "build_scripts", "build_info", "develop", "egg_info", "sdist", "bdist",
        "bdist_wheel", "bdist_egg", "bdist_rpm", "bdist_wininst", "dist_info", "editable_wheel", "easy_install",
        "clean", "alias", "setopt", "saveopts", "check",
    ]

    /// Ways to reach a class without its name.
    private static let wholesale = [
        "__subclasses__", "__init_subclass__", "metaclass", "globals", "locals", "vars", "__dict__", "modules",
        "values",
        "items", "popitem", "get_command_class", "get_command_obj", "script_args",
    ]

    /// Setup scripts have few classes, and fewer commands; more are no setup script.
    private static let maxClasses = 200
    private static let maxCommands = 40

    /// The lines of the methods of such classes, without their heads, which are read when the script is.
    static func dormantLines(of file: InspectedFile) -> [ClosedRange<Int>] {
        guard file.layout == .sourceDistribution, file.path.count == 1, file.path[0].equals("setup.py"),
            let model = file.model, model.language == .python
        else { return [] }
        let tokens = Tokens(model)
        // Whoever goes through classes, names or commands without saying which may mean any of them.
        guard !wholesale.contains(where: tokens.has),
            model.scopes.lazy.filter({ $0.kind == .type }).count <= maxClasses
        else { return [] }
        var classes: [(scope: Int, keys: [String: Int])] = []
        for (index, scope) in model.scopes.enumerated() where scope.kind == .type {
            if let name = scope.name, let keys = offers(of: name, scope.tokens, tokens) {
                classes.append((index, keys))
            }
        }
        // A command may be given by another one that is not given itself.
        guard classes.count <= maxCommands, tokens.onlyRegisters("cmdclass"), !tokens.keepsSetup else { return [] }
        while let index = classes.firstIndex(where: { isGiven($0.keys, classes.map { model.scopes[$0.scope] }, tokens) }
        ) {
            classes.remove(at: index)
        }
        return classes.flatMap { lines(ofMethodsIn: Int32($0.scope), file, model, tokens) }
    }

    private static func lines(
        ofMethodsIn scope: Int32, _ file: InspectedFile, _ model: CodeModel, _ tokens: Tokens
    ) -> [ClosedRange<Int>] {
        model.scopes.compactMap { method in
            guard method.kind == .function, method.parent == scope, !method.runsAtLoad,
                let body = tokens.body(of: method.tokens)
            else { return nil }
            let first = file.line(ofToken: body.lowerBound)
            let last = file.line(ofToken: max(body.upperBound - 1, body.lowerBound))
            return first <= last ? first...last : nil
        }
    }

    /// The names under which a class is offered, with how often; nil when it is mentioned in any other way.
    private static func offers(of name: String, _ own: TokenRange, _ tokens: Tokens) -> [String: Int]? {
        guard !tokens.isSpoken(name), !tokens.isDecorated(own) else { return nil }
        var keys: [String: Int] = [:]
        for place in tokens.places[name] ?? [] where !own.contains(place) {
            if tokens.text(place - 1) == "class" { continue }
            guard let key = tokens.key(before: place), tokens.isRegistered(place) else { return nil }
            keys[key.text, default: 0] += key.isString ? 1 : 0
        }
        return keys.isEmpty ? nil : keys
    }

    /// Whether anything outside of commands that wait themselves says one of the names.
    private static func isGiven(_ keys: [String: Int], _ waiting: [Scope], _ tokens: Tokens) -> Bool {
        keys.contains { key, count in
            let places = tokens.strings[key, default: []].filter { place in
                !waiting.contains { $0.tokens.contains(place) }
            }
            return given.contains(key) || places.count != count
        }
    }

    /// The tokens of a script by what they say.
    private struct Tokens {
        let model: CodeModel
        private(set) var places: [String: [Int32]] = [:]
        private(set) var strings: [String: [Int32]] = [:]

        init(_ model: CodeModel) {
            self.model = model
            for (index, token) in model.tokens.enumerated() where token.end - token.start <= 100 {
                switch token.kind {
                case .identifier: places[text(Int32(index)), default: []].append(Int32(index))
                case .number, .string, .templateHead, .templateMiddle, .templateTail, .regularExpression, .punctuator,
                    .markupText, .newline, .indent, .dedent:
                    break
                }
            }
            // Names that are put together count as well.
            for string in model.strings where string.value.count <= 100 {
                strings[String(decoding: string.value, as: UTF8.self), default: []].append(string.tokens.lowerBound)
            }
        }

        func has(_ name: String) -> Bool { places[name] != nil }

        /// Whether a name is only an argument's, or a variable's that becomes the argument: whatever else is done with it may
        /// call what is in it.
        func onlyRegisters(_ name: String) -> Bool {
            (places[name] ?? []).allSatisfy { place in
                guard Int(place) + 4 < model.tokens.count else { return false }
                return text(place + 1) == "=" || isItemSet(place)
                    || place >= 2 && text(place - 1) == "=" && text(place - 2) == name
            }
        }

        /// `cmdclass["test"] = …`
        private func isItemSet(_ place: Int32) -> Bool {
            text(place + 1) == "[" && text(place + 3) == "]" && text(place + 4) == "="
        }

        /// Whether a class is named in what becomes the argument `cmdclass`, and not in another thing that may be gone through.
        func isRegistered(_ place: Int32) -> Bool {
            if text(place - 1) == "=", place >= 5, text(place - 2) == "]" { return text(place - 5) == "cmdclass" }
            var (depth, index) = (0, place - 1)
            while index > 2, place - index < 2000 {
                switch text(index) {
                case ")", "]", "}": depth += 1
                case "(", "[", "{":
                    if depth == 0 {
                        let before = text(index) == "(" && text(index - 1) == "dict" ? index - 2 : index - 1
                        return before > 0 && text(before) == "=" && text(before - 1) == "cmdclass"
                    }
                    depth -= 1
                case _: break
                }
                index -= 1
            }
            return false
        }

        /// Whether what `setup()` gives back is used: it knows every command.
        var keepsSetup: Bool {
            (places["setup"] ?? []).contains { place in
                guard place > 0, Int(place) + 1 < model.tokens.count, text(place + 1) == "(" else { return false }
                let start = place > 1 && text(place - 1) == "." ? place - 2 : place
                guard start > 0 else { return false }
                switch model.tokens[Int(start) - 1].kind {
                case .newline, .indent, .dedent: return false
                case .punctuator: return text(start - 1) != ":" && text(start - 1) != ";"
                case .identifier, .number, .string, .templateHead, .templateMiddle, .templateTail, .regularExpression,
                    .markupText:
                    return true
                }
            }
        }

        /// Whether a text that is no documentation has a name in it: it may be run.
        func isSpoken(_ name: String) -> Bool {
            model.strings.contains { $0.origin != .documentation && $0.value.contains(text: name) }
        }

        func text(_ index: Int32) -> String { String(decoding: model.text(ofToken: index), as: UTF8.self) }

        /// The key that a value is given to: `"test": X`, `test=X`, `commands["test"] = X`.
        func key(before place: Int32) -> (text: String, isString: Bool)? {
            guard place >= 2 else { return nil }
            var before = place - 2
            switch text(place - 1) {
            case ":": break
            case "=":
                if text(before) == "]" { before -= 1 } else { return isArgument(before) ? (text(before), false) : nil }
            case _: return nil
            }
            guard before >= 0, model.tokens[Int(before)].kind == .string else { return nil }
            let written = text(before).drop { $0 != "\"" && $0 != "'" }
            return (String(written.dropFirst().dropLast()), true)
        }

        /// Whether a name with `=` behind it is an argument's, rather than another name for the value.
        private func isArgument(_ index: Int32) -> Bool {
            guard index > 0, model.tokens[Int(index)].kind == .identifier else { return false }
            let before = text(index - 1)
            return before == "(" || before == ","
        }

        /// Whether anything in a class or on it is handed to a decorator that could call it.
        func isDecorated(_ own: TokenRange) -> Bool {
            let harmless: Set<String> = ["staticmethod", "classmethod", "property"]
            return (max(own.lowerBound - 40, 0)..<own.upperBound).contains { index in
                guard Int(index) + 1 < model.tokens.count, model.tokens[Int(index)].kind == .punctuator,
                    text(index) == "@"
                else { return false }
                let isFirst = index == 0 || model.tokens[Int(index) - 1].kind != .identifier
                return isFirst && !harmless.contains(text(index + 1)) && isBeforeClass(index, own)
            }
        }

        /// Whether a decorator stands in the class or right before it.
        private func isBeforeClass(_ index: Int32, _ own: TokenRange) -> Bool {
            own.contains(index) || (index..<own.lowerBound).count { text($0) == "class" || text($0) == "def" } <= 1
        }

        /// What follows the head of a function, when that stands on lines of its own.
        func body(of function: TokenRange) -> TokenRange? {
            guard let start = function.first(where: { model.tokens[Int($0)].kind == .indent }) else { return nil }
            return start + 1 < function.upperBound ? start + 1..<function.upperBound : nil
        }
    }
}
