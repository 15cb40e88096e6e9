public import Cryptography
import Screening

extension LogReader {
    /// What the log says about some artifacts, with or without a server running: the same index that a server decides
    /// from, filled with what concerns these alone.
    ///
    /// - Throws: `LogError.damaged` when an entry cannot be read or a key event does not hold, `.database`.
    public func knowledge(about digests: Set<SHA512Digest>) throws(LogError) -> KnowledgeIndex {
        var entries: [LogEntry] = []
        for type in [PredicateType.keyEvent, .revocation] {
            entries += try statements(matching: StatementFilter(predicateType: type), limit: Int.max)
        }
        for digest in digests {
            entries += try statements(matching: StatementFilter(sha512: digest), limit: Int.max)
        }
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
