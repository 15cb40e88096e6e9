import Cryptography
public import Screening

/// Whether a verdict or a ruling of the log counts, as of the log's last entry.
public enum StatementStanding: String, Sendable, CaseIterable {
    case stands
    /// A revocation takes it back: it counts as never said.
    case revoked
    /// The key that signed it was ended from before it on.
    case void
    /// What it stands on no longer holds it: it is a verdict about a difference, and its base does not count.
    case unsound
}

extension LogReader {
    /// Whether each of these entries counts; entries that no revocation can name always stand.
    ///
    /// - Throws: `LogError.damaged` when an entry cannot be read or a key event does not hold, `.database`.
    public func standing(of entries: [LogEntry]) throws(LogError) -> [StatementID: StatementStanding] {
        let knowledge = try knowledge(about: Set(entries.compactMap { $0.logged.statement.subject?.sha512 }))
        var standing: [StatementID: StatementStanding] = [:]
        for entry in entries {
            standing[entry.logged.statementID] = Self.standing(of: entry.logged, in: knowledge)
        }
        return standing
    }

    private static func standing(of logged: LoggedStatement, in knowledge: KnowledgeIndex) -> StatementStanding {
        let counts: Bool
        switch logged.statement {
        case .verdict(let verdict):
            switch knowledge.standing(of: logged.statementID, about: verdict.subject.sha512) {
            case .stands: return .stands
            case .void: return .void
            case .unsound: return .unsound
            case .revoked: counts = false
            }
        case .disposition(let disposition):
            counts = knowledge.about(disposition.subject.sha512).dispositions.contains {
                $0.statement == logged.statementID
            }
        case .keyEvent, .revocation, .importReceipt, .logSuccession: return .stands
        }
        if counts { return .stands }
        return knowledge.keyring.isValid(logged.signer, at: logged.logIndex) ? .revoked : .void
    }
}
