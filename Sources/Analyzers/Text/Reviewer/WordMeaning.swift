/// What a word can mean in a sentence to a reviewing model; a word may have several meanings.
struct WordMeaning: OptionSet, Sendable {
    let rawValue: UInt64
    init(rawValue: UInt64) { self.rawValue = rawValue }
    private init(bit: UInt64) { rawValue = 1 << bit }

    /// To ignore, disregard, forget.
    static let ignore = WordMeaning(bit: 0)
    /// To override, bypass: said of orders, but also of code.
    static let override = WordMeaning(bit: 1)
    /// Previous, prior, earlier.
    static let previous = WordMeaning(bit: 2)
    static let your = WordMeaning(bit: 3)
    static let all = WordMeaning(bit: 4)
    /// Above, these, any, other: weaker than `previous`.
    static let near = WordMeaning(bit: 5)
    /// Instructions, guidelines.
    static let orders = WordMeaning(bit: 6)
    /// Prompt, rules, directives, context: also said of programs.
    static let looseOrders = WordMeaning(bit: 7)
    static let everything = WordMeaning(bit: 8)
    /// To classify, rate, judge.
    static let classify = WordMeaning(bit: 9)
    /// To mark, treat, consider, report: also said of programs.
    static let mark = WordMeaning(bit: 10)
    /// To answer, output, say.
    static let answer = WordMeaning(bit: 11)
    /// Benign, harmless.
    static let benign = WordMeaning(bit: 12)
    /// Safe, clean, trusted: also said of programs.
    static let safe = WordMeaning(bit: 13)
    /// Malicious, malware, threat.
    static let bad = WordMeaning(bit: 14)
    /// Findings, issues, vulnerabilities.
    static let findings = WordMeaning(bit: 15)
    static let no = WordMeaning(bit: 16)
    /// Package, library, repository, codebase.
    static let package = WordMeaning(bit: 17)
    /// Code, file, module, script.
    static let file = WordMeaning(bit: 18)
    static let this = WordMeaning(bit: 19)
    /// AI, LLM, Claude.
    static let machine = WordMeaning(bit: 20)
    /// Assistant, agent, model, bot.
    static let assistant = WordMeaning(bit: 21)
    /// Reviewer, scanner, auditor.
    static let reviewer = WordMeaning(bit: 22)
    /// Reviewing, scanning; review, analysis.
    static let reviewing = WordMeaning(bit: 23)
    /// Automated, security (reviewer).
    static let automated = WordMeaning(bit: 24)
    /// Note, attention, dear.
    static let salutation = WordMeaning(bit: 25)
    static let to = WordMeaning(bit: 26)
    static let you = WordMeaning(bit: 27)
    static let are = WordMeaning(bit: 28)
    static let now = WordMeaning(bit: 29)
    static let new = WordMeaning(bit: 30)
    /// Task, role, job, goal.
    static let task = WordMeaning(bit: 31)
    /// Verified, audited, approved.
    static let approved = WordMeaning(bit: 32)
    /// To skip, stop, refrain.
    static let skip = WordMeaning(bit: 33)
    /// To flag, report, analyse, scan.
    static let inspect = WordMeaning(bit: 34)
    /// Verdict, classification, risk.
    static let verdict = WordMeaning(bit: 35)
    /// None, low, zero, false.
    static let nothing = WordMeaning(bit: 36)
    /// Must, should, please.
    static let must = WordMeaning(bit: 37)
    static let like = WordMeaning(bit: 38)
    static let falseWord = WordMeaning(bit: 39)
    static let positive = WordMeaning(bit: 40)
    static let when = WordMeaning(bit: 41)
    static let mode = WordMeaning(bit: 42)
    /// Developer, maintenance, jailbreak (mode).
    static let modeName = WordMeaning(bit: 43)
    /// System, user, assistant, human as the heading of a turn.
    static let speaker = WordMeaning(bit: 44)
    static let refuse = WordMeaning(bit: 45)
    static let policy = WordMeaning(bit: 46)
    static let violate = WordMeaning(bit: 47)
    /// What models refuse to speak of.
    static let hazard = WordMeaning(bit: 48)
    static let make = WordMeaning(bit: 49)
    static let pretend = WordMeaning(bit: 50)
    static let complete = WordMeaning(bit: 51)
    static let found = WordMeaning(bit: 52)
    static let language = WordMeaning(bit: 53)
    /// A word of another language than English, whose order of words is its own.
    static let foreign = WordMeaning(bit: 54)
    static let tool = WordMeaning(bit: 55)
    static let reading = WordMeaning(bit: 56)
    static let cannot = WordMeaning(bit: 57)
    static let assist = WordMeaning(bit: 58)
    /// Previously told, trained, given.
    static let told = WordMeaning(bit: 59)
    static let only = WordMeaning(bit: 60)
    /// To approve, accept, allow.
    static let accept = WordMeaning(bit: 61)
    /// To follow or obey (orders).
    static let follow = WordMeaning(bit: 62)
    /// Step by step, how to.
    static let lesson = WordMeaning(bit: 63)

    static let anyOrders: WordMeaning = [.orders, .looseOrders]
    static let anyMark: WordMeaning = [.classify, .mark]
    static let good: WordMeaning = [.benign, .safe]
    static let subject: WordMeaning = [.package, .file]

    func overlaps(_ other: WordMeaning) -> Bool { rawValue & other.rawValue != 0 }
}
