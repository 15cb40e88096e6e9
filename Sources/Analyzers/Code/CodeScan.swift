import SourceCode

/// One file of code while its rules run: the model, what flows in it, and what is noticed.
///
/// Most calls and reads do nothing that a rule asks for, and each holds several references: loops over them go by
/// position and look at the effects in place, before they take a copy.
final class CodeScan {
    let file: InspectedFile
    let model: CodeModel
    var report: FileReport
    /// Everything that any call or read of the file does.
    let effects: Effects
    /// Positions of the calls and reads that do anything at all, in the order of the source.
    let actingCalls: [Int]
    let actingReads: [Int]
    /// Made when a rule first asks where a value comes from.
    private(set) lazy var flow = DataFlow(model)
    /// Literals as they are written, of those that are long enough to be code; made once, when a rule first asks.
    private(set) lazy var literals: Set<[UInt8]> = {
        let written = model.strings.filter { string in
            (string.origin == .literal || string.origin == .documentation) && string.value.count >= 12
        }
        return Set(written.map { Array($0.value) })
    }()
    /// Whether its texts name the objects with which old browsers ask for pages, and none that does more.
    private(set) lazy var asksForPagesInOldWay: Bool = {
        let names = model.strings.lazy.filter { $0.value.count <= 40 }.map(\.value)
        return names.contains { $0.equals("Microsoft.XMLHTTP") || $0.hasPrefix("Msxml2.XMLHTTP") }
            && !names.contains { $0.lowercasedASCII().contains(text: "shell") || $0.contains(text: "ADODB") }
    }()
    /// Questions about values that may still be asked: a hostile file must not have every rule ask for every call. What runs
    /// at load has its own, so that nothing which waits to be called uses them up.
    private var questionsLeft = (atLoad: 3000, later: 3000)

    /// How many texts this code lies in, one inside the other.
    let depth: Int

    init(_ file: InspectedFile, _ model: CodeModel, _ report: FileReport, depth: Int = 0) {
        self.file = file
        self.depth = depth
        self.model = model
        self.report = report
        var effects: Effects = []
        let (calls, reads) = (model.calls, model.reads)
        actingCalls = calls.indices.filter { !calls[$0].callee.effects.isEmpty }
        actingReads = reads.indices.filter { !reads[$0].effects.isEmpty }
        for index in actingCalls { effects.formUnion(calls[index].callee.effects) }
        for index in actingReads { effects.formUnion(reads[index].effects) }
        self.effects = effects
    }

    /// The positions of the calls that do some of what is wanted, in the order of the source.
    func positions(doing wanted: Effects) -> [Int] {
        guard !effects.isDisjoint(with: wanted) else { return [] }
        let calls = model.calls
        return actingCalls.filter { !calls[$0].callee.effects.isDisjoint(with: wanted) }
    }

    /// The calls that do some of what is wanted, in the order of the source.
    func calls(doing wanted: Effects) -> [Call] { positions(doing: wanted).map { model.calls[$0] } }

    /// The reads of what does some of what is wanted when it is called, in the order of the source.
    func reads(doing wanted: Effects) -> [Reference] {
        guard !effects.isDisjoint(with: wanted) else { return [] }
        let reads = model.reads
        return actingReads.filter { !reads[$0].effects.isDisjoint(with: wanted) }.map { reads[$0] }
    }

    /// Whether the method that Node compiles modules with is named: `module._compile(text)`.
    private(set) lazy var compilesModules = !isPython && model.names.contains { $0.text == "_compile" }
    /// Whether the file reads its own text: a comment, a docstring, the source of one of its functions.
    private(set) lazy var readsOwnText = OwnText.isRead(in: self)

    /// The names of the file's functions.
    private(set) lazy var functionNames = Set(
        model.scopes.lazy.filter { $0.kind == .function }.compactMap(\.name))

    var isPython: Bool { model.language == .python }

    /// Whether this is the setup script at the root of an sdist.
    var isSetupScript: Bool {
        file.layout == .sourceDistribution && file.path.count == 1 && file.path[0].equals("setup.py")
    }

    // MARK: Places

    func line(_ tokens: TokenRange) -> Int { file.line(ofToken: tokens.lowerBound) }

    /// Whether no installation runs a place, though it runs the rest of the file.
    func isDormant(_ tokens: TokenRange) -> Bool {
        guard !report.dormantLines.isEmpty else { return false }
        let line = line(tokens)
        return report.dormantLines.contains { $0.contains(line) }
    }

    func note(_ observation: Observation, _ tokens: TokenRange, _ scope: Int32, count: Int = 1) {
        report.note(observation, line: line(tokens), count: count, atLoad: model.runsAtLoad(scope))
    }

    func note(_ observation: Observation, _ call: Call) { note(observation, call.tokens, call.scope) }

    func fact(_ fact: FileFact, _ tokens: TokenRange, _ scope: Int32) {
        let atLoad = model.runsAtLoad(scope)
        // Lines are looked up once where that makes no difference.
        let isKnown = report.facts.contains { $0.fact == fact && $0.atLoad == atLoad }
        guard !isKnown || !report.dormantLines.isEmpty else { return }
        report.fact(fact, line: line(tokens), atLoad: atLoad)
    }

    /// Judges a text as code and takes over what is noticed, all of it at the place of the text.
    @discardableResult
    func check(
        embedded text: [UInt8], _ language: SourceLanguage, at tokens: TokenRange, _ scope: Int32,
        where isWanted: ((Observation) -> Bool)? = nil
    ) -> FileReport? {
        let inner = InspectedFile(embedded: text, in: file, language: language)
        guard let model = inner.model else { return nil }
        var found = CodeRules.report(of: inner, model, depth: depth + 1)
        IndicatorRules.check(inner, into: &found)
        let atLoad = self.model.runsAtLoad(scope)
        let line = line(tokens)
        if let isWanted {
            for note in found.notes where note.atLoad && isWanted(note.observation) {
                report.note(note.observation, line: line, count: note.count, atLoad: atLoad)
            }
            return found
        }
        for note in found.notes {
            report.note(note.observation, line: line, count: note.count, atLoad: atLoad && note.atLoad)
        }
        for fact in found.facts { report.fact(fact.fact, line: line, atLoad: atLoad && fact.atLoad) }
        for use in found.uses {
            report.capability(use.capability, line: line, count: use.count, atLoad: atLoad && use.atLoad)
        }
        return found
    }

    // MARK: Questions

    /// Where some arguments of a call come from; nothing when too much was asked already.
    func origin(of call: Call, where isWanted: (Int, Argument) -> Bool = { _, _ in true }) -> DataFlow.Origin {
        guard mayAsk(call.tokens, call.scope) else { return DataFlow.Origin() }
        return flow.origin(ofArgumentsOf: call, where: isWanted)
    }

    /// Where the value of an expression comes from.
    func origin(of tokens: TokenRange, scope: Int32) -> DataFlow.Origin {
        guard mayAsk(tokens, scope) else { return DataFlow.Origin() }
        return flow.origin(of: tokens, scope: scope)
    }

    /// Takes one question; what is not asked any more is said.
    private func mayAsk(_ tokens: TokenRange, _ scope: Int32) -> Bool {
        let atLoad = model.runsAtLoad(scope)
        guard (atLoad ? questionsLeft.atLoad : questionsLeft.later) > 0 else {
            note(.codeCut, tokens, scope)
            return false
        }
        if atLoad { questionsLeft.atLoad -= 1 } else { questionsLeft.later -= 1 }
        return true
    }

    /// The constant texts in a range of tokens, at most 64.
    func texts(in tokens: TokenRange) -> [ArraySlice<UInt8>] {
        let start = FileLinks.firstString(from: tokens.lowerBound, in: model)
        return model.strings[start...].prefix(64).prefix { $0.tokens.lowerBound < tokens.upperBound }.map(\.value)
    }

    /// The outermost function or class that a scope lies in; the module for its own code.
    func unit(of scope: Int32) -> Int32 {
        var unit = scope
        var current: Int32? = scope
        while let scope = current, scope >= 0, Int(scope) < model.scopes.count {
            switch model.scopes[Int(scope)].kind {
            case .function, .type: unit = scope
            case .module: if unit == current || model.scopes[Int(unit)].kind == .block { unit = scope }
            case .block: break
            }
            current = model.scopes[Int(scope)].parent
        }
        if unit >= 0, Int(unit) < model.scopes.count, model.scopes[Int(unit)].kind == .block { return 0 }
        return unit
    }
}

extension Call {
    func does(_ wanted: Effects) -> Bool { !effects.isDisjoint(with: wanted) }

    /// Its first argument's text, when that is constant.
    var firstText: [UInt8]? { arguments.first?.constant?.text }

    /// A keyword argument.
    func argument(labelled label: String) -> Argument? { arguments.first { $0.label == label } }

    /// The last member of the callee's path.
    var name: Substring {
        let path = callee.path
        guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return path[...] }
        return path[path.index(after: dot)...]
    }
}

extension Constant {
    var text: [UInt8]? { if case .text(let bytes) = self { bytes } else { nil } }
    var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
    var number: Double? { if case .number(let value) = self { value } else { nil } }

    /// The texts in it, one after the other.
    var texts: [[UInt8]] {
        switch self {
        case .text(let bytes): [bytes]
        case .list(let values): values.flatMap(\.texts)
        case .number, .boolean, .reference, .members: []
        }
    }
}
