import Platform
import Registry
import Screening

/// What a live service said of single versions, for as long as that counts.
///
/// Not synchronised: its owner holds a lock. Bounded; the least recently used answers go first.
///
/// An answer "nothing is known" counts for one state of the bundles and a limited time. Known problems are never dropped
/// for their age alone: they are asked for again, and stand until the service has answered something else.
struct LiveAnswers {
    struct Question: Hashable, Sendable {
        let name: PackageName
        let version: PackageVersion
    }

    private struct Answer {
        var facts: [AdvisoryFact]
        /// What it is an answer beside: the service and the snapshot of the bundles.
        let basis: String
        let goodUntil: Timestamp
        let askedAt: Timestamp
    }

    private var answers: CostLimitedCache<Question, Answer>

    /// Grows whenever what is known of some version changes: part of what renderings are cached by.
    private(set) var epoch: UInt64 = 0

    init(maxEntries: Int) {
        answers = CostLimitedCache(maxCost: maxEntries)
    }

    var count: Int { answers.count }

    /// The problems known of a version.
    mutating func facts(_ question: Question) -> [AdvisoryFact] { answers.value(for: question)?.facts ?? [] }

    /// Whether the service need not be asked now.
    mutating func isAnswered(_ question: Question, basis: String, now: Timestamp) -> Bool {
        guard let answer = answers.value(for: question), answer.basis == basis else { return false }
        // An answer from the future was stamped by a wrong clock.
        return answer.askedAt <= now && now < answer.goodUntil
    }

    mutating func answered(
        _ question: Question, _ facts: [AdvisoryFact], basis: String, now: Timestamp, for time: Duration
    ) {
        if (answers.value(for: question)?.facts ?? []) != facts { epoch += 1 }
        let answer = Answer(facts: facts, basis: basis, goodUntil: now.adding(time), askedAt: now)
        answers.insert(answer, for: question, cost: 1)
    }

    /// The service did not answer: what was known stays, and it is not asked about this version for a while.
    mutating func unanswered(_ question: Question, basis: String, now: Timestamp, for time: Duration) {
        let known = answers.value(for: question)?.facts ?? []
        let answer = Answer(facts: known, basis: basis, goodUntil: now.adding(time), askedAt: now)
        answers.insert(answer, for: question, cost: 1)
    }
}
