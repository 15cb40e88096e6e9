public import Cryptography
public import Screening

/// A statement that a verdict about a difference may stand on.
public struct VerifiedBase: Sendable, Equatable {
    public let statement: StatementID
    /// The full review that its chain begins with; itself when it is one.
    public let anchorStatement: StatementID
    /// The bytes that were reviewed in full there.
    public let anchor: SHA512Digest
    /// How many differences lie between it and its anchor; 0 for a full review.
    public let depth: Int

    public init(statement: StatementID, anchorStatement: StatementID, anchor: SHA512Digest, depth: Int) {
        self.statement = statement
        self.anchorStatement = anchorStatement
        self.anchor = anchor
        self.depth = depth
    }

    /// The basis of a verdict that stands on it.
    public func basis(of base: SHA512Digest) -> Basis {
        .diff(base: base, baseStatement: statement, anchorStatement: anchorStatement, depth: depth + 1)
    }
}

extension KnowledgeIndex {
    /// The newest statement of an analyzer about these bytes, when it is something to stand on: it counts, it says clean of
    /// the bytes whatever they are called, its own chain holds, and no verdict says that the bytes are malicious.
    public func verifiedBase(by analyzer: AnalyzerID, about digest: SHA512Digest) -> VerifiedBase? {
        withState { $0.verifiedBase(by: analyzer, about: digest) }
    }

    /// Why a verdict about a difference does not count; nil when what it stands on holds it, and for every other statement.
    public func chainFault(of statement: StatementID) -> ChainFault? {
        withState { $0.authority.chains.faults[statement] }
    }

    /// Whether a verdict about these bytes counts; one that the log does not have counts as revoked.
    func standing(of statement: StatementID, about digest: SHA512Digest) -> StatementStanding {
        withState { $0.subjects[digest]?.standing(of: statement, under: $0.authority) ?? .revoked }
    }

    /// How many verdicts do not count because of what they stand on.
    public var chainFaultCount: Int { withState { $0.authority.chains.faults.count } }
}

extension KnowledgeIndex.State {
    /// Takes note of a verdict that was added to its artifact's record.
    ///
    /// - Returns: the artifacts of which another verdict counts, or one no longer counts.
    mutating func chain(_ logged: LoggedStatement, _ verdict: VerdictStatement) -> [SHA512Digest] {
        if verdict.verdict == .malicious { authority.chains.accuse(verdict.subject.sha512) }
        guard let link = ChainLink(logged, verdict) else { return reconsider([verdict.subject.sha512]) }
        authority.chains.add(link, isAccused: subjects[link.base]?.wasAccused ?? false)
        let changed = reconsider([link.base])
        return changed + reconsider([verdict.subject.sha512])
    }

    /// Takes note of a revocation.
    mutating func rechain(_ target: RevocationTarget) -> [SHA512Digest] {
        switch target {
        case .statement(let id): reconsider(authority.chains.bases(touchedBy: id))
        case .ruleset, .analyzer, .key: rechainAll()
        }
    }

    /// Looks at every link again: after an event that may touch anything.
    mutating func rechainAll() -> [SHA512Digest] {
        var changed: [SHA512Digest] = []
        for link in authority.chains.inOrder where authority.chains.set(fault(of: link), of: link.statement) {
            changed.append(link.subject)
        }
        return changed
    }

    /// Looks again at what stands on these bytes, and on what changed by that, and so on upwards.
    private mutating func reconsider(_ bases: [SHA512Digest]) -> [SHA512Digest] {
        guard !authority.chains.isEmpty else { return [] }
        var changed: [SHA512Digest] = []
        var pending = bases
        while let digest = pending.popLast() {
            for link in authority.chains.links(on: digest) {
                guard authority.chains.set(fault(of: link), of: link.statement) else { continue }
                changed.append(link.subject)
                pending.append(link.subject)
            }
        }
        return changed
    }

    /// Why what a link stands on does not hold it; nil when it does.
    private func fault(of link: ChainLink) -> ChainFault? {
        guard let record = subjects[link.base], let base = record.verdict(link.baseStatement) else {
            return .missingBase
        }
        if base.logIndex >= link.logIndex { return .laterBase }
        if base.analyzer != link.analyzer { return .otherAnalyzer }
        if base.verdict != .clean { return .uncleanBase }
        let before = authority.chains.links[base.statement]
        if link.anchorStatement != before?.anchorStatement ?? base.statement { return .wrongAnchor }
        if link.depth != (before?.depth ?? 0) + 1 { return .wrongDepth }
        switch record.standing(of: base.statement, under: authority) {
        case .revoked: return .revokedBase
        case .void: return .voidBase
        case .unsound: return .unsoundBase
        case .stands: break
        }
        return record.isAccused(under: authority) ? .maliciousBase : nil
    }

    fileprivate func verifiedBase(by analyzer: AnalyzerID, about digest: SHA512Digest) -> VerifiedBase? {
        guard let record = subjects[digest], !record.isAccused(under: authority),
            let newest = record.cleanBase(by: analyzer, under: authority)
        else { return nil }
        guard let link = authority.chains.links[newest] else {
            return VerifiedBase(statement: newest, anchorStatement: newest, anchor: digest, depth: 0)
        }
        var first = link
        // Each step goes back in the log, so there is an end.
        while let earlier = authority.chains.links[first.baseStatement] { first = earlier }
        return VerifiedBase(
            statement: newest, anchorStatement: link.anchorStatement, anchor: first.base, depth: link.depth)
    }
}
