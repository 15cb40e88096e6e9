/// What the vocabulary says of one path.
struct JavaScriptPathFacts {
    let effects: Effects
    let isLoader: Bool
    let isFoldable: Bool
    /// Whether a read of it is told though it does nothing.
    let isHandle: Bool
    /// `process.env`.
    let isEnvironment: Bool
    /// Whether it can run something.
    let runs: Bool
    let result: KnownResult

    /// What is known of a call's result.
    enum KnownResult {
        case unknown
        /// A member of the first argument: `Reflect.get`.
        case member
        /// The first argument, as it is or in parts.
        case argument, argumentInParts
        /// What the code in a text gives: the function that `Function(…)` made, and `eval`.
        case madeFunction, evaluation
    }

    static let none = JavaScriptPathFacts()

    private static let results: [String: KnownResult] = [
        "Reflect.get": .member, "Object.values": .argumentInParts, "Object.entries": .argumentInParts,
        "Object.freeze": .argument, "Object.create": .argument, "Object.seal": .argument, "Promise.resolve": .argument,
        "Function()": .madeFunction, "eval": .evaluation,
    ]
    static var resultPaths: [String] { Array(results.keys) }

    private init() {
        effects = []
        isLoader = false
        isFoldable = false
        isHandle = false
        isEnvironment = false
        runs = false
        result = .unknown
    }

    init(_ path: String, _ root: Reference.Root) {
        guard JavaScriptVocabulary.mayKnow(path) else {
            self.init()
            return
        }
        self.init(known: path, root)
    }

    private init(known path: String, _ root: Reference.Root) {
        isLoader = JavaScriptVocabulary.isLoader(path, root)
        isFoldable = JavaScriptVocabulary.isFoldable(path)
        isHandle = JavaScriptVocabulary.isHandle(path)
        isEnvironment = path == "process.env"
        let effects = JavaScriptVocabulary.effects(of: path, root)
        self.effects = isLoader ? effects.union(.loads) : effects
        runs = !self.effects.isDisjoint(with: [.runsCode, .process, .loads])
        result = Self.results[path] ?? .unknown
    }
}
