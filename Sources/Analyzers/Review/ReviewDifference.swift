public import Platform
import SourceCode

extension ReviewPreparation {
    /// The material of what an artifact has otherwise than an older one: every changed file with its lines, as much as there
    /// is room for, what is riskiest first.
    ///
    /// - Parameter room: the bytes that it may take, encoded.
    public static func material(
        of artifact: OpenFile, context: ArtifactContext, since base: OpenFile, baseContext: ArtifactContext,
        limits: AnalysisLimits, room: Int
    ) -> ReviewMaterial {
        material(
            of: .file(artifact), context: context, since: .file(base), baseContext: baseContext, limits: limits,
            room: room)
    }

    static func material(
        of bytes: ArchiveBytes, context: ArtifactContext, since base: ArchiveBytes, baseContext: ArtifactContext,
        limits: AnalysisLimits, room: Int
    ) -> ReviewMaterial {
        withUTF8Locale {
            let inspection = ArtifactInspection(
                context: context, budget: AnalysisBudget(limits: limits, artifactBytes: bytes.count))
            inspection.run(bytes)
            let before = ArtifactTree(reading: base, context: baseContext, limits: limits)
            let after = ArtifactTree(reading: bytes, context: context, limits: limits, sharing: before)
            let files = ChangedFiles(
                TreeDifference(from: before, to: after), ArtifactJudgement(inspection: inspection), inspection.layout)
            let isIncomplete = !inspection.isComplete || !before.isComplete || !after.isComplete
            return assemble(files, room: min(room, ReviewMaterial.maxBytes), isIncomplete: isIncomplete)
        }
    }

    private static func assemble(_ files: ChangedFiles, room: Int, isIncomplete: Bool) -> ReviewMaterial {
        var left = room - room / nameShare
        var passages: [ReviewMaterial.Passage] = []
        var (binary, omitted): ([String], [String]) = ([], [])
        // Texts in declared encodings are compared anew, all of them within one budget.
        var budget = DifferenceBudget(.standard)
        for file in files.ordered {
            if file.isBinary {
                binary.append(file.path)
                continue
            }
            let most = min(left, max(leastRoom, room / share))
            let shown = ChangedLines(of: file, room: most - ReviewExcerpt.frameBytes, budget: &budget)
            guard !file.isUnreadable, most >= ReviewExcerpt.frameBytes, passages.count < ReviewMaterial.maxPassages,
                !shown.lines.isEmpty || shown.totalLines == 0
            else {
                omitted.append(file.path)
                continue
            }
            left -= ReviewExcerpt.cost(of: shown.lines)
            passages.append(
                ReviewMaterial.Passage(
                    path: file.path, role: file.role, change: file.kind, oldPath: file.oldPath,
                    totalLines: shown.totalLines, removedCharacters: shown.removedCharacters, lines: shown.lines))
        }
        return ReviewMaterial(
            mode: .diff, passages: passages, binaryFiles: binary, omittedFiles: omitted, isIncomplete: isIncomplete,
            nameRoom: room / nameShare)
    }
}

/// A file that changed, with what the static analysis knows of it.
private struct ChangedFile {
    let change: FileChange
    /// In the form of findings: as the archive names it.
    let path: String
    let role: ReviewMaterial.Role
    let noted: Set<Int>

    var kind: ReviewMaterial.Change {
        switch change.kind {
        case .added: .added
        case .removed: .removed
        case .changed: .changed
        case .moved: .moved
        case .mode: .rights
        }
    }

    var oldPath: String? { change.oldPath.map(findingPath) }
    /// What a model cannot be shown because it is no text.
    var isBinary: Bool { change.hasNewContent && change.newClass == .binary }
    /// What it could be shown if it were smaller, or could be read.
    var isUnreadable: Bool { change.hasNewContent && change.newClass?.hasLines != true }
}

/// The files that changed in the order in which a reviewer should see them.
private struct ChangedFiles {
    let ordered: [ChangedFile]

    init(_ difference: TreeDifference, _ judgement: ArtifactJudgement, _ layout: ArtifactLayout) {
        let numbers = ArtifactExamination.numbers(in: judgement, layout)
        let files = difference.changes.map { change -> ChangedFile in
            guard change.new != nil else {
                return ChangedFile(change: change, path: findingPath(change.path), role: .gone, noted: [])
            }
            guard let number = numbers[BytesKey(ArtifactExamination.comparable(change.path, layout))] else {
                return ChangedFile(change: change, path: findingPath(change.path), role: .text, noted: [])
            }
            return ChangedFile(
                change: change, path: findingPath(judgement.files[number].name),
                role: ReviewMaterial.Role(of: number, in: judgement, layout),
                noted: ReviewPreparation.noted(number, in: judgement))
        }
        let ranks = files.indices.map { index in
            (rank: ReviewPreparation.rank(files[index].role, isNoted: !files[index].noted.isEmpty), index: index)
        }
        ordered = ranks.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }.map { files[$0.index] }
    }
}

/// The lines by which a file differs, with some of those around them: all where there is room, otherwise the first and
/// the surroundings of what the static analysis noticed.
private struct ChangedLines {
    private(set) var lines: [ReviewMaterial.Line] = []
    private(set) var totalLines = 0
    private(set) var removedCharacters = 0
    private var choice: LineChoice

    private static let contextLines = 3

    init(of file: ChangedFile, room: Int, budget: inout DifferenceBudget) {
        let (old, new) = (Self.text(of: file.change.old), Self.text(of: file.change.new))
        let bytes = (old?.bytes.count ?? 0) + (new?.bytes.count ?? 0)
        choice = LineChoice(windows: 4 * bytes <= room ? [] : ReviewExcerpt.windows(around: file.noted), room: room)
        guard file.change.new == nil || file.change.hasNewContent else { return }
        guard let old, let new else {
            if let old { add(old.bytes, 0..<old.bytes.count, .removed, 0, 0) }
            if let new { add(new.bytes, 0..<new.bytes.count, .added, 0, 0) }
            return
        }
        let edits =
            old.isAsStored && new.isAsStored
            ? file.change.edits : LineDifference(from: old.bytes, to: new.bytes, budget: &budget).edits
        for hunk in UnifiedHunk.hunks(of: edits, in: old.bytes, contextLines: Self.contextLines) {
            var (before, after) = (hunk.oldStart, hunk.newStart)
            for part in hunk.parts {
                switch part {
                case .equal(let range):
                    let count = add(old.bytes, range, .same, after, after)
                    (before, after) = (before + count, after + count)
                case .edit(let edit):
                    before += add(old.bytes, edit.oldBytes, .removed, before, after)
                    after += add(new.bytes, edit.newBytes, .added, after, after)
                }
            }
        }
    }

    /// A file's text as an interpreter would read it; nil for what has no lines.
    private static func text(of entry: TreeEntry?) -> (bytes: [UInt8], isAsStored: Bool)? {
        guard let entry, entry.fileClass.hasLines, let stored = entry.text else { return nil }
        guard let read = SourceText(decoding: stored, language: entry.kind.language)?.bytes, read != stored else {
            return (stored, true)
        }
        return (read, false)
    }

    /// Takes lines of a text, as far as there is room.
    ///
    /// - Parameters:
    ///   - number: of the line before the first one, in its own text.
    ///   - position: the same in the newer text.
    /// - Returns: how many lines there are.
    @discardableResult
    private mutating func add(
        _ text: [UInt8], _ range: Range<Int>, _ sign: ReviewMaterial.Line.Sign, _ number: Int, _ position: Int
    ) -> Int {
        var (start, count) = (range.lowerBound, 0)
        while start < range.upperBound {
            var end = start
            while end < range.upperBound, text[end] != 0x0A { end += 1 }
            count += 1
            let place = sign == .removed ? position : position + count
            if choice.mayTake(place) { take(text[start..<end], sign, number + count, place) }
            start = end + 1
        }
        totalLines += count
        return count
    }

    private mutating func take(
        _ bytes: ArraySlice<UInt8>, _ sign: ReviewMaterial.Line.Sign, _ number: Int, _ place: Int
    ) {
        let shown = ReviewText.shown(bytes.last == 0x0D ? bytes.dropLast() : bytes)
        guard choice.takes(place, cost: ReviewMaterial.cost(of: shown.text)) else { return }
        removedCharacters += shown.removed
        lines.append(.init(number: number, sign: sign, text: shown.text, isCut: shown.isCut))
    }
}
