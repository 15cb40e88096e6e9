public import Cryptography
import Screening

extension LogReader {
    /// What the log says about some artifacts, with or without a server running: the same index that a server decides
    /// from, filled with what concerns these alone.
    ///
    /// - Throws: `LogError.damaged` when an entry cannot be read or a key event does not hold, `.database`.
    public func knowledge(about digests: Set<SHA512Digest>) throws(LogError) -> KnowledgeIndex {
        try knowledge(about: digests, below: UInt64.max)
    }

    /// The same as of the log's first entries.
    func knowledge(about digests: Set<SHA512Digest>, below size: UInt64) throws(LogError) -> KnowledgeIndex {
        var entries: [LogEntry] = []
        for type in [PredicateType.keyEvent, .revocation] {
            entries += try statements(matching: StatementFilter(predicateType: type), limit: Int.max)
        }
        var (pending, seen) = (Array(digests), digests)
        while let digest = pending.popLast() {
            let found = try statements(matching: StatementFilter(sha512: digest), limit: Int.max)
            entries += found
            // Whether a verdict about a difference counts is said by what is known of its base.
            for case .verdict(let verdict) in found.map(\.logged.statement) {
                guard case .diff(let base, _, _, _) = verdict.basis, seen.insert(base).inserted else { continue }
                pending.append(base)
            }
        }
        entries.removeAll { $0.logged.logIndex >= size }
        entries.sort { $0.logged.logIndex < $1.logged.logIndex }
        let index = KnowledgeIndex()
        var keyring = Keyring()
        for entry in entries {
            if case .keyEvent(let event) = entry.logged.statement {
                do throws(StatementError) {
                    try keyring.apply(event, at: entry.logged.logIndex, signedBy: entry.logged.signers)
                } catch {
                    throw .damaged(.entry(index: entry.logged.logIndex, reason: "\(error)"))
                }
            }
            index.add([entry.logged], keyring: keyring)
        }
        return index
    }
}
