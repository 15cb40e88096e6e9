import Advisories
import TestSupport
import Testing

/// Compares base scores with those of the `cvss` package, on generated vectors of every version.
@Suite("Base scores beside another implementation", .timeLimit(.minutes(5)))
struct SeverityDifferentialTests {
    private static let perVersion = 4_000

    /// A line is a vector; the answer is its base score with one decimal.
    private static let program = """
        import sys
        from cvss import CVSS2, CVSS3, CVSS4
        for line in sys.stdin.read().splitlines():
            kind = CVSS4 if line.startswith("CVSS:4") else CVSS3 if line.startswith("CVSS:3") else CVSS2
            score = kind(line)
            print(f"{float(score.scores()[0]):.1f}")
        """

    /// Every base metric of a version with its values, and some of those that must not count.
    private struct Metrics {
        let prefix: String
        let base: [(name: String, values: [String])]
        let others: [(name: String, values: [String])]

        static let v2 = Metrics(
            prefix: "",
            base: [
                ("AV", ["L", "A", "N"]), ("AC", ["H", "M", "L"]), ("Au", ["M", "S", "N"]), ("C", ["N", "P", "C"]),
                ("I", ["N", "P", "C"]), ("A", ["N", "P", "C"]),
            ],
            others: [
                ("E", ["U", "POC", "F", "H", "ND"]), ("RL", ["OF", "TF", "W", "U", "ND"]), ("RC", ["UC", "C", "ND"]),
                ("CDP", ["N", "LM", "H"]), ("TD", ["L", "H"]), ("CR", ["L", "H", "ND"]),
            ])

        private static func v3(_ prefix: String) -> Metrics {
            Metrics(
                prefix: prefix,
                base: [
                    ("AV", ["N", "A", "L", "P"]), ("AC", ["L", "H"]), ("PR", ["N", "L", "H"]), ("UI", ["N", "R"]),
                    ("S", ["U", "C"]), ("C", ["N", "L", "H"]), ("I", ["N", "L", "H"]), ("A", ["N", "L", "H"]),
                ],
                others: [
                    ("E", ["X", "U", "P", "F", "H"]), ("RL", ["X", "O", "T"]), ("RC", ["U", "C"]),
                    ("MAV", ["P", "N"]), ("MC", ["N", "H"]), ("CR", ["L", "H"]),
                ])
        }

        static let v30 = v3("CVSS:3.0/")
        static let v31 = v3("CVSS:3.1/")
        static let v40 = Metrics(
            prefix: "CVSS:4.0/",
            base: [
                ("AV", ["N", "A", "L", "P"]), ("AC", ["L", "H"]), ("AT", ["N", "P"]), ("PR", ["N", "L", "H"]),
                ("UI", ["N", "P", "A"]), ("VC", ["H", "L", "N"]), ("VI", ["H", "L", "N"]), ("VA", ["H", "L", "N"]),
                ("SC", ["H", "L", "N"]), ("SI", ["H", "L", "N"]), ("SA", ["H", "L", "N"]),
            ],
            // Only supplemental ones: that package answers with one score for everything that is in a v4.0 vector.
            others: [("S", ["N", "P"]), ("AU", ["N", "Y"]), ("R", ["A", "U", "I"]), ("U", ["Clear", "Red"])])

        /// A vector with random values, some metrics more than the base ones, in the order of the specification.
        func vector(_ random: inout SeededRandom) -> String {
            var parts = base.map { "\($0.name):\($0.values.randomElement(using: &random) ?? "")" }
            for other in others where Int.random(in: 0..<4, using: &random) == 0 {
                parts.append("\(other.name):\(other.values.randomElement(using: &random) ?? "")")
            }
            return prefix + parts.joined(separator: "/")
        }

        /// Every vector of base metrics alone.
        var all: [String] {
            var vectors = [prefix]
            for metric in base {
                let isLast = metric.name == base.last?.name
                vectors = vectors.flatMap { start in
                    metric.values.map { "\(start)\(metric.name):\($0)\(isLast ? "" : "/")" }
                }
            }
            return vectors
        }
    }

    private func compare(_ vectors: [String]) throws {
        let answers = try OtherProgram.python(Self.program).lines(vectors)
        try #require(answers.count == vectors.count)
        for (vector, answer) in zip(vectors, answers) {
            let ours = try CVSSBaseScore(parsing: vector).description
            if ours != answer { Issue.record("\(vector): \(ours), expected \(answer)") }
        }
        #expect(Set(answers).count > 50, "the vectors cover the scale")
    }

    @Test("random vectors of every version, with metrics that must not count")
    func random() throws {
        var random = SeededRandom()
        for metrics in [Metrics.v2, .v30, .v31, .v40] {
            try compare((0..<Self.perVersion).map { _ in metrics.vector(&random) })
        }
    }

    @Test("every base vector of v2 and v3 there is")
    func everyVector() throws {
        for metrics in [Metrics.v2, .v30, .v31] { try compare(metrics.all) }
    }
}
