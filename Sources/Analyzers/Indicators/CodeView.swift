import SourceCode

/// A model of code with what the indicator checks ask of it: which strings reach which call.
struct CodeView {
    let file: InspectedFile
    let model: CodeModel
    /// Every string that the code uses; documentation is left out.
    let strings: [StringConstant]
    private let bindingsByName: BindingIndex

    /// How many tokens of an argument or value are looked at.
    private static let maxTokens = 400
    /// How many names are followed from one argument.
    private static let maxSteps = 3

    /// - Parameter made: texts that the code puts together when it runs, beyond what folding knows.
    init?(_ file: InspectedFile, made: [StringConstant]) {
        guard let model = file.model else { return nil }
        self.file = file
        self.model = model
        // In the order of the source, longer ranges first: what is folded covers its pieces.
        let texts = model.strings.filter { $0.origin != .documentation } + made
        strings = texts.sorted {
            ($0.tokens.lowerBound, -Int($0.tokens.upperBound)) < ($1.tokens.lowerBound, -Int($1.tokens.upperBound))
        }
        bindingsByName = BindingIndex(model)
    }

    /// The URLs of requests whose host and path are members of an object.
    static func addressesInParts(_ model: CodeModel) -> [StringConstant] {
        var found: [StringConstant] = []
        for index in model.calls.indices where model.calls[index].effects.contains(.network) {
            let call = model.calls[index]
            for argument in call.arguments {
                guard case .members(let members)? = argument.constant,
                    case .text(let host)? = members["hostname"] ?? members["host"], host.count <= 255,
                    case .text(let path)? = members["path"] ?? members["pathname"], path.count <= 2000
                else { continue }
                let text = Array("https://".utf8) + host + (path.first == UInt8(ascii: "/") ? [] : [0x2F]) + path
                found.append(
                    StringConstant(value: text[...], origin: .folded, tokens: argument.tokens, scope: call.scope))
            }
        }
        return found
    }

    /// Whether the file is the setup script of a source distribution.
    var isSetupScript: Bool {
        file.layout == .sourceDistribution && file.path.count == 1 && file.path[0].equals("setup.py")
    }

    func line(_ token: Int32) -> Int { file.line(ofToken: token) }

    func line(_ call: Call) -> Int { line(call.tokens.lowerBound) }

    func runsAtLoad(_ scope: Int32) -> Bool { model.runsAtLoad(scope) }

    // MARK: Tokens

    func isPunctuator(_ token: Int32, _ text: String) -> Bool { model.text(ofToken: token).equals(text) }

    func kind(_ token: Int32) -> TokenKind? {
        token >= 0 && Int(token) < model.tokens.count ? model.tokens[Int(token)].kind : nil
    }

    /// The function that a scope belongs to, or the module.
    func function(of scope: Int32) -> Int32 {
        var current = scope
        while current > 0, Int(current) < model.scopes.count {
            if model.scopes[Int(current)].kind == .function { return current }
            guard let parent = model.scopes[Int(current)].parent, parent < current else { return 0 }
            current = parent
        }
        return 0
    }

    // MARK: Strings

    /// Positions in `strings` of those that begin in a range of tokens.
    func stringIndices(in range: TokenRange) -> Range<Int> {
        let start = firstString(from: range.lowerBound)
        return start..<max(start, firstString(from: range.upperBound))
    }

    private func firstString(from token: Int32) -> Int {
        var (low, high) = (0, strings.count)
        while low < high {
            let middle = (low + high) / 2
            if strings[middle].tokens.lowerBound < token { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The value of a string without the bytes around it.
    func value(_ hit: IndicatorHits.Hit) -> ArraySlice<UInt8> { strings[hit.string].value }

    func line(_ hit: IndicatorHits.Hit) -> Int { line(strings[hit.string].tokens.lowerBound) }

    func runsAtLoad(_ hit: IndicatorHits.Hit) -> Bool { model.runsAtLoad(strings[hit.string].scope) }

    /// Whether any call does one of `effects`.
    func does(_ effects: Effects) -> Bool { model.calls.contains { !$0.effects.isDisjoint(with: effects) } }

    // MARK: Values

    /// The ranges of tokens that an argument's value is made of: its own, and those of the values of names in it.
    func sources(of range: TokenRange) -> [TokenRange] {
        var found: [TokenRange] = []
        var waiting: [(range: TokenRange, steps: Int)] = [(clamped(range), 0)]
        while let next = waiting.popLast(), found.count < 32 {
            guard !found.contains(next.range) else { continue }
            found.append(next.range)
            guard next.steps < Self.maxSteps else { continue }
            for token in next.range where kind(token) == .identifier {
                // A member's name is no variable.
                if token > 0, isPunctuator(token - 1, "."), !isReceiver(token) { continue }
                for value in bindingsByName.values(ofToken: token, before: next.range) {
                    waiting.append((clamped(value), next.steps + 1))
                }
            }
        }
        return found
    }

    /// Whether the name before the dot is `self` or `this`, whose members are variables of their own.
    private func isReceiver(_ token: Int32) -> Bool {
        token > 1 && (isPunctuator(token - 2, "self") || isPunctuator(token - 2, "this"))
    }

    private func clamped(_ range: TokenRange) -> TokenRange {
        range.count > Self.maxTokens ? range.lowerBound..<range.lowerBound + Int32(Self.maxTokens) : range
    }

    /// The ranges of tokens that a call's receiver and arguments are made of.
    func sources(of call: Call) -> [TokenRange] {
        ([call.callee.tokens] + call.arguments.map(\.tokens)).flatMap(sources(of:))
    }

    /// The values that the name of a token is given, the nearest before `range` first.
    func valueRanges(ofName token: Int32, before range: TokenRange) -> [TokenRange] {
        bindingsByName.values(ofToken: token, before: range)
    }
}

/// The values that names are given, by name.
struct BindingIndex {
    private let model: CodeModel
    /// Positions in the model's bindings, by the last part of the name.
    private let positions: [ArraySlice<UInt8>: [Int32]]
    private static let maxValues = 4

    init(_ model: CodeModel) {
        self.model = model
        var positions: [ArraySlice<UInt8>: [Int32]] = [:]
        for (index, binding) in model.bindings.enumerated() where !binding.value.isEmpty {
            let name = Array(binding.name.utf8)
            let last = name.lastIndex(of: UInt8(ascii: ".")).map { name[($0 + 1)...] } ?? name[...]
            positions[last, default: []].append(Int32(clamping: index))
        }
        self.positions = positions
    }

    /// The last values given to the name of a token: nearest before `range` first, then later ones.
    func values(ofToken token: Int32, before range: TokenRange) -> [TokenRange] {
        guard let found = positions[model.text(ofToken: token)] else { return [] }
        let values = found.map { model.bindings[Int($0)].value }.filter { !$0.contains(token) }
        let earlier = values.filter { $0.lowerBound < range.lowerBound }.suffix(Self.maxValues).reversed()
        // What a comprehension goes through comes after its use.
        return Array(earlier) + values.filter { $0.lowerBound >= range.upperBound }.prefix(Self.maxValues)
    }
}
