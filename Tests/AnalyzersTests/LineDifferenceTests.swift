import TestSupport
import Testing

@testable import Analyzers

@Suite("Line differences")
struct LineDifferenceTests {
    private func difference(
        _ old: String, _ new: String, limits: DifferenceLimits = .standard
    ) -> LineDifference {
        var budget = DifferenceBudget(limits)
        return LineDifference(from: Array(old.utf8), to: Array(new.utf8), budget: &budget)
    }

    /// The new text, made of the old one and the lines that the edits say come.
    private func applied(_ edits: [LineEdit], to old: [UInt8], from new: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var offset = 0
        for edit in edits {
            result += old[offset..<edit.oldBytes.lowerBound]
            result += new[edit.newBytes]
            offset = edit.oldBytes.upperBound
        }
        return result + old[offset...]
    }

    private func lines(_ text: [UInt8]) -> [[UInt8]] {
        var lines = text.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) + [0x0A] }
        let last = lines.removeLast().dropLast()
        if !last.isEmpty { lines.append(Array(last)) }
        return lines
    }

    /// How many lines two texts have in common, by the table that every textbook has.
    private func commonLines(_ old: [[UInt8]], _ new: [[UInt8]]) -> Int {
        var row = [Int](repeating: 0, count: new.count + 1)
        for line in old {
            var diagonal = 0
            for (index, other) in new.enumerated() {
                let above = row[index + 1]
                row[index + 1] = line == other ? diagonal + 1 : max(above, row[index])
                diagonal = above
            }
        }
        return row[new.count]
    }

    /// Numbers and bytes of every edit belong together, and edits are apart from each other.
    private func check(_ edits: [LineEdit], _ old: [UInt8], _ new: [UInt8]) {
        var (oldLine, newLine) = (-1, -1)
        for edit in edits {
            #expect(edit.oldLines.lowerBound > oldLine && edit.newLines.lowerBound > newLine)
            (oldLine, newLine) = (edit.oldLines.upperBound, edit.newLines.upperBound)
            #expect(!edit.oldLines.isEmpty || !edit.newLines.isEmpty)
            #expect(lines(Array(old[..<edit.oldBytes.lowerBound])).count == edit.oldLines.lowerBound)
            #expect(lines(Array(new[..<edit.newBytes.lowerBound])).count == edit.newLines.lowerBound)
            #expect(lines(Array(old[edit.oldBytes])).count == edit.oldLines.count)
            #expect(lines(Array(new[edit.newBytes])).count == edit.newLines.count)
        }
    }

    private func randomText(_ random: inout SeededRandom, kinds: Int) -> [UInt8] {
        let count = Int.random(in: 0...30, using: &random)
        var text: [UInt8] = []
        for index in 0..<count {
            let kind = Int.random(in: 0..<kinds, using: &random)
            let line = kind == 0 ? "" : String(repeating: Character(UnicodeScalar(UInt8(96 + kind))), count: kind)
            let hasEnd = index < count - 1 || Bool.random(using: &random)
            text += Array(line.utf8) + (kind % 5 == 4 ? [0x0D] : []) + (hasEnd ? [0x0A] : [])
        }
        return text
    }

    @Test("edits make the new text of the old one, and are as few as there can be")
    func shortest() {
        var random = SeededRandom()
        for round in 0..<1200 {
            let kinds = 1 + round % 12
            let (old, new) = (randomText(&random, kinds: kinds), randomText(&random, kinds: kinds))
            var budget = DifferenceBudget(.standard)
            let found = LineDifference(from: old, to: new, budget: &budget)
            #expect(applied(found.edits, to: old, from: new) == new)
            let (before, after) = (lines(old), lines(new))
            let common = commonLines(before, after)
            #expect(found.removedLines == before.count - common, "\(old) \(new)")
            #expect(found.addedLines == after.count - common)
            check(found.edits, old, new)
            #expect(!found.isCut)
        }
    }

    @Test("edits make the new text of the old one however few steps the search has")
    func fewSteps() {
        var random = SeededRandom()
        for round in 0..<500 {
            let kinds = 2 + round % 20
            let old = (0..<4).flatMap { _ in randomText(&random, kinds: kinds) }
            let new = (0..<4).flatMap { _ in randomText(&random, kinds: kinds) }
            var budget = DifferenceBudget(DifferenceLimits(steps: round % 60))
            let found = LineDifference(from: old, to: new, budget: &budget)
            #expect(applied(found.edits, to: old, from: new) == new)
            check(found.edits, old, new)
        }
    }

    @Test("without steps, lines that moved are still told from lines that are new")
    func anchors() {
        // Every line once: the longest run of pairs in order is the best there is.
        var random = SeededRandom()
        for _ in 0..<100 {
            let old = (0..<60).map { "line \($0)\n" }
            let new = old.shuffled(using: &random)
            var budget = DifferenceBudget(DifferenceLimits(steps: 0))
            let (before, after) = (Array(old.joined().utf8), Array(new.joined().utf8))
            let found = LineDifference(from: before, to: after, budget: &budget)
            let common = commonLines(lines(before), lines(after))
            #expect(found.addedLines == 60 - common)
            #expect(applied(found.edits, to: before, from: after) == after)
        }
        let repeated = difference("a\nx\na\nx\na\n", "b\na\nx\na\nx\na\nc\nb\n", limits: DifferenceLimits(steps: 0))
        #expect(repeated.addedLines == 3)
        #expect(repeated.removedLines == 0)
    }

    @Test("steps that one file took are gone for the next")
    func stepsOfAnArtifact() {
        let old = (0..<60).map { "line \($0)\n" }
        var budget = DifferenceBudget(DifferenceLimits(steps: 5000))
        #expect(budget.steps(forLines: 10) == 5000)
        _ = LineDifference(
            from: Array(old.joined().utf8), to: Array(old.reversed().joined().utf8), budget: &budget)
        let left = budget.steps(forLines: 10)
        #expect(left < 5000)
        budget.take(steps: left + 1)
        #expect(budget.steps(forLines: 10) == 0)
    }

    @Test("of pairs, the longest run in order is kept whole")
    func longestRuns() {
        var random = SeededRandom()
        for round in 0..<200 {
            let new = Array(0..<Int32(round % 9)).shuffled(using: &random)
            let pairs = new.enumerated().map { LinePairing.Pair(old: Int32($0), new: $1) }
            let run = LinePairing.longestRun(pairs)
            #expect(zip(run, run.dropFirst()).allSatisfy { $0.old < $1.old && $0.new < $1.new })
            let ordered = Array(0..<new.count).map { [UInt8($0)] }
            #expect(run.count == commonLines(ordered, new.map { [UInt8($0)] }), "\(new)")
        }
    }

    @Test("line feeds are counted among bytes that are nearly one, in texts of every length")
    func lineFeeds() {
        var random = SeededRandom()
        for count in Array(0...40) + [255 * 8 - 1, 255 * 8 + 1, 5000] {
            for near in [[0x0A], [0x0A, 0x0B, 0x8A, 0x00], [0x0A, 0x09, 0x4A, 0xFF]] as [[UInt8]] {
                let text = (0..<count).map { _ in near.randomElement(using: &random) ?? 0 }
                let counted = unsafe text.withUnsafeBytes { unsafe CommonEnds.lineFeeds(in: $0) }
                #expect(counted == text.count { $0 == 0x0A })
            }
        }
    }

    @Test("a block that may stand in several places stands in the last of them")
    func placement() {
        func placed(_ old: String, _ new: String) -> [[Range<Int>]] {
            difference(old, new).edits.map { [$0.oldLines, $0.newLines] }
        }
        let functions = placed("a {\n}\n\nc {\n}\n", "a {\n}\n\nb {\n}\n\nc {\n}\n")
        #expect(functions == [[3..<3, 3..<6]])
        #expect(placed("x\na\na\ny\n", "x\na\na\na\na\ny\n") == [[3..<3, 3..<5]])
        #expect(placed("x\na\na\na\nz\n", "x\na\nz\n") == [[2..<4, 2..<2]])
        // A line that takes the place of another stays beside it.
        #expect(placed("x\nb\ny\n", "x\nc\ny\n") == [[1..<2, 1..<2]])
    }

    @Test("line ends belong to lines")
    func lineEnds() {
        #expect(difference("a\nb", "a\nb\n").addedLines == 1)
        #expect(difference("a\nb\n", "a\nb").removedLines == 1)
        #expect(difference("a\r\nb\r\n", "a\nb\n").addedLines == 2)
        #expect(difference("a\nb", "a\nb").edits.isEmpty)
        #expect(difference("", "").edits.isEmpty)
        #expect(difference("", "a").addedLines == 1)
        #expect(difference("a\n\n\n", "").removedLines == 3)
        let inserted = difference("a\nb\n", "a\nb\na\nb\n")
        #expect(inserted.addedLines == 2 && inserted.removedLines == 0)
        #expect(inserted.addedBytes == 4)
    }

    @Test("differences of line ends alone are told from others")
    func lineEndsAlone() {
        func areOnly(_ old: String, _ new: String) -> Bool {
            LineEnds.areOnlyDifference(of: Array(old.utf8), Array(new.utf8))
        }
        #expect(areOnly("a\r\nb\r\n", "a\nb\n"))
        #expect(areOnly("a\nb", "a\r\nb\r\n"))
        #expect(areOnly("a\n", "a"))
        #expect(!areOnly("a\nb", "a\nc"))
        #expect(!areOnly("a\n\n", "a"))
        #expect(!areOnly("a\rb", "ab"))
        #expect(!areOnly("a\nb\n", "ab\n"))
    }

    @Test("more lines than the limit are one edit between equal ends, and it says so")
    func cut() {
        let (old, new) = (codeLines(0..<50), codeLines(0..<10) + codeLines(100..<140) + codeLines(40..<50))
        let limited = difference(old, new, limits: DifferenceLimits(linesInFile: 60))
        #expect(limited.isCut)
        #expect(limited.edits.count == 1)
        #expect(limited.edits[0].oldLines == 10..<40)
        #expect(limited.edits[0].newLines == 10..<50)
        #expect(!difference(old, new, limits: DifferenceLimits(linesInFile: 70)).isCut)
        // Lines that only come are known without a comparison.
        #expect(!difference("", codeLines(0..<100), limits: DifferenceLimits(linesInFile: 1)).isCut)
        var budget = DifferenceBudget(DifferenceLimits(lines: 100))
        for isCut in [false, true] {
            #expect(LineDifference(from: Array(old.utf8), to: Array(new.utf8), budget: &budget).isCut == isCut)
        }
    }
}
