import SourceCode

/// Where the values of a file's expressions come from, followed through a few names and functions.
///
/// One question looks at the tokens of an expression: the calls in it, and the names in it, whose values are looked at
/// in turn. It does not follow values through objects or other files; what it says is what the text shows.
struct DataFlow {
    let model: CodeModel
    private let calls: CallIndex
    /// Where names are declared: bundles give the same letter to thousands of things.
    private var homes: NameHomes
    /// Calls such as `parts.push(x)` that put a value into what a name stands for.
    private var fillings: [NameHomes.Meaning: [Int32]] = [:]
    /// Functions by what names them.
    private var functions: [NameHomes.Meaning: [Int32]] = [:]
    /// Where a function is named without being called.
    private var handings: [NameHomes.Meaning: [Int32]] = [:]
    /// The calls of each function of the file.
    private var uses: [NameHomes.Meaning: [Int32]] = [:]

    /// What is in the value of an expression.
    struct Origin {
        /// What the calls and reads did that it was made by.
        var effects: Effects = []
        /// These calls, and where they are.
        var calls: [Int32] = []
        /// Whether a parameter or something else that the file does not show is in it.
        var isOpen = false
        /// Whether texts that were decoded without running anything are in it.
        var hasDecodedText = false
        /// Constant texts in it, the first of them.
        var texts: [ArraySlice<UInt8>] = []
        /// The longest constant text in it, in bytes.
        var longestText: Int { texts.reduce(0) { max($0, $1.count) } }

        mutating func add(_ effects: Effects, call: Int32) {
            self.effects.formUnion(effects)
            if !effects.isEmpty, calls.count < 64, !calls.contains(call) { calls.append(call) }
        }
    }

    /// Steps from name to value.
    static let maxSteps = 4
    /// Tokens that one question may look at, however names are chained.
    private static let maxTokens = 6000

    init(_ model: CodeModel) {
        self.model = model
        calls = CallIndex(model)
        homes = NameHomes(model)
        for (index, scope) in model.scopes.enumerated() where scope.kind == .function {
            guard let name = scope.name else { continue }
            let number = homes.number(name)
            functions[homes.meaning(of: number, in: scope.parent ?? 0), default: []].append(Int32(index))
        }
        var named = [Bool](repeating: false, count: homes.count)
        for meaning in functions.keys { named[Int(meaning.name)] = true }
        let (calls, reads) = (model.calls, model.reads)
        for index in reads.indices where reads[index].root == .local {
            guard let number = homes.known(reads[index].path), named[Int(number)] else { continue }
            let meaning = homes.meaning(of: number, in: reads[index].scope)
            handings[meaning, default: []].append(reads[index].tokens.lowerBound)
        }
        for index in calls.indices where calls[index].callee.root == .local {
            guard let number = homes.known(calls[index].callee.path), Int(number) < named.count, named[Int(number)]
            else { continue }
            uses[homes.meaning(of: number, in: calls[index].callee.scope), default: []].append(Int32(index))
        }
        for index in calls.indices where Self.fills(calls[index].callee.path) {
            let callee = calls[index].callee
            // `sys.stdout.write(x)` puts nothing into what else `sys` is asked for.
            if callee.root == .module, !callee.path.utf8.contains(UInt8(ascii: "(")) { continue }
            let number = homes.number(
                String(decoding: model.text(ofToken: callee.tokens.lowerBound), as: UTF8.self))
            fillings[homes.meaning(of: number, in: callee.scope), default: []].append(Int32(index))
        }
    }

    /// Whether a path is that of a method which puts something into what it is called on.
    private static func fills(_ path: String) -> Bool {
        switch path.utf8.last {
        case UInt8(ascii: "h"): path.endsWith(".push")
        case UInt8(ascii: "d"): path.endsWith(".append") || path.endsWith(".extend") || path.endsWith(".add")
        case UInt8(ascii: "e"): path.endsWith(".write") || path.endsWith(".update")
        case UInt8(ascii: "t"):
            path.endsWith(".unshift") || path.endsWith(".set") || path.endsWith(".concat") || path.endsWith(".insert")
        case _: false
        }
    }

    /// Where the value of an expression comes from.
    func origin(of tokens: TokenRange, scope: Int32) -> Origin {
        var search = Search(flow: self)
        search.look(at: tokens, scope: scope, steps: 0)
        return search.origin
    }

    /// Where all arguments of a call come from, or those that `isWanted` picks.
    func origin(ofArgumentsOf call: Call, where isWanted: (Int, Argument) -> Bool = { _, _ in true }) -> Origin {
        var search = Search(flow: self)
        for (index, argument) in call.arguments.enumerated() where isWanted(index, argument) {
            search.look(at: argument.tokens, scope: call.scope, steps: 0)
        }
        return search.origin
    }

    /// The calls that lie wholly in a range of tokens.
    func calls(in tokens: TokenRange) -> [Int32] { calls.inside(tokens) }

    /// The innermost scope around a token.
    func scope(at token: Int32) -> Int32 {
        var (low, high) = (0, model.scopes.count)
        while low < high {
            let middle = (low + high) / 2
            if model.scopes[middle].tokens.lowerBound <= token { low = middle + 1 } else { high = middle }
        }
        var scope = Int32(low) - 1
        while scope > 0, model.scopes[Int(scope)].tokens.upperBound <= token {
            scope = model.scopes[Int(scope)].parent ?? 0
        }
        return max(scope, 0)
    }

    /// The reads that lie wholly in a range of tokens.
    func reads(in tokens: TokenRange) -> [Int32] { calls.reads(in: tokens) }

    /// The first four of whatever a name is bound to anywhere; nil when it never is, nor a parameter.
    func anyBindings(of name: String) -> [Int32]? {
        guard let number = homes.known(name) else { return nil }
        let found = homes.bindings(of: number, atMost: 4)
        return found.isEmpty && !homes.isParameter(number) ? nil : found
    }

    /// The values that a name stands for in a scope: the bindings of the nearest scope that has any.
    func bindings(of name: String, visibleIn scope: Int32) -> [Int32] {
        guard let number = homes.known(name) else { return [] }
        if name.contains(".") { return homes.bindings(of: number, atMost: 16) }
        var scope: Int32? = scope
        while let current = scope, current >= 0, Int(current) < model.scopes.count {
            let found = homes.bindings(of: number, in: current, atMost: 16)
            if !found.isEmpty { return found }
            if model.scopes[Int(current)].parameters.contains(name) { return [] }
            scope = model.scopes[Int(current)].parent
        }
        return []
    }
}

// MARK: Calls of the file's own functions

extension DataFlow {
    /// What a name means in a scope; nil for one that the file does not know.
    private func meaning(of name: String, in scope: Int32) -> NameHomes.Meaning? {
        homes.known(name).map { homes.meaning(of: $0, in: scope) }
    }

    /// What names a function, where it is declared; nil for one without a name.
    private func meaning(of function: Scope) -> NameHomes.Meaning? {
        function.name.flatMap(homes.known).map { homes.meaning(of: $0, in: function.parent ?? 0) }
    }

    /// The file's own calls of a function, by its name or on the spot; at most 16.
    private func callers(of function: Scope) -> [Call] {
        let named = meaning(of: function).flatMap { uses[$0] } ?? []
        // `(lambda text: …)('…')`
        let around = calls.around(function.tokens.lowerBound).prefix(4).filter { index in
            let callee = model.calls[Int(index)].callee.tokens
            return callee.lowerBound <= function.tokens.lowerBound && callee.upperBound >= function.tokens.upperBound
        }
        return (named.prefix(16) + around).map { model.calls[Int($0)] }
    }

    /// What the file's own calls give to a function's parameter that is seen from a scope.
    func arguments(forParameter name: String, in scope: Int32) -> [TokenRange] {
        var scope: Int32? = scope
        while let current = scope, current >= 0, Int(current) < model.scopes.count {
            let function = model.scopes[Int(current)]
            if let position = function.parameters.firstIndex(of: name) {
                return callers(of: function).compactMap { call in
                    position < call.arguments.count ? call.arguments[position].tokens : nil
                }
            }
            scope = function.parent
        }
        return []
    }
}

// MARK: One question

extension DataFlow {
    private struct Search {
        let flow: DataFlow
        var origin = Origin()
        private var tokensLeft = DataFlow.maxTokens
        private var seenBindings: Set<Int32> = []
        private var seenNames: Set<String> = []
        private var seenFunctions: Set<Int32> = []

        init(flow: DataFlow) { self.flow = flow }
        private var model: CodeModel { flow.model }

        mutating func look(at tokens: TokenRange, scope: Int32, steps: Int) {
            for index in flow.calls.inside(tokens) {
                let call = model.calls[Int(index)]
                origin.add(call.effects, call: index)
                if call.callee.root == .local { enter(call.callee.path, from: call.scope, steps: steps) }
            }
            lookAtReads(in: tokens)
            lookAtStrings(in: tokens)
            var position = tokens.lowerBound
            while position < tokens.upperBound, Int(position) < model.tokens.count, tokensLeft > 0 {
                tokensLeft -= 1
                if model.tokens[Int(position)].kind == .identifier { lookAtName(position, scope, steps) }
                position += 1
            }
        }

        private mutating func lookAtReads(in tokens: TokenRange) {
            for read in flow.calls.reads(in: tokens) {
                origin.effects.formUnion(model.reads[Int(read)].effects)
            }
        }

        private mutating func lookAtStrings(in tokens: TokenRange) {
            let start = FileLinks.firstString(from: tokens.lowerBound, in: model)
            for string in model.strings[start...].prefix(64) {
                guard string.tokens.lowerBound < tokens.upperBound else { return }
                if origin.texts.count < 64, string.origin != .documentation { origin.texts.append(string.value) }
                if string.origin == .decoded { origin.hasDecodedText = true }
            }
        }

        private mutating func lookAtName(_ position: Int32, _ scope: Int32, _ steps: Int) {
            guard steps < DataFlow.maxSteps, !flow.isMember(position) else { return }
            var name = String(decoding: model.text(ofToken: position), as: UTF8.self)
            if flow.takesMember(after: position), !origin.effects.contains(.wholeEnvironment) {
                // One variable of the environment is not all of them; another place may still ask for all.
                let (bindings, names) = (seenBindings, seenNames)
                follow(name, scope: scope, steps: steps)
                guard origin.effects.contains(.wholeEnvironment) else { return }
                origin.effects.remove(.wholeEnvironment)
                (seenBindings, seenNames) = (bindings, names)
                return
            }
            follow(name, scope: scope, steps: steps)
            // `self.payload` and `module.exports.run` are names too.
            var next = position + 1
            while flow.isDot(next), name.utf8.count < 120 {
                name += "." + String(decoding: model.text(ofToken: next + 1), as: UTF8.self)
                follow(name, scope: scope, steps: steps)
                next += 2
            }
        }

        private mutating func follow(_ name: String, scope: Int32, steps: Int) {
            let found = flow.bindings(of: name, visibleIn: scope)
            for index in found where seenBindings.insert(index).inserted {
                let binding = model.bindings[Int(index)]
                // The scope of the declaration is not the one that the value stands in: `list => { all += list }`.
                look(at: binding.value, scope: flow.scope(at: binding.value.lowerBound), steps: steps + 1)
            }
            guard seenNames.insert(name).inserted else { return }
            for index in (flow.meaning(of: name, in: scope).flatMap { flow.fillings[$0] } ?? []).prefix(16) {
                for argument in model.calls[Int(index)].arguments {
                    look(at: argument.tokens, scope: model.calls[Int(index)].scope, steps: steps + 1)
                }
            }
            // A parameter may have a value of its own too: a default, or what is known of the caller.
            let isParameter = found.contains { index in
                let owner = Int(model.bindings[Int(index)].scope)
                return owner < model.scopes.count && model.scopes[owner].parameters.contains(name)
            }
            if found.isEmpty || isParameter { followParameter(name, scope: scope, steps: steps) }
        }

        /// A parameter holds what the file's own calls of the function give it, or what calls the function back.
        private mutating func followParameter(_ name: String, scope: Int32, steps: Int) {
            var scope: Int32? = scope
            while let current = scope, current >= 0, Int(current) < model.scopes.count {
                let function = model.scopes[Int(current)]
                if let position = function.parameters.firstIndex(of: name) {
                    origin.isOpen = true
                    lookAround(function.tokens.lowerBound)
                    if let meaning = flow.meaning(of: function) { lookAroundUses(of: meaning) }
                    for call in flow.callers(of: function) where position < call.arguments.count {
                        look(at: call.arguments[position].tokens, scope: call.scope, steps: steps + 1)
                    }
                    return
                }
                scope = function.parent
            }
        }

        /// The calls around a place: a function that is given to `https.get(…)` gets what that brings.
        private mutating func lookAround(_ token: Int32) {
            for index in flow.calls.around(token).prefix(8) {
                let call = model.calls[Int(index)]
                // A function that stands in what is called, such as a bundle around its modules, is given nothing by it.
                if call.callee.tokens.contains(token) { continue }
                let bringing: Effects = [.receives, .readsFiles, .decodes, .decrypts, .socket]
                origin.add(call.effects.intersection(bringing), call: index)
                // `fetch(u).then(r => …)`: what the chain began with.
                for inner in flow.calls.inside(call.callee.tokens) {
                    origin.add(model.calls[Int(inner)].effects.intersection(bringing), call: inner)
                }
            }
        }

        /// The calls that a named function is given to.
        private mutating func lookAroundUses(of function: NameHomes.Meaning) {
            for token in (flow.handings[function] ?? []).prefix(8) { lookAround(token) }
        }

        /// What a function of the file gives back.
        private mutating func enter(_ name: String, from scope: Int32, steps: Int) {
            guard steps < DataFlow.maxSteps else { return }
            guard let meaning = flow.meaning(of: name, in: scope) else { return }
            for scope in (flow.functions[meaning] ?? []).prefix(4) where seenFunctions.insert(scope).inserted {
                for range in flow.results(of: scope) { look(at: range, scope: scope, steps: steps + 1) }
            }
        }
    }

    /// Whether a name is the member of something: `.name`.
    func isMember(_ position: Int32) -> Bool { position > 0 && isPunctuator(position - 1, ".", "?.") }

    /// Whether a name is followed by the choice of a member by a plain text: `settings["port"]`, `settings.get("port")`.
    private func takesMember(after position: Int32) -> Bool {
        var next = position + 1
        if isDot(next), model.text(ofToken: next + 1).equals("get") { next += 2 }
        let isOpened = isPunctuator(next, next == position + 1 ? "[" : "(")
        guard isOpened, Int(next) + 1 < model.tokens.count else { return false }
        return model.tokens[Int(next) + 1].kind == .string
    }

    /// Whether a token is a dot with a name after it.
    private func isDot(_ position: Int32) -> Bool {
        guard isPunctuator(position, ".", "?."), Int(position) + 1 < model.tokens.count else { return false }
        return model.tokens[Int(position) + 1].kind == .identifier
    }

    /// Whether a token is a punctuator that is written like one of two.
    func isPunctuator(_ position: Int32, _ first: StaticString, _ second: StaticString? = nil) -> Bool {
        guard position >= 0, Int(position) < model.tokens.count else { return false }
        let token = model.tokens[Int(position)]
        guard token.kind == .punctuator else { return false }
        return isWritten(token, first) || second.map { isWritten(token, $0) } == true
    }

    private func isWritten(_ token: Token, _ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard Int(token.end - token.start) == length else { return false }
        for place in 0..<length where unsafe model.source.bytes[Int(token.start) + place] != text.utf8Start[place] {
            return false
        }
        return true
    }
}
