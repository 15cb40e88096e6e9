import Cryptography
import Platform
import Screening

@testable import VerdictStore

/// The sequencer's steps in their order, as far as a fault can hit them.
enum LogStep: String, CaseIterable, Sendable {
    case begin, insertEntry, insertTile, insertCheckpoint, commit, rollBack, walCheckpoint

    /// Those whose failure a rollback takes back.
    static let beforeCommit: [LogStep] = [.begin, .insertEntry, .insertTile, .insertCheckpoint]
}

/// What happens at a step.
enum LogFault: String, CaseIterable, Sendable {
    /// The step fails and has done nothing.
    case failedAndLost
    /// The step fails, although it has done its work.
    case failedButPersisted
}

/// When a double fails: at the n-th time that a step is reached, with one kind of error.
final class FaultPlan: Sendable {
    private let state: Lock<(step: LogStep, fault: LogFault, kind: DatabaseError.Kind, remaining: Int)>

    init(_ step: LogStep, _ fault: LogFault, kind: DatabaseError.Kind = .full, atPass pass: Int = 1) {
        state = Lock((step: step, fault: fault, kind: kind, remaining: pass))
    }

    /// The fault that hits this pass of `step`, if any.
    func fault(at step: LogStep) -> (fault: LogFault, error: DatabaseError)? {
        state.withLock { state in
            guard step == state.step, state.remaining > 0 else { return nil }
            state.remaining -= 1
            guard state.remaining == 0 else { return nil }
            let error = DatabaseError(
                kind: state.kind, path: "double", operation: step.rawValue, detail: state.fault.rawValue)
            return (fault: state.fault, error: error)
        }
    }
}

/// The real database, failing where its plan says so.
final class FaultyLogDatabase: LogDatabase {
    private let real: any LogDatabase
    private let plan: FaultPlan

    init(_ real: any LogDatabase, plan: FaultPlan) {
        self.real = real
        self.plan = plan
    }

    private func perform(_ step: LogStep, _ work: () throws(DatabaseError) -> Void) throws(DatabaseError) {
        guard let hit = plan.fault(at: step) else { return try work() }
        switch hit.fault {
        case .failedAndLost: break
        case .failedButPersisted: try work()
        }
        throw hit.error
    }

    func entry(of statement: StatementID, signer: KeyID) throws(DatabaseError) -> (logIndex: UInt64, leaf: [UInt8])? {
        try real.entry(of: statement, signer: signer)
    }

    func begin() throws(DatabaseError) {
        try perform(.begin) { () throws(DatabaseError) in try real.begin() }
    }

    func insert(_ entry: PendingEntry) throws(DatabaseError) {
        try perform(.insertEntry) { () throws(DatabaseError) in try real.insert(entry) }
    }

    func insert(_ tile: FullTile) throws(DatabaseError) {
        try perform(.insertTile) { () throws(DatabaseError) in try real.insert(tile) }
    }

    func insert(_ checkpoint: StoredCheckpoint) throws(DatabaseError) {
        try perform(.insertCheckpoint) { () throws(DatabaseError) in try real.insert(checkpoint) }
    }

    func commit() throws(DatabaseError) {
        try perform(.commit) { () throws(DatabaseError) in try real.commit() }
    }

    func rollBack() throws(DatabaseError) {
        try perform(.rollBack) { () throws(DatabaseError) in try real.rollBack() }
    }

    func walCheckpoint() throws(DatabaseError) {
        try perform(.walCheckpoint) { () throws(DatabaseError) in try real.walCheckpoint() }
    }
}
