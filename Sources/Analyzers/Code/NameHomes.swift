import SourceCode

/// Which declaration a name means where it stands.
///
/// Names are told apart by the scope that declares them, as the languages do: minified bundles call thousands of
/// different things `e`, and what one of them holds says nothing about the others.
struct NameHomes {
    /// A name with the scope that declares it; -1 where no scope of the file does, or where the name is a path.
    struct Meaning: Hashable {
        let name: String
        let home: Int32
    }

    private let scopes: [Scope]
    private var declaring: [String: Set<Int32>] = [:]
    /// Deeper code is as good as undeclared: a hostile file must not make every look-up long.
    private static let maxDepth = 200

    init(_ model: CodeModel) {
        scopes = model.scopes
        for binding in model.bindings { declaring[binding.name, default: []].insert(binding.scope) }
        for (index, scope) in model.scopes.enumerated() where scope.kind == .function {
            for name in scope.parameters { declaring[name, default: []].insert(Int32(index)) }
            if let name = scope.name, Self.isDeclared(name, scope, model) {
                declaring[name, default: []].insert(Self.unit(of: scope.parent ?? 0, in: model.scopes))
            }
        }
    }

    /// What a name means in a scope.
    func meaning(of name: String, in scope: Int32) -> Meaning {
        guard let homes = declaring[name], !name.utf8.contains(UInt8(ascii: ".")) else {
            return Meaning(name: name, home: -1)
        }
        var scope: Int32? = scope
        var depth = 0
        while let current = scope, current >= 0, Int(current) < scopes.count, depth < Self.maxDepth {
            // What a class declares is seen in its own body only.
            let isSeen = depth == 0 || scopes[Int(current)].kind != .type
            if isSeen, homes.contains(current) { return Meaning(name: name, home: current) }
            scope = scopes[Int(current)].parent
            depth += 1
        }
        return Meaning(name: name, home: -1)
    }

    /// The function, class or module around a scope: functions are declared there, whatever block they stand in.
    private static func unit(of scope: Int32, in scopes: [Scope]) -> Int32 {
        var scope = scope
        while scope > 0, Int(scope) < scopes.count, scopes[Int(scope)].kind == .block {
            scope = scopes[Int(scope)].parent ?? 0
        }
        return scope
    }

    /// Whether a function's name stands in front of its parameters after `function` or `def`, rather than being a
    /// variable or a member that the function was given to.
    private static func isDeclared(_ name: String, _ scope: Scope, _ model: CodeModel) -> Bool {
        if model.language == .python { return true }
        let place = scope.tokens.lowerBound - 1
        guard place > 0, model.text(ofToken: place).equals(name) else { return false }
        let before = model.text(ofToken: place - 1)
        return before.equals("function") || before.equals("*")
    }
}
