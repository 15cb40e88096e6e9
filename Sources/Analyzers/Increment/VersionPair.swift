import Registry
import Screening

/// Two versions of an artifact with everything that is known of both: what the rules of the increment ask.
struct VersionPair {
    let base: ArtifactExamination
    let new: ArtifactExamination
    let difference: ArtifactDifference
    let step: VersionStep
    let thresholds: DiffThresholds
    /// Where a file of the base is now, for those that moved.
    private let movedTo: [BytesKey: [UInt8]]
    /// Where a file was before, for those that moved.
    private let movedFrom: [BytesKey: [UInt8]]
    private let baseFiles: [BytesKey: Int]
    private let newFiles: [BytesKey: Int]

    init(
        base: ArtifactExamination, new: ArtifactExamination, difference: ArtifactDifference, step: VersionStep,
        thresholds: DiffThresholds
    ) {
        self.base = base
        self.new = new
        self.difference = difference
        self.step = step
        self.thresholds = thresholds
        var (to, from): ([BytesKey: [UInt8]], [BytesKey: [UInt8]]) = ([:], [:])
        for change in difference.tree.changes {
            guard let old = change.oldPath else { continue }
            let (before, after) = (
                ArtifactExamination.comparable(old, base.layout),
                ArtifactExamination.comparable(change.path, new.layout)
            )
            to[BytesKey(before)] = after
            from[BytesKey(after)] = before
        }
        (movedTo, movedFrom) = (to, from)
        baseFiles = ArtifactExamination.numbers(in: base.judgement, base.layout)
        newFiles = ArtifactExamination.numbers(in: new.judgement, new.layout)
    }

    /// Whether users take the step without a look at it.
    var isSmallStep: Bool { step < .major }

    // MARK: Files

    /// The file of the base that a path of the new artifact had, its number among the base's.
    func baseFile(of path: [UInt8]) -> Int? { baseFiles[BytesKey(movedFrom[BytesKey(path)] ?? path)] }

    /// Where a file of the base is now.
    func newPath(ofBase path: [UInt8]) -> [UInt8] { movedTo[BytesKey(path)] ?? path }

    /// The number of a changed file among the new artifact's.
    func newFile(of change: FileChange) -> Int? {
        newFiles[BytesKey(ArtifactExamination.comparable(change.path, new.layout))]
    }

    /// The name of a new file as stored, by its place in the tree; the place itself for what was not looked into.
    func name(at path: [UInt8]) -> [UInt8] {
        let known = newFiles[BytesKey(ArtifactExamination.comparable(path, new.layout))]
        return known.map { new.judgement.files[$0].name } ?? path
    }

    /// Files of the new artifact whose content is new, with their numbers; each once.
    var changedFiles: [(file: Int, change: FileChange)] {
        difference.tree.changes.compactMap { change in
            guard change.new != nil, change.hasNewContent else { return nil }
            return newFile(of: change).map { ($0, change) }
        }
    }

    /// Whether nothing runs a file by itself and its name puts it among tests and documentation.
    func isQuiet(_ file: Int) -> Bool {
        new.judgement.files[file].isQuiet && new.judgement.graph.nodes[file].reach == nil
    }

    /// What leads to a file.
    func reach(of file: Int) -> Reach? { new.judgement.graph.nodes[file].reach }

    // MARK: Findings

    private struct NoticeKey: Hashable {
        let observation: Observation
        let path: BytesKey?
        let reach: Reach?
    }

    private func key(_ notice: Notice, of examination: ArtifactExamination, isBase: Bool) -> NoticeKey {
        let path = notice.path.map { name in
            let path = BytesKey(examination.path(of: name))
            return isBase ? BytesKey(newPath(ofBase: path.bytes)) : path
        }
        return NoticeKey(observation: notice.observation, path: path, reach: notice.reach)
    }

    /// What is noticed of the new artifact and was not of the base, at the same place and in the same reach.
    func newNotices() -> [Notice] {
        let known = Set(base.notices.map { key($0, of: base, isBase: true) })
        return new.notices.filter { !known.contains(key($0, of: new, isBase: false)) }
    }
}

extension Notice {
    var severity: Severity { RuleCatalog.entry(observation).detail.severity(at: reach) }
}
