import Cryptography
import Screening

/// What the revocations of one log take back, as far as their own signers are good.
///
/// What a revocation matches counts as never said, wherever it stands in the log; the order in which both were appended
/// changes nothing. Rulings that refuse are the exception: they go only when the root keys name that very statement.
/// Spec: verdict-log, section 1, row `revocation:v1`; rfcs/0007.
struct RevocationBook {
    private struct Entry {
        let target: RevocationTarget
        let logIndex: UInt64
        let signers: [KeyID]
    }

    /// Who revoked a single statement.
    private struct Reach {
        var isByRoot = false
        /// The scopes of the verdict keys that did.
        var scopes: [KeyScope] = []
    }

    private struct AnalyzerVersion: Hashable {
        let analyzer: AnalyzerID
        let version: String
    }

    /// Every revocation of the log, in its order.
    private var entries: [Entry] = []
    private var statements: [StatementID: Reach] = [:]
    private var rulesets: Set<SHA256Digest> = []
    private var analyzers: Set<AnalyzerVersion> = []
    private var keys: Set<KeyID> = []

    /// Whether the log has no revocation, good or void.
    var isEmpty: Bool { entries.isEmpty }

    mutating func add(_ revocation: RevocationStatement, at index: UInt64, signers: [KeyID], keyring: Keyring) {
        let entry = Entry(target: revocation.target, logIndex: index, signers: signers)
        entries.append(entry)
        count(entry, keyring)
    }

    /// Works out again what counts, after the keys changed.
    mutating func recount(with keyring: Keyring) {
        statements = [:]
        rulesets = []
        analyzers = []
        keys = []
        for entry in entries { count(entry, keyring) }
    }

    private mutating func count(_ entry: Entry, _ keyring: Keyring) {
        guard keyring.isAuthorized(entry.signers, at: entry.logIndex) else { return }
        switch entry.target {
        case .statement(let id):
            for signer in entry.signers.compactMap(keyring.key) {
                if signer.role == .root {
                    statements[id, default: Reach()].isByRoot = true
                } else {
                    statements[id, default: Reach()].scopes.append(signer.scope)
                }
            }
        case .ruleset(let ruleset): rulesets.insert(ruleset.digest)
        case .analyzer(let id, let version): analyzers.insert(AnalyzerVersion(analyzer: id, version: version))
        case .key(let id): keys.insert(id)
        }
    }

    func isRevoked(ruleset: SHA256Digest) -> Bool { rulesets.contains(ruleset) }

    func isRevoked(analyzer: AnalyzerID, version: String) -> Bool {
        analyzers.contains(AnalyzerVersion(analyzer: analyzer, version: version))
    }

    func isRevoked(key: KeyID) -> Bool { keys.contains(key) }

    /// Whether a verdict counts as never said.
    func takesBack(_ verdict: StandingVerdict, by origin: VerdictOrigin) -> Bool {
        takesBack(verdict.statement, by: verdict.signer, analyzer: verdict.analyzer, origin)
    }

    func takesBack(
        _ statement: StatementID, by signer: KeyID, analyzer: AnalyzerID, _ origin: VerdictOrigin
    ) -> Bool {
        if keys.contains(signer) || rulesets.contains(origin.ruleset)
            || isRevoked(analyzer: analyzer, version: origin.version)
        {
            return true
        }
        return takesBack(byName: statement, analyzer: analyzer)
    }

    /// Whether a revocation names this very verdict.
    func takesBack(byName verdict: StandingVerdict) -> Bool {
        takesBack(byName: verdict.statement, analyzer: verdict.analyzer)
    }

    private func takesBack(byName statement: StatementID, analyzer: AnalyzerID) -> Bool {
        guard let reach = statements[statement] else { return false }
        return reach.isByRoot || reach.scopes.contains { $0.analyzers?.contains(analyzer) ?? true }
    }

    /// Whether a ruling counts as never said. A verdict key never takes back what a person said.
    func takesBack(_ disposition: StandingDisposition) -> Bool { takesBack(ruling: disposition.statement) }

    func takesBack(ruling statement: StatementID) -> Bool { statements[statement]?.isByRoot ?? false }
}

/// What revocations match a verdict by, besides the statement and its key.
struct VerdictOrigin: Hashable {
    let version: String
    let ruleset: SHA256Digest

    init(_ revision: AnalyzerRevision) {
        version = revision.version
        ruleset = revision.ruleset.digest
    }
}
