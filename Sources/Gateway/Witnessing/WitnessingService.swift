import HTTP
import Platform
import TransparencyLog
import VerdictStore

/// Takes new checkpoints of our log to its witnesses and shows the newest that enough of them have cosigned.
///
/// A witness that is away delays publication and nothing else: statements are logged, and act here, as always.
final class WitnessingService: CheckpointPublishing {
    private struct State {
        var published: PublishedCheckpoint?
        /// How many entries each witness has seen, by its key.
        var seen: [NoteVerifier: TreeSize] = [:]
        /// What the witnesses said last that did not cosign.
        var problems: [NoteVerifier: String] = [:]
        var notBefore: [NoteVerifier: Timestamp] = [:]
        /// Since when there has been something that is not published.
        var behindSince: Timestamp?
    }

    /// Between two looks at the log; several checkpoints within are one submission.
    private static let interval = Duration.seconds(1)
    /// How long a witness in trouble is left alone.
    private static let rest = Duration.seconds(10)
    /// How far behind is a problem.
    private static let patience = Duration.seconds(300)

    private let log: VerdictLog
    private let reads: LogReads
    private let settings: Settings
    private let client: any UpstreamFetching
    /// Where the last published checkpoint is kept.
    private let path: String
    private let clock: any WallClock
    private let pausing: any Pausing
    private let logger: Logger
    private let changes = Bell()
    private let state = Lock(State())

    init(
        log: VerdictLog, reads: LogReads, settings: Settings, client: any UpstreamFetching, path: String,
        clock: any WallClock, pausing: any Pausing, logger: Logger
    ) {
        self.log = log
        self.reads = reads
        self.settings = settings
        self.client = client
        self.path = path
        self.clock = clock
        self.pausing = pausing
        self.logger = logger
        let kept = kept()
        state.withLock { $0.published = kept }
    }

    private var policy: WitnessPolicy { settings.current.witnessing }

    /// The newest checkpoint that the quorum cosigned; nil while there is none. Without witnesses the newest of all.
    var published: PublishedCheckpoint? {
        guard !policy.witnesses.isEmpty else { return PublishedCheckpoint(log.checkpoint) }
        return state.withLock { $0.published }
    }

    /// What was published before a restart, when it satisfies today's policy.
    private func kept() -> PublishedCheckpoint? {
        guard Files.exists(path), let bytes = try? Files.readAll(path, maxBytes: SignedNote.maxBytes),
            let verifier = try? CheckpointVerifier(
                logKeys: log.keyring.logVerifiers(origin: log.origin), witnesses: policy.witnesses.map(\.key),
                quorum: policy.quorum),
            let verified = try? verifier.verify(bytes), verified.checkpoint.size <= log.size
        else { return nil }
        return PublishedCheckpoint(verified.note)
    }

    /// Notices another configuration.
    func policyChanged() { changes.ring() }

    /// Looks after new checkpoints until the calling task is cancelled.
    func run() async {
        while !Task.isCancelled {
            let ringing = changes.ringing
            guard !policy.witnesses.isEmpty else {
                await changes.wait(after: ringing)
                continue
            }
            await look()
            await pausing.pause(for: Self.interval)
        }
    }

    /// One look: submits the newest checkpoint where it is not known yet, and publishes it once enough have cosigned.
    func look() async {
        let policy = policy
        let newest = PublishedCheckpoint(log.checkpoint)
        guard !policy.witnesses.isEmpty else { return state.withLock { $0.behindSince = nil } }
        if let published, published.checkpoint.size == newest.checkpoint.size { return }
        let now = clock.now()
        state.withLock { if $0.behindSince == nil { $0.behindSince = now } }
        let due = policy.witnesses.filter { witness in
            state.withLock { $0.notBefore[witness.key].map { $0 <= now } ?? true }
        }
        guard due.count >= policy.quorum else { return }
        var cosignatures: [NoteSignature] = []
        await withTaskGroup(of: NoteSignature?.self) { group in
            for witness in due { group.addTask { await self.submit(newest, to: witness) } }
            for await signature in group { if let signature { cosignatures.append(signature) } }
        }
        guard cosignatures.count >= policy.quorum else { return }
        await publish(newest, with: cosignatures, under: policy)
    }

    private func publish(
        _ newest: PublishedCheckpoint, with cosignatures: [NoteSignature], under policy: WitnessPolicy
    ) async {
        var note = newest.note
        for signature in cosignatures.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            note.add(signature)
        }
        let verifier = try? CheckpointVerifier(
            logKeys: log.keyring.logVerifiers(origin: log.origin), witnesses: policy.witnesses.map(\.key),
            quorum: policy.quorum)
        guard let verifier, (try? verifier.verify(note)) != nil else { return }
        let bytes = note.bytes
        // ✝ Before this is on the disk: after a restart the witnesses are asked again, and answer the same.
        do throws(LogReads.Failure) {
            try await reads.run { [path] _ throws(LogError) in
                do throws(FileError) { try Files.writeDurably(bytes, to: path, mode: 0o644) } catch {
                    throw .file(error)
                }
            }
        } catch {
            logger.warning("the published checkpoint is not kept: \(error)")
        }
        let published = PublishedCheckpoint(note)
        state.withLock { state in
            guard published.size >= state.published?.size ?? 0 else { return }
            state.published = published
            state.behindSince = nil
        }
    }

    private func submit(_ newest: PublishedCheckpoint, to witness: OwnWitness) async -> NoteSignature? {
        let client = WitnessClient(witness: witness, client: client)
        var older = state.withLock { $0.seen[witness.key] } ?? .zero
        // At most one correction: what the witness says it has seen is then what the proof begins with.
        for _ in 0..<2 {
            guard older <= newest.checkpoint.size else {
                return failed(witness, "it has seen \(older) entries, more than this log: was an old copy put back?")
            }
            let from = older.value
            let proof: ConsistencyProof?
            do throws(LogReads.Failure) {
                proof = try await reads.run { reader throws(LogError) in
                    try reader.consistencyProof(from: from, to: newest.size)
                }
            } catch {
                return nil
            }
            guard let proof else { return nil }
            switch await client.add(WitnessRequest(older: older, hashes: proof.hashes, note: newest.note)) {
            case .cosigned(let signature):
                state.withLock { state in
                    state.seen[witness.key] = newest.checkpoint.size
                    state.problems[witness.key] = nil
                    state.notBefore[witness.key] = nil
                }
                return signature
            case .expects(let size): older = size
            case .refused(let reason): return failed(witness, reason)
            }
        }
        return failed(witness, "it refuses the size that it asked for")
    }

    private func failed(_ witness: OwnWitness, _ reason: String) -> NoteSignature? {
        let isNew = state.withLock { state in
            state.notBefore[witness.key] = clock.now().adding(Self.rest)
            defer { state.problems[witness.key] = reason }
            return state.problems[witness.key] != reason
        }
        // The same trouble every few seconds is one line.
        if isNew { logger.warning("the witness \(witness.key.name) does not cosign: \(reason)") }
        return nil
    }

    /// Whether what is shown keeps up with the log.
    var report: HealthReport {
        let policy = policy
        let name = "witnesses"
        guard !policy.witnesses.isEmpty else { return HealthReport(name: name, state: .ok) }
        return state.withLock { state in
            let trouble = policy.witnesses.compactMap { witness in
                state.problems[witness.key].map { "\(witness.key.name): \($0)" }
            }
            let isLate = state.behindSince.map { $0.adding(Self.patience) <= clock.now() } ?? false
            guard isLate || !trouble.isEmpty else { return HealthReport(name: name, state: .ok) }
            let size = state.published.map { "\($0.size)" } ?? "none"
            let shown = "published up to \(size) of \(log.size) entries"
            return HealthReport(
                name: name, state: .degraded, problem: ([shown] + trouble).joined(separator: "; "))
        }
    }
}
