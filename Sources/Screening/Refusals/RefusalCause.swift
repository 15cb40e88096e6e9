import Platform
import Registry

/// What is said of the artifact: a short clause for status lines and a full one for bodies and pages.
struct RefusalCause: Equatable {
    /// As in "demo@1.1.0 in cooldown until 2026-11-24 03:00Z".
    let phrase: String
    /// As in "demo@1.1.0 is in cooldown until 2026-11-24T03:00:00Z".
    let sentence: String
    /// `phrase` without its ids, for when space is short.
    let shortPhrase: String

    private static let idsInPhrase = 1
    private static let idsInSentence = 3

    private init(_ text: String, ids: [String] = []) {
        func with(_ count: Int) -> String {
            ids.isEmpty ? text : "\(text) (\(ids.prefix(count).joined(separator: ", ")))"
        }
        phrase = with(Self.idsInPhrase)
        sentence = with(Self.idsInSentence)
        shortPhrase = text
    }

    private init(phrase: String, sentence: String, shortPhrase: String) {
        self.phrase = phrase
        self.sentence = sentence
        self.shortPhrase = shortPhrase
    }

    init(of refusal: Refusal) {
        let decision = refusal.decision
        switch decision.rule {
        case .namespace, .tampered, .none, .allowList: self.init(refusal.code.sentence)
        case .denyList: self.init("is on the deny list")
        case .disposition: self.init("was denied by an operator")
        case .verdict: self = Self.verdict(refusal)
        case .advisory: self = Self.advisory(refusal)
        case .repositoryURL: self.init("names no source repository")
        case .installScripts: self.init("runs scripts when it is installed")
        case .cooldown: self = Self.cooldown(until: decision.until)
        case .analysis:
            let missing = decision.missing.map { analyzer in
                refusal.analysisFailures[analyzer].map { "\(analyzer.text): \($0)" } ?? analyzer.text
            }
            self.init(refusal.code.sentence, ids: Self.joined(missing))
        }
    }

    private static func verdict(_ refusal: Refusal) -> RefusalCause {
        let standing = refusal.verdicts.filter { refusal.decision.standsOn.contains($0.statement) }
        let worst = standing.map(\.verdict).max() ?? .suspicious
        let speakers = standing.filter { $0.verdict == worst }
        if worst == .malicious, speakers.contains(where: { $0.analyzer == .advisory && $0.source == .own }) {
            let known = advisoryIDs(refusal.advisories.filter(\.isMalicious))
            return RefusalCause("is known malicious", ids: known.isEmpty ? ["ADV-MAL"] : known)
        }
        let text =
            worst == .malicious
            ? "was judged malicious" : refusal.code == .heldReview ? "needs review" : "is suspicious"
        var told: Set<String> = []
        let ids = speakers.compactMap { speaker -> String? in
            let shown = speaker.rules.filter(isShowable)
            let news = shown.filter { speaker.source != .own || told.insert($0).inserted }
            // A review in full finds what another analyzer of ours found: clients read it once.
            if news.isEmpty, !shown.isEmpty { return nil }
            let rules = news.prefix(2).joined(separator: " ")
            let name = speaker.source.origin.map { "\(speaker.analyzer.text) at \($0)" } ?? speaker.analyzer.text
            return rules.isEmpty ? name : "\(name): \(rules)"
        }
        return RefusalCause(text, ids: ids)
    }

    private static func advisory(_ refusal: Refusal) -> RefusalCause {
        let malicious = advisoryIDs(refusal.advisories.filter(\.isMalicious))
        if !malicious.isEmpty { return RefusalCause("is known malicious", ids: malicious) }
        let scored = refusal.advisories.filter { $0.cvssTenths != nil }
        let worst = scored.compactMap(\.cvssTenths).max() ?? 0
        return RefusalCause(
            "has a known vulnerability rated \(worst / 10).\(worst % 10)",
            ids: advisoryIDs(scored.filter { $0.cvssTenths == worst }))
    }

    private static func cooldown(until: Timestamp?) -> RefusalCause {
        guard let until else {
            return RefusalCause(
                phrase: "in cooldown (publish time unknown)",
                sentence: "is in cooldown because its publish time is unknown", shortPhrase: "in cooldown")
        }
        // A client that comes back in the minute shown must not be early.
        let minute = until.adding(.seconds(59)).rfc3339
        let shown = "\(minute.prefix(10)) \(minute.dropFirst(11).prefix(5))Z"
        return RefusalCause(
            phrase: "in cooldown until \(shown)", sentence: "is in cooldown until \(until.rfc3339)",
            shortPhrase: "in cooldown until \(shown)")
    }

    private static func joined(_ words: [String]) -> [String] {
        words.isEmpty ? [] : [words.joined(separator: ", ")]
    }

    private static func advisoryIDs(_ facts: [AdvisoryFact]) -> [String] {
        facts.map(\.id).filter(isShowable).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Ids come from records and rule files; what does not look like one is not repeated to clients.
    private static func isShowable(_ id: String) -> Bool { TextForm.identifier.accepts(id) }
}
