public import Platform
import SourceCode

/// Makes the material for a model from an artifact: what is riskiest first, as much as there is room for.
///
/// Deterministic and total. Reads hostile bytes: only the confined child may call it.
public enum ReviewPreparation {
    /// No file takes more than this part of the room while others wait.
    static let share = 4
    /// What files are named of which nothing is shown takes this part of the room.
    static let nameShare = 8
    static let leastRoom = 2048

    /// The material of a whole artifact.
    ///
    /// - Parameter room: the bytes that it may take, encoded.
    public static func material(
        of artifact: OpenFile, context: ArtifactContext, limits: AnalysisLimits, room: Int
    ) -> ReviewMaterial {
        material(of: .file(artifact), context: context, limits: limits, room: room)
    }

    static func material(
        of bytes: ArchiveBytes, context: ArtifactContext, limits: AnalysisLimits, room: Int
    ) -> ReviewMaterial {
        withUTF8Locale {
            let inspection = ArtifactInspection(
                context: context, budget: AnalysisBudget(limits: limits, artifactBytes: bytes.count))
            inspection.run(bytes)
            let judgement = ArtifactJudgement(inspection: inspection)
            let room = min(room, ReviewMaterial.maxBytes)
            let texts = ReviewTexts(judgement: judgement, layout: inspection.layout, room: max(leastRoom, room / share))
            let kept = texts.read(bytes, limits: limits)
            return assemble(texts, kept, room: room, isIncomplete: !inspection.isComplete)
        }
    }

    /// The lines of a file at which the static analysis noticed something.
    static func noted(_ file: Int, in judgement: ArtifactJudgement) -> Set<Int> {
        Set(judgement.reports(of: file).flatMap(\.notes).compactMap(\.line))
    }

    /// Where a file belongs among those that are shown: lower is earlier. Files of one rank keep their order.
    static func rank(_ role: ReviewMaterial.Role, isNoted: Bool) -> Int { role.rank * 2 + (isNoted ? 0 : 1) }

    private static func assemble(
        _ texts: ReviewTexts, _ kept: [Int: ReviewExcerpt], room: Int, isIncomplete: Bool
    ) -> ReviewMaterial {
        var left = room - room / nameShare
        var passages: [ReviewMaterial.Passage] = []
        var omitted = texts.unheld
        for file in texts.order {
            let path = findingPath(texts.judgement.files[file].name)
            let lines = kept[file].map { $0.lines(within: min(left, max(leastRoom, room / share))) } ?? []
            guard let excerpt = kept[file], !lines.isEmpty || excerpt.totalLines == 0 else {
                omitted.append(path)
                continue
            }
            left -= ReviewExcerpt.cost(of: lines)
            passages.append(
                ReviewMaterial.Passage(
                    path: path, role: texts.roles[file], totalLines: excerpt.totalLines,
                    removedCharacters: excerpt.removedCharacters, lines: lines))
        }
        return ReviewMaterial(
            mode: .full, passages: passages, binaryFiles: texts.binaries, omittedFiles: omitted,
            isIncomplete: isIncomplete, nameRoom: room / nameShare)
    }
}

/// The texts of an artifact in the order in which a reviewer should see them.
private final class ReviewTexts {
    let judgement: ArtifactJudgement
    private let layout: ArtifactLayout
    private let room: Int
    /// The role of every file.
    let roles: [ReviewMaterial.Role]
    /// Texts, riskiest first.
    let order: [Int]
    /// The paths of what is no text.
    let binaries: [String]
    /// The paths of files that are too large to be held.
    private(set) var unheld: [String] = []

    /// Of so many files at most anything is shown.
    private static let maxFiles = 512

    /// - Parameter room: the bytes that one text may take.
    init(judgement: ArtifactJudgement, layout: ArtifactLayout, room: Int) {
        self.judgement = judgement
        self.layout = layout
        self.room = room
        let files = judgement.files
        let roles = files.indices.map { ReviewMaterial.Role(of: $0, in: judgement, layout) }
        self.roles = roles
        let isNoted = files.indices.map { !judgement.reports(of: $0).allSatisfy(\.notes.isEmpty) }
        let texts = files.indices.filter { files[$0].kind.isText }
        let ranks = texts.map { (rank: ReviewPreparation.rank(roles[$0], isNoted: isNoted[$0]), file: $0) }
        order = ranks.sorted { ($0.rank, $0.file) < ($1.rank, $1.file) }.map(\.file)
        binaries = files.indices.filter { !files[$0].kind.isText }.map { findingPath(files[$0].name) }
    }

    /// Reads the artifact once more and keeps of every text what may be shown.
    func read(_ bytes: ArchiveBytes, limits: AnalysisLimits) -> [Int: ReviewExcerpt] {
        var waiting: [BytesKey: [Int]] = [:]
        // Several members may have one name: each is shown.
        for file in order.prefix(Self.maxFiles).reversed() {
            waiting[BytesKey(judgement.files[file].name), default: []].append(file)
        }
        var kept: [Int: ReviewExcerpt] = [:]
        let take = { [self] (member: ArchiveMember, content: MemberContent?) throws(ArchiveFailure) in
            guard member.kind == .file, let content else { return }
            guard let bytes = content.bytes else { return unheld.append(findingPath(member.name)) }
            guard let file = waiting[BytesKey(member.name)]?.popLast() else { return }
            kept[file] = excerpt(of: file, bytes)
        }
        guard let head = try? bytes.read(at: 0, count: TarHeader.blockBytes) else { return kept }
        let budget = AnalysisBudget(limits: limits, artifactBytes: bytes.count)
        // Where the first reading ended early, so does this one, and the material says that it is incomplete.
        switch layout == .wheel ? .zip : ArchiveFormat(head: head) {
        case .zip: try? ZipArchive(bytes, budget: budget, hashes: ContentHashes.none).forEachMember(take)
        case .tar(let compression): try? TarArchive(bytes, compression: compression, budget: budget).forEachMember(take)
        case nil: break
        }
        return kept
    }

    private func excerpt(of file: Int, _ bytes: [UInt8]) -> ReviewExcerpt {
        let text = SourceText(decoding: bytes, language: judgement.files[file].kind.language)
        return ReviewExcerpt(
            of: text?.bytes ?? bytes, noted: ReviewPreparation.noted(file, in: judgement), room: room)
    }
}

extension ReviewMaterial.Role {
    /// When a file of an artifact runs.
    init(of file: Int, in judgement: ArtifactJudgement, _ layout: ArtifactLayout) {
        let record = judgement.files[file]
        let path = record.path.split(separator: UInt8(ascii: "/")).map(Array.init)
        if let kind = ManifestKind(path: path, layout: layout) {
            self = kind == .wheelRecord ? .quiet : .manifest
            return
        }
        switch judgement.graph.nodes[file].reach {
        case .install: self = .install
        case .load: self = .load
        case .call, .tests, nil:
            self = record.isQuiet ? .quiet : record.kind.isProgram ? .call : .text
        }
    }

    /// Lower is shown earlier.
    fileprivate var rank: Int {
        switch self {
        case .manifest: 0
        case .install: 1
        case .load: 2
        case .call: 3
        case .text: 4
        case .quiet: 5
        case .gone: 6
        }
    }
}
