/// What a place in a text amounts to.
enum ReviewerJudgement {
    /// Language as honest packages use it, noted for people who compare versions.
    case mention
    /// Meant for a model that reviews the package.
    case directed
    /// The same, and carried by what people cannot see.
    case hidden
}

/// What else decides how a place is judged: what the file is about, and what it is for.
struct ReviewerSetting {
    /// Whether the file is about language models, where prompts and attacks on them are the subject.
    let isAboutModels: Bool
    let isTest: Bool

    /// From this weight on a place is meant for a reviewer.
    private static let directedWeight = 8
    /// Where models are the subject, a place must be about the review of this very package.
    private static let directedWeightAboutModels = 14

    func judge(_ place: ReviewerScan.Place, isHidden: Bool) -> ReviewerJudgement {
        guard isDirected(place) else { return .mention }
        return isHidden ? .hidden : .directed
    }

    private func isDirected(_ place: ReviewerScan.Place) -> Bool {
        let verdict = place.weight(of: .verdict)
        let speaks = place.weight(of: .override) >= 7 || place.weight(of: .addressed) >= 6
        let isAboutReview = verdict >= 5 && (speaks || place.weight(of: .boundary) >= 5 && verdict >= 8)
        if isAboutModels || isTest { return isAboutReview && place.weight >= Self.directedWeightAboutModels }
        // Words about safety alone are every scanner's own; an order to call this package harmless is nobody's.
        let orders = place.signs.filter { $0.topic == .verdict }.map(\.weight).max() ?? 0
        guard place.weight - verdict >= 2 || orders >= 7 else { return false }
        // A call of a tool, where nothing else speaks of models, has no other reader.
        let calls = place.weight(of: .tool) >= 5 ? 3 : 0
        return place.weight + calls >= Self.directedWeight
    }

    /// Parts of paths of files that are written for or about models.
    private static let parts: Set<String> = [
        "prompt", "prompts", "llm", "llms", "chat", "chats", "agent", "agents", "openai", "anthropic", "gpt",
        "langchain",
        "guard", "guards", "guardrails", "jailbreak", "jailbreaks", "redteam", "ai", "rag", "skills", "injection",
        "claude", "gemini", "copilot", "cursorrules", "skill", "mdc", "llama", "probes", "detectors", "tokenizer",
        "tokenization", "template", "templates", "assistant", "completions", "genai", "mcp", "eval", "evals", "garak",
        "promptfoo", "contributing", "contribution", "windsurfrules", "clinerules",
    ]

    /// How many parts of a path say that the file is about models.
    static func hints(inPath path: [[UInt8]]) -> Int {
        var found = 0
        for component in path.suffix(6) {
            let words = component.lowercasedASCII().split { !($0 &- 0x61 < 26) }
            if words.contains(where: { parts.contains(String(decoding: $0, as: UTF8.self)) }) { found += 1 }
        }
        return found
    }
}
