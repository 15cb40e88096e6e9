public import Registry
public import Screening

/// A verdict about a difference that does not count, because of what it stands on.
public struct ChainFinding: Hashable, Sendable, CustomStringConvertible {
    public let logIndex: UInt64
    public let statement: StatementID
    /// What the artifact was seen as.
    public let purl: PackageURL
    public let baseStatement: StatementID
    public let fault: ChainFault
    /// Whether the verdict was revoked, or its key ended from before it on: then it counts for nothing in any case.
    public let isTakenBack: Bool

    /// Whether a log in good order could not have it, and nobody has taken it back.
    public var isBroken: Bool { fault.isForgery && !isTakenBack }

    public var description: String {
        "entry \(logIndex), the verdict \(statement.short) about \(purl.text), \(fault.explanation) "
            + "(\(fault.rawValue), \(baseStatement.short))"
    }
}

/// What `log verify` found about verdicts that stand on others.
public struct ChainReport: Hashable, Sendable {
    /// How many verdicts are about a difference.
    public let verdicts: Int
    /// Those that do not count, in log order.
    public let findings: [ChainFinding]

    /// What no log in good order has: somebody who held the keys wrote it past the gateway's checks.
    public var broken: [ChainFinding] { findings.filter(\.isBroken) }

    /// What lost its base in good order, and what was forged and is taken back: these artifacts are analysed again.
    public var lapsed: [ChainFinding] { findings.filter { !$0.isBroken } }
}

/// The verdicts about differences that a walk over the log came by.
struct ChainedVerdict: Hashable, Sendable {
    let logIndex: UInt64
    let statement: StatementID
    let subject: Subject
    let baseStatement: StatementID

    /// - Returns: nil for anything but a verdict about a difference.
    init?(_ logged: LoggedStatement) {
        guard case .verdict(let verdict) = logged.statement,
            case .diff(_, let baseStatement, _, _) = verdict.basis
        else { return nil }
        logIndex = logged.logIndex
        statement = logged.statementID
        subject = verdict.subject
        self.baseStatement = baseStatement
    }
}

extension LogReader {
    /// Checks what these verdicts stand on, as of the log's first `size` entries.
    ///
    /// - Throws: `LogError.damaged` when an entry cannot be read, `.database`.
    func chains(of verdicts: [ChainedVerdict], size: UInt64) throws(LogError) -> ChainReport {
        guard !verdicts.isEmpty else { return ChainReport(verdicts: 0, findings: []) }
        let knowledge = try knowledge(about: Set(verdicts.map(\.subject.sha512)), below: size)
        var findings: [ChainFinding] = []
        for verdict in verdicts {
            guard var fault = knowledge.chainFault(of: verdict.statement) else { continue }
            if fault == .missingBase, try isInLog(verdict.baseStatement, below: size) { fault = .otherBytes }
            let standing = knowledge.standing(of: verdict.statement, about: verdict.subject.sha512)
            findings.append(
                ChainFinding(
                    logIndex: verdict.logIndex, statement: verdict.statement, purl: verdict.subject.purl,
                    baseStatement: verdict.baseStatement, fault: fault,
                    isTakenBack: standing == .revoked || standing == .void))
        }
        return ChainReport(verdicts: verdicts.count, findings: findings)
    }

    private func isInLog(_ statement: StatementID, below size: UInt64) throws(LogError) -> Bool {
        do throws(LogError) {
            return try self.statement(withPrefix: statement.hex).logged.logIndex < size
        } catch .noSuchStatement {
            return false
        }
    }
}
