/// The v4.0 base score: a MacroVector's score, lowered by how far the vector is from that MacroVector's worst.
///
/// For base scores exploit maturity counts as "attacked" and every security requirement as "high", so equivalence
/// class 5 is always 0, class 6 follows from class 3, and class 4 is never 0 (only modified metrics reach it).
/// All arithmetic is in whole numbers, so rounding is exact.
///
/// Spec: CVSS v4.0 §8.2–8.4, tables 24–30.
enum CVSS4 {
    static func baseTenths(_ metrics: CVSSMetrics) throws(CVSSError) -> Int {
        let impact = try Impact(metrics)
        let access = try Access(metrics)
        if impact.isNone { return 0 }
        let classes = Classes(
            one: access.reach, two: access.effort, threeSix: impact.vulnerable, four: impact.subsequent)
        let score = classes.score
        // Each term: what the next lower MacroVector would cost, and the share of that way the vector has gone.
        let terms: [(drop: Int?, distance: Int, depth: Int)] = [
            (classes.drop { $0.lowerOne }, access.reachDistance, [1, 4, 5][classes.one]),
            (classes.drop { $0.lowerTwo }, access.effortDistance, [1, 2][classes.two]),
            (classes.drop { $0.lowerThreeSix }, impact.vulnerableDistance, [7, 6, 8, 8, 10][classes.threeSix]),
            (classes.drop { $0.lowerFour }, impact.subsequentDistance, [6, 5, 4][classes.four]),
        ]
        // Class 5 always has a next lower MacroVector and is never on the way to it: it only widens the mean.
        let count = 1 + terms.count { $0.drop != nil }
        // 840 is a common multiple of every depth.
        let lost = terms.reduce(0) { $0 + ($1.drop ?? 0) * $1.distance * (840 / $1.depth) }
        let scale = 840 * count
        let exact = score * scale - lost
        return min(100, max(0, (2 * exact + scale) / (2 * scale)))
    }
}

/// Classes 1 and 2: how the attacker gets there.
private struct Access {
    let reach: Int
    let reachDistance: Int
    let effort: Int
    let effortDistance: Int

    init(_ metrics: CVSSMetrics) throws(CVSSError) {
        let vector = try metrics.weight("AV", ["N": 0, "A": 1, "L": 2, "P": 3])
        let privileges = try metrics.weight("PR", ["N": 0, "L": 1, "H": 2])
        let interaction = try metrics.weight("UI", ["N": 0, "P": 1, "A": 2])
        let complexity = try metrics.weight("AC", ["L": 0, "H": 1])
        let requirements = try metrics.weight("AT", ["N": 0, "P": 1])
        let hasNone = vector == 0 || privileges == 0 || interaction == 0
        if vector == 0 && privileges == 0 && interaction == 0 {
            reach = 0
        } else {
            reach = hasNone && vector != 3 ? 1 : 2
        }
        let worst = [
            [[0, 0, 0]],
            [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
            [[3, 0, 0], [1, 1, 1]],
        ]
        reachDistance = distance([vector, privileges, interaction], from: worst[reach])
        effort = complexity == 0 && requirements == 0 ? 0 : 1
        effortDistance = distance([complexity, requirements], from: effort == 0 ? [[0, 0]] : [[1, 0], [0, 1]])
    }
}

/// Classes 3, 4 and 6: what the attacker gets.
private struct Impact {
    let isNone: Bool
    /// The joint class of 3 and 6: 0 is 00, 2 is 10, 4 is 21 (1 and 3 occur only as next lower classes).
    let vulnerable: Int
    let vulnerableDistance: Int
    let subsequent: Int
    let subsequentDistance: Int

    init(_ metrics: CVSSMetrics) throws(CVSSError) {
        var levels: [Int] = []
        for metric in ["VC", "VI", "VA", "SC", "SI", "SA"] {
            levels.append(try metrics.weight(metric, ["H": 0, "L": 1, "N": 2]))
        }
        let here = Array(levels[..<3])
        let beyond = Array(levels[3...])
        isNone = levels.allSatisfy { $0 == 2 }
        if here[0] == 0 && here[1] == 0 {
            vulnerable = 0
        } else {
            vulnerable = here.contains(0) ? 2 : 4
        }
        switch vulnerable {
        case 0: vulnerableDistance = distance(here, from: [[0, 0, 0]])
        case 2: vulnerableDistance = distance(here, from: [[1, 0, 0], [0, 1, 0]])
        default: vulnerableDistance = distance(here, from: [[1, 1, 1]])
        }
        subsequent = beyond.contains(0) ? 1 : 2
        subsequentDistance = distance(beyond, from: subsequent == 1 ? [[0, 0, 0]] : [[1, 1, 1]])
    }
}

/// The steps from the first of a class's worst vectors that is nowhere better than the given one.
private func distance(_ levels: [Int], from worst: [[Int]]) -> Int {
    for candidate in worst {
        let steps = zip(levels, candidate).map { $0 - $1 }
        if steps.allSatisfy({ $0 >= 0 }) { return steps.reduce(0, +) }
    }
    preconditionFailure("a CVSS vector outside its own class")
}

/// A MacroVector with class 5 at 0.
private struct Classes {
    var one: Int
    var two: Int
    /// 00, 01, 10, 11, 21 as 0 to 4.
    var threeSix: Int
    var four: Int

    /// The MacroVector's score in tenths. Rows: class 1, class 2; columns: classes 3 and 6, class 4.
    private static let scores: [[UInt8]] = [
        [100, 100, 93, 99, 96, 90, 98, 93, 88, 95, 92, 80, 92, 79, 69],
        [99, 95, 92, 97, 91, 81, 95, 92, 84, 93, 82, 70, 86, 71, 63],
        [98, 94, 87, 95, 89, 75, 94, 86, 72, 89, 76, 57, 83, 65, 53],
        [95, 90, 77, 90, 77, 66, 89, 74, 61, 78, 59, 52, 71, 58, 23],
        [93, 86, 70, 87, 74, 54, 85, 72, 53, 75, 57, 36, 64, 47, 24],
        [88, 73, 54, 75, 55, 43, 75, 61, 46, 55, 51, 18, 53, 24, 10],
    ]

    var score: Int { Int(Self.scores[one * 2 + two][threeSix * 3 + four]) }

    var lowerOne: [Classes] { one < 2 ? [Classes(one: one + 1, two: two, threeSix: threeSix, four: four)] : [] }
    var lowerTwo: [Classes] { two < 1 ? [Classes(one: one, two: two + 1, threeSix: threeSix, four: four)] : [] }
    var lowerFour: [Classes] { four < 2 ? [Classes(one: one, two: two, threeSix: threeSix, four: four + 1)] : [] }

    /// From 00 there are two ways down, from 21 none.
    var lowerThreeSix: [Classes] {
        let next = [[1, 2], [3], [3], [4], []][threeSix]
        return next.map { Classes(one: one, two: two, threeSix: $0, four: four) }
    }

    /// How much less the next lower MacroVector scores (the higher one when there are two); nil when there is none.
    func drop(_ lower: (Classes) -> [Classes]) -> Int? {
        lower(self).map { score - $0.score }.min()
    }
}
