import Cryptography
import Screening

/// A verdict that stands on another one: its basis is a difference.
struct ChainLink {
    let statement: StatementID
    let logIndex: UInt64
    let subject: SHA512Digest
    let analyzer: AnalyzerID
    let base: SHA512Digest
    let baseStatement: StatementID
    let anchorStatement: StatementID
    let depth: Int

    /// The link that a logged verdict is; nil for one that was reached from the whole artifact.
    init?(_ logged: LoggedStatement, _ verdict: VerdictStatement) {
        guard case .diff(let base, let baseStatement, let anchorStatement, let depth) = verdict.basis else {
            return nil
        }
        statement = logged.statementID
        logIndex = logged.logIndex
        subject = verdict.subject.sha512
        analyzer = verdict.analyzer.id
        self.base = base
        self.baseStatement = baseStatement
        self.anchorStatement = anchorStatement
        self.depth = depth
    }
}

/// Which verdicts stand on which, and which of them do not count because of that.
///
/// The faults are kept up to date whenever something changes that they depend on, so that a look at an artifact walks no
/// chain. A verdict only ever stands on one that is earlier in the log, so nothing stands on itself, and the outcome is the
/// same whatever order changes are taken in.
struct ChainBook {
    private(set) var links: [StatementID: ChainLink] = [:]
    /// The links that do not hold.
    private(set) var faults: [StatementID: ChainFault] = [:]
    /// Links by the bytes that they stand on.
    private var standingOn: [SHA512Digest: [StatementID]] = [:]
    private var byBaseStatement: [StatementID: [StatementID]] = [:]
    /// The bytes that something stands on and of which a verdict once said that they are malicious.
    private var accused: Set<SHA512Digest> = []

    var isEmpty: Bool { links.isEmpty }

    /// Every link, in log order: what a link stands on comes before it.
    var inOrder: [ChainLink] { links.values.sorted { $0.logIndex < $1.logIndex } }

    /// The links that stand on these bytes.
    func links(on digest: SHA512Digest) -> [ChainLink] { (standingOn[digest] ?? []).compactMap { links[$0] } }

    /// The bytes whose links a revocation of that statement may change: those that stand on it, and those whose bytes may
    /// be accused or cleared by it.
    func bases(touchedBy statement: StatementID) -> [SHA512Digest] {
        let direct = (byBaseStatement[statement] ?? []).compactMap { links[$0]?.base }
        return Array(accused.union(direct))
    }

    mutating func add(_ link: ChainLink, isAccused: Bool) {
        // The same statement by a second key: the earlier place is the one that counts.
        guard links[link.statement] == nil else { return }
        links[link.statement] = link
        standingOn[link.base, default: []].append(link.statement)
        byBaseStatement[link.baseStatement, default: []].append(link.statement)
        if isAccused { accused.insert(link.base) }
    }

    /// Takes note that a verdict says that these bytes are malicious.
    mutating func accuse(_ digest: SHA512Digest) {
        if standingOn[digest] != nil { accused.insert(digest) }
    }

    /// Keeps whether a link holds.
    ///
    /// - Returns: whether that changed.
    mutating func set(_ fault: ChainFault?, of statement: StatementID) -> Bool {
        let before = faults[statement]
        faults[statement] = fault
        return (before == nil) != (fault == nil)
    }
}
