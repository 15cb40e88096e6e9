import Registry
import TestSupport
import Testing

@Suite("The number that stands for a version's place never contradicts the order")
struct VersionOrderPrefixTests {
    private static let large = [
        "4398046511103", "4398046511104", "9007199254740991", "70000", "16777215", "255", "256",
    ]

    private func number(_ random: inout SeededRandom) -> String {
        if Int.random(in: 0..<12, using: &random) == 0 {
            return Self.large[Int.random(in: 0..<Self.large.count, using: &random)]
        }
        return String(Int.random(in: 0..<4, using: &random))
    }

    private func npm(_ random: inout SeededRandom) -> String {
        let release = (0..<3).map { _ in number(&random) }.joined(separator: ".")
        let tails = ["", "", "", "-0", "-alpha", "-alpha.1", "-rc.10", "-rc.9", "+build", "-1+x"]
        return release + tails[Int.random(in: 0..<tails.count, using: &random)]
    }

    private func python(_ random: inout SeededRandom) -> String {
        let epoch = Int.random(in: 0..<8, using: &random) == 0 ? "\(number(&random))!" : ""
        let count = Int.random(in: 1...6, using: &random)
        let release = (0..<count).map { _ in number(&random) }.joined(separator: ".")
        let pre = ["", "", "", "a1", "b2", "b3", "rc1"][Int.random(in: 0..<7, using: &random)]
        let post = ["", "", ".post0", ".post2"][Int.random(in: 0..<4, using: &random)]
        let dev = ["", "", ".dev0", ".dev5"][Int.random(in: 0..<4, using: &random)]
        let local = ["", "", "+abc", "+1.2"][Int.random(in: 0..<4, using: &random)]
        return epoch + release + pre + post + dev + local
    }

    @Test("random pairs", arguments: Ecosystem.allCases, [61, 62, 63] as [UInt64])
    func pairs(ecosystem: Ecosystem, seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var told = 0
        for _ in 0..<4000 {
            let texts = (0..<2).map { _ in ecosystem == .npm ? npm(&random) : python(&random) }
            let left = try PackageVersion(parsing: texts[0], ecosystem: ecosystem)
            let right = try PackageVersion(parsing: texts[1], ecosystem: ecosystem)
            let comparison = left.orderPrefix.compare(right.orderPrefix)
            if comparison != .untold { told += 1 }
            switch comparison {
            case .before: #expect(left < right, "seed \(seed): \(texts)")
            case .after: #expect(right < left, "seed \(seed): \(texts)")
            case .same: #expect(left == right, "seed \(seed): \(texts)")
            case .untold: continue
            }
        }
        // It must tell nearly always, or it saves nothing.
        #expect(told > 3600, "seed \(seed): only \(told)")
    }

    @Test("a version stands to itself, and to its other spellings, as the same or untold")
    func spellings() throws {
        for (ecosystem, one, other) in [
            (Ecosystem.npm, "1.2.3", "1.2.3+build"), (.npm, "1.2.3-rc.1", "1.2.3-rc.1+x"), (.pypi, "1.0", "v1.0.0"),
            (.pypi, "1.0rc1", "1.0-RC.1"), (.pypi, "1.2.3.4.5", "1.2.3.4.5.0"), (.pypi, "0", "0.0.0.0.0"),
        ] {
            let left = try PackageVersion(parsing: one, ecosystem: ecosystem)
            let right = try PackageVersion(parsing: other, ecosystem: ecosystem)
            #expect(left == right)
            #expect([.same, .untold].contains(left.orderPrefix.compare(right.orderPrefix)), "\(one) \(other)")
        }
        let plain = try PackageVersion(parsing: "1.2.3", ecosystem: .npm)
        #expect(plain.orderPrefix.compare(plain.orderPrefix) == .same)
    }
}
