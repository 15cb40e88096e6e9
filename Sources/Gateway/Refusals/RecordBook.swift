import Cryptography
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// Writes accesses, decisions and refusals to their stores, in batches, off the requests' path.
///
/// Taking a record over costs a lock. What is not written yet when the process dies is lost; `run` writes everything that
/// was taken over before it returns. Bounded: past `maxWaiting` records are dropped, counted and reported.
final class RecordBook: RecordKeeping {
    private enum Entry: Sendable {
        case served(AnsweredRequest, ComputedDigests)
        case refused(AnsweredRequest, Refusal)
        case event(AuditEvent)
    }

    /// How often artifacts were sent and refused since the start, for metrics.
    struct Tally: Sendable, Equatable {
        var served: Int64 = 0
        var refused: [RefusalCode: Int64] = [:]
    }

    private struct State {
        var tally = Tally()
        var waiting: [Entry] = []
        var dropped = 0
        var isEnded = false
        var writer: CheckedContinuation<Void, Never>?
        /// How many records were taken over and how many of them are done with.
        var taken: UInt64 = 0
        var done: UInt64 = 0
        /// Who waits until so many are done with.
        var waiters: [(count: UInt64, continuation: CheckedContinuation<Void, Never>)] = []
        /// What was recorded as served in the present minute.
        var served: Set<ServedKey> = []
        var minute: Int64 = 0
    }

    /// A client that fetches the same bytes over and over within a minute is one record: "who fetched what when" needs no
    /// more, and a burst must not cost more than its answers. Under another statement it is another record, since that
    /// statement may turn out wrong.
    private struct ServedKey: Hashable {
        let address: String
        let client: String
        let key: ArtifactKey
        let sha512: SHA512Digest
        let standsOn: [StatementID]
    }

    private static let maxServedKeys = 20_000
    private static let maxWaiting = 50_000

    private let access: AccessLog
    private let audit: AuditLog
    private let register: RefusalRegister
    private let references: ReferenceIndex
    private let logger: Logger
    private let state = Lock(State())

    init(access: AccessLog, audit: AuditLog, register: RefusalRegister, references: ReferenceIndex, logger: Logger) {
        self.access = access
        self.audit = audit
        self.register = register
        self.references = references
        self.logger = logger
    }

    var tally: Tally { state.withLock { $0.tally } }

    // MARK: Taking over

    func served(_ request: AnsweredRequest, _ digests: ComputedDigests) {
        let key = ServedKey(
            address: request.client.address, client: request.client.name, key: request.key, sha512: digests.sha512,
            standsOn: request.judgement.decision.standsOn)
        let minute = request.moment.secondsSinceEpoch / 60
        let isNew = state.withLock { state in
            state.tally.served += 1
            if state.minute != minute || state.served.count >= Self.maxServedKeys {
                state.minute = minute
                state.served.removeAll(keepingCapacity: true)
            }
            return state.served.insert(key).inserted
        }
        if isNew { add(.served(request, digests)) }
    }

    func refused(_ request: AnsweredRequest, _ refusal: Refusal) {
        state.withLock { $0.tally.refused[refusal.code, default: 0] += 1 }
        register.record(
            RefusalHit(
                subject: request.key.subject(request.judgement.artifact.version), sha512: request.judgement.sha512,
                code: refusal.code, cause: refusal.causeSentence, until: refusal.decision.until,
                client: "\(request.client.address) \(request.client.name)", isCI: request.client.profile.isCI,
                at: request.moment))
        add(.refused(request, refusal))
    }

    func noted(_ event: AuditEvent) { add(.event(event)) }

    func refusalTarget(of reference: String) async -> ReferenceIndex.Target? {
        if let target = references.target(of: reference) { return target }
        guard let parsed = RefusalReference(parsing: reference) else { return nil }
        let records = register.find(parsed)
        guard records.count == 1, let subject = records.first?.subject, let version = subject.purl.version else {
            return nil
        }
        return ReferenceIndex.Target(
            key: ArtifactKey(source: subject.registry, name: subject.purl.name, filename: subject.filename),
            version: version)
    }

    private func add(_ entry: Entry) {
        let writer = state.withLock { state in
            if state.waiting.count >= Self.maxWaiting {
                state.dropped += 1
                return nil as CheckedContinuation<Void, Never>?
            }
            state.waiting.append(entry)
            state.taken += 1
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume()
    }

    func written() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.done >= state.taken { return true }
                state.waiters.append((count: state.taken, continuation: continuation))
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    private func finished(_ count: Int) {
        let waiters = state.withLock { state in
            state.done += UInt64(count)
            let done = state.done
            defer { state.waiters.removeAll { $0.count <= done } }
            return state.waiters.filter { $0.count <= done }
        }
        for waiter in waiters { waiter.continuation.resume() }
    }

    // MARK: Writing

    /// Writes what is taken over until `finish`, then what is left. Call it once; cancelling it does not end it.
    func run() async {
        while true {
            let (entries, dropped, isEnded) = state.withLock { state in
                defer {
                    state.waiting = []
                    state.dropped = 0
                }
                return (state.waiting, state.dropped, state.isEnded)
            }
            if dropped > 0 { logger.error("\(dropped) access and audit records were lost: the disk is too slow") }
            await write(entries)
            finished(entries.count)
            if !entries.isEmpty { continue }
            if isEnded { return }
            await waitForWork()
        }
    }

    /// Lets `run` return once everything that was taken over is written.
    func finish() {
        let writer = state.withLock { state in
            state.isEnded = true
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume()
    }

    private func waitForWork() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.waiting.isEmpty || state.isEnded { return true }
                state.writer = continuation
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// Writes one batch: all accesses in one transaction, then the audit lines, then the refusals that were hit.
    private func write(_ entries: [Entry]) async {
        let accesses = entries.compactMap(Self.access)
        do throws(DatabaseError) { try await access.record(accesses) } catch {
            logger.error("\(accesses.count) access records were lost: \(error)")
        }
        var hasRefusals = false
        for entry in entries {
            if case .refused = entry { hasRefusals = true }
            do throws(FileError) { try await audit.record(Self.line(entry)) } catch {
                logger.error("an audit record was lost: \(error)")
            }
        }
        guard hasRefusals else { return }
        do throws(DatabaseError) { try await register.flush() } catch {
            logger.error("refusals are in memory only: \(error)")
        }
    }

    private static func access(_ entry: Entry) -> AccessRecord? {
        guard case .served(let request, let digests) = entry else { return nil }
        return AccessRecord(
            at: request.moment, requestID: request.client.requestID, principal: nil, client: request.client.name,
            address: request.client.address, isCI: request.client.profile.isCI, registry: request.key.source,
            purl: request.judgement.purl, filename: request.key.filename, sha512: digests.sha512)
    }

    private static func line(_ entry: Entry) -> AuditEvent {
        switch entry {
        case .served(let request, _): AuditLines.decision(request, refusal: nil)
        case .refused(let request, let refusal): AuditLines.decision(request, refusal: refusal)
        case .event(let event): event
        }
    }
}

extension ClientFacts {
    /// `npm/10.9.2`, without the version where the client says none.
    var name: String { profile.version.map { "\(profile.kind.rawValue)/\($0)" } ?? profile.kind.rawValue }
}
