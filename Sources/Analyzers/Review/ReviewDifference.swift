/// The change of one file as unified text: hunks after `@@ -a,b +c,d @@`, lines that begin with ` `, `+` or `-`.
public struct ChangedText: Sendable, Equatable {
    /// The member's path as it is in the newer artifact.
    public let path: [UInt8]
    public let unified: [UInt8]

    public init(path: [UInt8], unified: [UInt8]) {
        self.path = path
        self.unified = unified
    }
}

extension ReviewPreparation {
    /// The material of the difference of two artifacts.
    ///
    /// - Parameters:
    ///   - changes: of every changed text, riskiest first.
    ///   - binaryFiles: paths of what changed and is no text.
    ///   - room: the bytes that the material may take, encoded.
    public static func material(
        of changes: [ChangedText], binaryFiles: [[UInt8]], isIncomplete: Bool, room: Int
    ) -> ReviewMaterial {
        let room = min(room, ReviewMaterial.maxBytes)
        var left = room - room / nameShare
        var passages: [ReviewMaterial.Passage] = []
        var omitted: [String] = []
        for change in changes {
            let path = findingPath(change.path)
            let most = min(left, max(leastRoom, room / share))
            let passage = UnifiedText(change.unified).passage(path: path, room: most)
            guard !passage.lines.isEmpty || passage.totalLines == 0, most > 0,
                passages.count < ReviewMaterial.maxPassages
            else {
                omitted.append(path)
                continue
            }
            left -= ReviewExcerpt.cost(of: passage.lines)
            passages.append(passage)
        }
        return ReviewMaterial(
            mode: .diff, passages: passages, binaryFiles: binaryFiles.map(findingPath), omittedFiles: omitted,
            isIncomplete: isIncomplete, nameRoom: room / nameShare)
    }
}

/// Reads unified text by the counts that its hunks state, so that no content is taken for a hunk's head.
private struct UnifiedText {
    private let lines: [ArraySlice<UInt8>]

    init(_ bytes: [UInt8]) {
        lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    }

    func passage(path: String, room: Int) -> ReviewMaterial.Passage {
        var shown: [ReviewMaterial.Line] = []
        var (total, removed, left) = (0, 0, room - 320)
        var (old, new, oldLeft, newLeft) = (0, 0, 0, 0)
        for line in lines {
            guard oldLeft > 0 || newLeft > 0 else {
                if let hunk = Self.hunk(line) { (old, oldLeft, new, newLeft) = hunk }
                continue
            }
            guard let sign = Self.sign(line) else { continue }
            let number = sign == .removed ? old : new
            if sign != .added { (old, oldLeft) = (old + 1, oldLeft - 1) }
            if sign != .removed { (new, newLeft) = (new + 1, newLeft - 1) }
            total += 1
            let content = line.isEmpty ? line : line.dropFirst()
            let text = ReviewText.shown(content.last == 0x0D ? content.dropLast() : content)
            let cost = ReviewMaterial.cost(of: text.text)
            guard cost <= left else {
                left = 0
                continue
            }
            left -= cost
            removed += text.removed
            shown.append(.init(number: number, sign: sign, text: text.text, isCut: text.isCut))
        }
        return .init(path: path, role: .changed, totalLines: total, removedCharacters: removed, lines: shown)
    }

    /// Nil for a remark such as `\ No newline at end of file`.
    private static func sign(_ line: ArraySlice<UInt8>) -> ReviewMaterial.Line.Sign? {
        switch line.first {
        case UInt8(ascii: "+"): .added
        case UInt8(ascii: "-"): .removed
        case UInt8(ascii: "\\"): nil
        // Some writers leave an empty line without its space.
        case UInt8(ascii: " "), nil: .same
        case .some: nil
        }
    }

    /// The first line and the count of both sides.
    private static func hunk(_ line: ArraySlice<UInt8>) -> (old: Int, oldCount: Int, new: Int, newCount: Int)? {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 3)
        guard words.count >= 3, words[0].elementsEqual("@@".utf8), let old = range(words[1], UInt8(ascii: "-")),
            let new = range(words[2], UInt8(ascii: "+"))
        else { return nil }
        return (max(old.start, 1), old.count, max(new.start, 1), new.count)
    }

    private static func range(_ word: ArraySlice<UInt8>, _ mark: UInt8) -> (start: Int, count: Int)? {
        guard word.first == mark else { return nil }
        let numbers = word.dropFirst().split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { Int(String(decoding: $0, as: UTF8.self)) }
        guard (1...2).contains(numbers.count), let start = numbers[0], start >= 0, start < 1 << 40 else { return nil }
        guard numbers.count == 2 else { return (start, 1) }
        guard let count = numbers[1], count >= 0, count < 1 << 40 else { return nil }
        return (start, count)
    }
}
