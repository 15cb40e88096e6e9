import Cryptography
import Platform
import Screening
import TransparencyLog

/// What importing a bundle would do.
public struct ImportOutlook: Hashable, Sendable {
    /// Entries that are new here.
    public let newStatements: UInt64
    /// Entries that are held already.
    public let knownStatements: UInt64
    /// The state of the log that was seen before; 0 when none was.
    public let seenSize: UInt64
}

extension ForeignStore {
    /// Takes over a verified bundle: all of it or nothing.
    ///
    /// Durable when this returns, with a receipt in the own log. A bundle that adds nothing changes nothing, however
    /// often it comes.
    ///
    /// - Parameter trust: the trust that the bundle was verified with, as it is now.
    /// - Throws: `ExchangeFailure`. A contradiction with what was seen before is kept as evidence.
    public func importBundle(
        _ bundle: VerifiedBundle, trust: TrustedLog
    ) async throws(ExchangeFailure) -> ImportOutcome {
        try check(bundle, trust)
        try await claim(bundle.origin)
        do throws(ExchangeFailure) {
            let staged = try await onThread { [self] (table) throws(ExchangeFailure) in
                try stage(bundle.received, trust, table)
            }
            let outcome = try await staged.asyncMap { (staged) throws(ExchangeFailure) in try await complete(staged) }
            release(bundle.origin)
            return outcome ?? .alreadyImported
        } catch {
            release(bundle.origin)
            throw error
        }
    }

    /// Says what `importBundle` would do. Nothing is written, not even evidence.
    ///
    /// - Throws: the `ExchangeFailure` that importing would end with, as far as it can be known before.
    public func outlook(
        of bundle: VerifiedBundle, trust: TrustedLog
    ) async throws(ExchangeFailure) -> ImportOutlook {
        try check(bundle, trust)
        return try await onThread { [self] (table) throws(ExchangeFailure) in
            let plan = try plan(bundle.received, trust, table)
            if let contradiction = plan.contradiction { throw contradiction.failure }
            return ImportOutlook(
                newStatements: UInt64(plan.positions.count),
                knownStatements: bundle.received.statements - UInt64(plan.positions.count),
                seenSize: memory(of: bundle.origin)?.size ?? 0)
        }
    }

    private func check(_ bundle: VerifiedBundle, _ trust: TrustedLog) throws(ExchangeFailure) {
        let believed = bundle.trust
        guard believed.verifier == trust.verifier, believed.roots == trust.roots, believed.signers == trust.signers
        else { throw .notTrusted(origin: bundle.origin) }
        if let end = trust.expiresAt, !trust.isInForce(at: clock.now()) {
            throw .trustExpired(origin: trust.origin, at: end)
        }
    }

    // MARK: On the store's thread

    /// What a bundle would add.
    private struct Plan {
        /// Which of its entries are new here.
        var positions: [Int] = []
        var tree = MerkleFrontier()
        var contradiction: Contradiction?
    }

    private func plan(
        _ bundle: ReceivedBundle, _ trust: TrustedLog, _ table: ForeignTable
    ) throws(ExchangeFailure) -> Plan {
        let origin = bundle.origin
        let memory = memory(of: origin) ?? ForeignLogMemory()
        let continuity = ForeignContinuity(origin: origin, memory: memory, now: clock.now())
        var plan = Plan()
        switch try continuity.judge(bundle, table) {
        case .proved: break
        case .contradicted(let contradiction):
            plan.contradiction = contradiction
            return plan
        case .refused(let failure): throw failure
        }
        let log = try inDatabase { () throws(DatabaseError) in try table.knownLog(named: origin) }
        var bytes = memory.bytes
        for (position, entry) in bundle.entries.enumerated() {
            let held = try log.flatMap { (log) throws(ExchangeFailure) in
                try inDatabase { () throws(DatabaseError) in try table.leaf(of: log, at: entry.logIndex) }
            }
            if let held {
                guard MerkleTree.leafHash(held) == entry.leafHash else {
                    plan.contradiction = continuity.splitView(
                        bundle.note.bytes, bundle.checkpoint, "entry \(entry.logIndex) is another one")
                    return plan
                }
                continue
            }
            plan.positions.append(position)
            plan.tree.append(leafHash: entry.leafHash)
            bytes += UInt64(entry.byteCount)
        }
        try trust.quota.check(
            origin: origin, statements: memory.statements + UInt64(plan.positions.count), bytes: bytes)
        return plan
    }

    /// Writes the new entries of a bundle. ✝ Nobody sees them; the next start drops them.
    ///
    /// - Returns: what the own log is to be told; nil when the bundle adds nothing.
    private func stage(
        _ bundle: ReceivedBundle, _ trust: TrustedLog, _ table: ForeignTable
    ) throws(ExchangeFailure) -> ForeignImport? {
        let plan = try plan(bundle, trust, table)
        if let contradiction = plan.contradiction { try refuse(contradiction, table) }
        let seen = memory(of: bundle.origin)?.size ?? 0
        if plan.positions.isEmpty, bundle.checkpoint.size.value <= seen { return nil }
        let new = ForeignImport(
            number: newNumber(), origin: bundle.origin, source: .bundle, digest: bundle.digest,
            treeSize: bundle.checkpoint.size.value, root: bundle.checkpoint.root, statements: plan.tree.size.value,
            statementsRoot: plan.tree.root, createdAt: clock.now(), note: bundle.note.bytes, frontier: nil)
        // Even a transaction that fails may have happened.
        update(bundle.origin) { $0.isUnsettled = true }
        try write(.stage, table) { () throws(ExchangeFailure) in
            let log = try inDatabase { () throws(DatabaseError) in try table.log(named: new.origin) }
            for position in plan.positions {
                let leaf = try bundle.leaf(position)
                try inDatabase { () throws(DatabaseError) in
                    try table.insert(leaf, of: log, at: bundle.entries[position].logIndex, import: new.number)
                }
            }
            try inDatabase { () throws(DatabaseError) in try table.insert(new, log: log) }
        }
        return new
    }
}

// The second and third write, the same for bundles and followed logs.
extension ForeignStore {
    /// Gets a receipt for what is staged and lets it count.
    func complete(_ staged: ForeignImport) async throws(ExchangeFailure) -> ImportOutcome {
        let logged: LoggedStatement
        do throws(LogError) {
            // ✝ After this: the next start finds the receipt and completes the import.
            logged = try await book.append(staged.receipt)
        } catch {
            return try await outcome(of: staged, after: error)
        }
        try await onThread { [self] (table) throws(ExchangeFailure) in
            // ✝ The same, until this is durable.
            try write(.confirm, table) { () throws(ExchangeFailure) in
                try inDatabase { () throws(DatabaseError) in
                    try table.confirm(staged.number, receipt: logged.statementID, at: logged.logIndex)
                }
            }
            update(staged.origin) { $0.isUnsettled = false }
            try activate(staged, table)
        }
        return .imported(receipt: logged, statements: staged.statements)
    }

    /// What became of an import whose receipt the log refused, or may have: the log itself says it.
    ///
    /// - Throws: `ExchangeFailure.receipt` when there is no receipt; what was staged is dropped then, at the next start
    ///   when the log has ended and can say nothing.
    private func outcome(
        of staged: ForeignImport, after error: LogError
    ) async throws(ExchangeFailure) -> ImportOutcome {
        if case .ended = error { throw .receipt(error) }
        if case .closed = error { throw .receipt(error) }
        let logged = try await onThread { [self] (table) throws(ExchangeFailure) in
            try settle(staged.origin, table)[staged.number]
        }
        guard let logged else { throw .receipt(error) }
        return .imported(receipt: logged, statements: staged.statements)
    }
}

extension ForeignQuota {
    /// - Throws: `ExchangeFailure.overQuota`.
    func check(origin: String, statements: UInt64, bytes: UInt64) throws(ExchangeFailure) {
        guard statements <= maxStatements else {
            throw .overQuota(origin: origin, what: "statements", wanted: statements, limit: maxStatements)
        }
        guard bytes <= maxBytes else {
            throw .overQuota(origin: origin, what: "bytes", wanted: bytes, limit: maxBytes)
        }
    }
}

extension Optional {
    /// `map` with a transform that suspends.
    func asyncMap<Outcome, Failure: Error>(
        _ transform: (Wrapped) async throws(Failure) -> Outcome
    ) async throws(Failure) -> Outcome? {
        switch self {
        case .some(let value): try await transform(value)
        case .none: nil
        }
    }
}
