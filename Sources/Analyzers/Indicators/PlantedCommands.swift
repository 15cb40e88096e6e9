import SourceCode

/// Texts that are whole commands and handed to something as soon as a file is loaded, whoever runs them in the end.
///
/// There are more ways to come to a function than can be followed: attributes by computed names, bound methods, maps
/// of functions. A command in plain sight that something is given is looked at by a person; what is printed, compared
/// or explained is not.
struct PlantedCommands {
    let view: CodeView

    /// Calls that show, compare or describe what they are given.
    private static let showing: Set<String> = [
        "print", "pprint", "log", "logger", "info", "warn", "warning", "error", "debug", "trace", "exception",
        "critical", "success", "fatal", "write", "writelines", "echo", "secho", "exit", "fail", "abort", "die",
        "format", "dedent", "raises", "throw", "help", "usage", "description", "epilog", "example", "examples",
        "option", "argument", "add_argument", "add_parser", "command", "describe", "test", "it", "expect", "equal",
        "equals", "includes", "contains", "startswith", "startsWith", "endswith", "endsWith", "match", "search",
        "compile", "RegExp", "regex", "replace", "split", "strip", "trim", "test_", "skip", "skipif", "xfail", "panel",
        "Panel", "Markdown", "Text", "TextBlock", "rule", "markdown", "createElement", "jsx", "jsxs", "register_rule",
        "freeze", "dict", "Field", "field",
    ]
    private static let describing: Set<String> = [
        "help", "usage", "description", "epilog", "example", "examples", "doc", "docs", "message", "msg", "hint",
        "title", "text", "label", "reason", "default", "install", "summary",
    ]

    /// Whether a text is given to a call that runs at load, itself or behind the name that it is bound to.
    func isHandedOn(_ string: StringConstant) -> Bool {
        if isGiven(string.tokens) { return true }
        let model = view.model
        for binding in model.bindings
        where binding.value.lowerBound <= string.tokens.lowerBound
            && binding.value.upperBound >= string.tokens.upperBound
            && binding.value.count <= 40
        {
            let isUsed = model.calls.contains { call in
                view.runsAtLoad(call.scope) && !shows(call)
                    && call.arguments.contains { argument in
                        argument.tokens.count <= 40 && !isDescribing(argument)
                            && argument.tokens.contains { token in
                                view.kind(token) == .identifier
                                    && model.text(ofToken: token).elementsEqual(binding.name.utf8)
                            }
                    }
            }
            if isUsed { return true }
        }
        return false
    }

    private func isGiven(_ tokens: TokenRange) -> Bool {
        var isGiven = false
        for call in view.model.calls
        where call.tokens.lowerBound <= tokens.lowerBound && call.tokens.upperBound >= tokens.upperBound {
            if shows(call) { return false }
            guard
                let argument = call.arguments.first(where: {
                    $0.tokens.lowerBound <= tokens.lowerBound && $0.tokens.upperBound >= tokens.upperBound
                })
            else { continue }
            if isDescribing(argument) { return false }
            // Tables of texts are what pages and installers are made of.
            if view.runsAtLoad(call.scope), argument.tokens.count <= 40 { isGiven = true }
        }
        return isGiven
    }

    private func isDescribing(_ argument: Argument) -> Bool {
        argument.label.map(Self.describing.contains) ?? false
    }

    private func shows(_ call: Call) -> Bool {
        let name = String(call.name)
        return Self.showing.contains(name)
            || ["Error", "Exception", "Warning", "Exit"].contains { name.hasSuffix($0) }
    }
}
