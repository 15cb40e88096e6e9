import SourceCode

/// Which declaration a name means where it stands.
///
/// Names are told apart by the scope that declares them, as the languages do: minified bundles call thousands of
/// different things `e`, and what one of them holds says nothing about the others. Each name has a number, so that its
/// text is looked up once.
struct NameHomes {
    /// A name with the scope that declares it; -1 where no scope of the file does, or where the name is a path.
    struct Meaning: Hashable {
        let name: Int32
        let home: Int32
    }

    /// What is known of a name.
    private struct Entry {
        var isDeclared = false
        var isParameter = false
        let isPath: Bool
        /// The first and the last of its bindings; -1 for none.
        var first: Int32 = -1
        var last: Int32 = -1
    }

    /// Bindings of one name in one scope: the first and the last of them; -1 for none.
    private struct Home {
        var first: Int32 = -1
        var last: Int32 = -1
    }

    private let scopes: [Scope]
    private var numbers: [String: Int32] = [:]
    private var entries: [Entry] = []
    private var homes: [Meaning: Home] = [:]
    /// For each binding the next of the same name, and the next in the same scope as well; -1 for none.
    private var nextOfName: [Int32]
    private var nextInHome: [Int32]
    /// Deeper code is as good as undeclared: a hostile file must not make every look-up long.
    private static let maxDepth = 200

    init(_ model: CodeModel) {
        scopes = model.scopes
        nextOfName = Array(repeating: -1, count: model.bindings.count)
        nextInHome = nextOfName
        let bindings = model.bindings
        for index in bindings.indices {
            add(Int32(truncatingIfNeeded: index), to: number(bindings[index].name), bindings[index].scope)
        }
        for (index, scope) in model.scopes.enumerated() where scope.kind == .function {
            for name in scope.parameters {
                let number = number(name)
                entries[Int(number)].isParameter = true
                declare(number, in: Int32(index))
            }
            if let name = scope.name, Self.isDeclared(name, scope, model) {
                declare(number(name), in: Self.unit(of: scope.parent ?? 0, in: model.scopes))
            }
        }
    }

    // MARK: Names

    /// The number of a name, which it gets now if it has none.
    mutating func number(_ name: String) -> Int32 {
        if let known = numbers[name] { return known }
        let number = Int32(truncatingIfNeeded: entries.count)
        entries.append(Entry(isPath: name.utf8.contains(UInt8(ascii: "."))))
        numbers[name] = number
        return number
    }

    /// The number of a name; nil for one that the file neither declares nor fills.
    func known(_ name: String) -> Int32? { numbers[name] }

    /// How many names have numbers.
    var count: Int { entries.count }

    /// What a name means in a scope.
    func meaning(of number: Int32, in scope: Int32) -> Meaning {
        let entry = entries[Int(number)]
        guard entry.isDeclared, !entry.isPath else { return Meaning(name: number, home: -1) }
        var scope: Int32? = scope
        var depth = 0
        while let current = scope, current >= 0, Int(current) < scopes.count, depth < Self.maxDepth {
            // What a class declares is seen in its own body only.
            let isSeen = depth == 0 || scopes[Int(current)].kind != .type
            if isSeen, homes[Meaning(name: number, home: current)] != nil {
                return Meaning(name: number, home: current)
            }
            scope = scopes[Int(current)].parent
            depth += 1
        }
        return Meaning(name: number, home: -1)
    }

    // MARK: Bindings

    /// Whether some function has a parameter of this name.
    func isParameter(_ number: Int32) -> Bool { entries[Int(number)].isParameter }

    /// The first of what a name is bound to anywhere.
    func bindings(of number: Int32, atMost limit: Int) -> [Int32] {
        Self.chain(from: entries[Int(number)].first, nextOfName, limit)
    }

    /// The first of what a name is bound to in one scope.
    func bindings(of number: Int32, in scope: Int32, atMost limit: Int) -> [Int32] {
        guard let home = homes[Meaning(name: number, home: scope)] else { return [] }
        return Self.chain(from: home.first, nextInHome, limit)
    }

    private static func chain(from first: Int32, _ next: [Int32], _ limit: Int) -> [Int32] {
        var found: [Int32] = []
        var index = first
        while index >= 0, found.count < limit {
            found.append(index)
            index = next[Int(index)]
        }
        return found
    }

    private mutating func add(_ binding: Int32, to number: Int32, _ scope: Int32) {
        let last = entries[Int(number)].last
        if last >= 0 { nextOfName[Int(last)] = binding } else { entries[Int(number)].first = binding }
        entries[Int(number)].last = binding
        entries[Int(number)].isDeclared = true
        var home = homes[Meaning(name: number, home: scope)] ?? Home()
        if home.last >= 0 { nextInHome[Int(home.last)] = binding } else { home.first = binding }
        home.last = binding
        homes[Meaning(name: number, home: scope)] = home
    }

    private mutating func declare(_ number: Int32, in scope: Int32) {
        entries[Int(number)].isDeclared = true
        if homes[Meaning(name: number, home: scope)] == nil { homes[Meaning(name: number, home: scope)] = Home() }
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
