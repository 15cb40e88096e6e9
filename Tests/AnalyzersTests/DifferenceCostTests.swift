import TestSupport
import Testing

@testable import Analyzers

/// Inputs that are made to be expensive. What a difference costs is counted in steps and comparisons, not in seconds.
@Suite("Cost of differences")
struct DifferenceCostTests {
    private func steps(_ old: [Int32], _ new: [Int32], kinds: Int, allowed: Int) -> SequenceDifference {
        SequenceDifference(old, new, kinds: kinds, steps: allowed)
    }

    /// Whether what has partners is equal in both, in order.
    private func isRight(_ found: SequenceDifference, _ old: [Int32], _ new: [Int32]) -> Bool {
        let left = old.indices.filter { !found.isOldChanged[$0] }.map { old[$0] }
        let right = new.indices.filter { !found.isNewChanged[$0] }.map { new[$0] }
        return left == right
    }

    @Test("steps stay within what is allowed, whatever the sequences")
    func steps() {
        var random = SeededRandom()
        let shapes: [(String, (Int) -> [Int32])] = [
            ("two numbers", { (0..<$0).map { _ in Int32.random(in: 0..<2, using: &random) } }),
            ("few numbers", { (0..<$0).map { _ in Int32.random(in: 0..<40, using: &random) } }),
            ("permuted", { (0..<Int32($0)).shuffled(using: &random) }),
            ("periods", { count in (0..<count).map { Int32($0 % 97 % 13) } }),
            ("a run", { count in (0..<Int32(count)).map { $0 < 300 ? $0 : 7 } }),
        ]
        for (name, shape) in shapes {
            let (old, new) = (shape(3000), Array(shape(3000).reversed()))
            for allowed in [0, 1000, 100_000] {
                let found = steps(old, new, kinds: 3000, allowed: allowed)
                // The last box that is begun goes on to the end of the diagonal that it is on.
                #expect(found.steps <= allowed + 3001, "\(name)")
                #expect(isRight(found, old, new), "\(name)")
            }
        }
    }

    @Test("what steps do not suffice for is still nearly right where lines differ from each other")
    func quality() {
        var random = SeededRandom()
        let old = (0..<Int32(6000)).map { $0 }
        // A part is elsewhere, which the search alone would need millions of steps for.
        var new = old
        for _ in 0..<300 {
            new.insert(
                new.remove(at: Int.random(in: 0..<new.count, using: &random)),
                at: Int.random(in: 0..<5900, using: &random))
        }
        let found = steps(old, new, kinds: 6000, allowed: 200_000)
        #expect(isRight(found, old, new))
        #expect(found.isOldChanged.count { $0 } <= 300)
    }

    @Test("the budget of an artifact is shared by its files")
    func sharedBudget() throws {
        var random = SeededRandom()
        let files = (0..<20).map { index in
            ("f\(index).js", (0..<300).map { _ in "\(Int.random(in: 0..<9, using: &random))\n" }.joined())
        }
        let other = files.map { ($0.0, String($0.1.reversed())) }
        let versions = try Versions.npm(files, other)
        let limited = versions.difference(limits: DifferenceLimits(steps: 1000)).tree
        let whole = versions.difference().tree
        #expect(limited.addedLines > whole.addedLines)
        #expect(limited.changes.count == 20)
        let cut = versions.difference(limits: DifferenceLimits(lines: 3000)).tree
        #expect(cut.changes.prefix(4).allSatisfy { $0.lines?.isCut == false })
        #expect(cut.changes.suffix(10).allSatisfy { $0.lines?.isCut == true })
        #expect(cut.isCut && !whole.isCut)
    }

    @Test("one line of megabytes, identical lines and disjoint files are compared at the speed of memory")
    func longLines() {
        let megabytes = 1 << 20
        let line = [UInt8](repeating: 0x61, count: megabytes)
        var budget = DifferenceBudget(.standard)
        let replaced = LineDifference(from: line + [0x0A], to: line + [0x62, 0x0A], budget: &budget)
        #expect(replaced.addedBytes == megabytes + 2)
        // The same long line a thousand times, among them one that is new.
        let long = [UInt8](repeating: 0x61, count: 4000) + [0x0A]
        let old = [[UInt8]](repeating: long, count: 1000).joined()
        let new =
            [[UInt8]](repeating: long, count: 500).joined() + [0x62, 0x0A]
            + [[UInt8]](repeating: long, count: 499).joined()
        let among = LineDifference(from: Array(old), to: Array(new), budget: &budget)
        #expect(among.addedLines == 1)
        #expect(among.removedLines == 1)
        let disjoint = LineDifference(
            from: Array((0..<20_000).map { "a\($0)\n" }.joined().utf8),
            to: Array((0..<20_000).map { "b\($0)\n" }.joined().utf8), budget: &budget)
        #expect(disjoint.edits.count == 1)
        #expect(disjoint.addedLines == 20_000)
        #expect(!disjoint.isCut)
        // Lines that only one text has cost the search nothing.
        #expect(budget.steps > DifferenceLimits.standard.steps - 20_000)
    }

    @Test("thousands of files that are all renamed and all changed find their partners")
    func manyMoves() throws {
        let count = 700
        let licence = (0..<12).map { "// licence line \($0)\n" }.joined()
        let files = (0..<count).map { ("a/f\($0).js", licence + codeLines($0 * 20..<$0 * 20 + 20)) }
        let moved = files.map { ($0.0.replacing("a/f", with: "b/g"), $0.1 + "let extra = 1;\n") }
        let tree = try Versions.npm(files, moved).difference().tree
        #expect(tree.changes.count == count)
        #expect(tree.changes.count { $0.kind == .moved } == count)
        #expect(tree.addedLines == count)
        // Equal files by the thousand have a partner each, one of their name where there is one.
        let equal = (0..<count).map { ("a/\($0)/x\($0 % 7).js", "same\n") }
        let renamed = equal.map { ($0.0.replacing("a/", with: "b/"), $0.1) }
        let pairs = try Versions.npm(equal, renamed).difference().tree.changes
        #expect(pairs.count == count)
        #expect(pairs.allSatisfy { $0.kind == .moved && $0.old?.fileName == $0.new?.fileName })
    }
}
