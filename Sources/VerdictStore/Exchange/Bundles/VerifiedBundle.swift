import Cryptography
public import Platform
public import Screening
public import TransparencyLog

/// A bundle of which everything was verified that can be without knowing what was seen of the log before.
///
/// The checkpoint is signed by trusted keys and seen by enough witnesses; every entry is in that tree at its place;
/// every entry is signed by a key that the log's own key events had introduced for it, below a trusted root or named
/// itself. Nothing else can be imported. It does not say that entries or revocations were not left out.
///
/// Spec: verdict-log.md, section 4.
public struct VerifiedBundle: Sendable {
    public let received: ReceivedBundle
    /// What it was verified with.
    public let trust: TrustedLog
    public let checkpoint: VerifiedCheckpoint
    /// Who may sign what in that log, as far as the bundle says.
    public let keyring: Keyring
    /// Entries by kind.
    public let counts: BundleCounts

    public var origin: String { received.origin }

    /// Verifies a bundle. Blocks: some 20,000 signatures a second.
    ///
    /// - Parameter moment: now, for the end of the trust.
    /// - Throws: `ExchangeFailure.line` naming the first line that does not hold, `.notTrusted`, `.trustExpired`.
    public init(
        verifying received: ReceivedBundle, with trust: TrustedLog, at moment: Timestamp,
        progress: (_ entries: UInt64, _ of: UInt64) -> Void = { _, _ in }
    ) throws(ExchangeFailure) {
        guard received.origin.utf8.elementsEqual(trust.origin.utf8) else {
            throw .notTrusted(origin: received.origin)
        }
        if let end = trust.expiresAt, !trust.isInForce(at: moment) {
            throw .trustExpired(origin: trust.origin, at: end)
        }
        do throws(CheckpointError) {
            checkpoint = try trust.verifier.verify(received.note)
        } catch {
            throw .line(received.headerLine, reason: "the checkpoint is not accepted: \(error)")
        }
        var verification = BundleVerification(received: received, trust: trust, root: checkpoint.checkpoint.root)
        try verification.run(progress)
        self.received = received
        self.trust = trust
        keyring = verification.keyring
        counts = verification.counts
    }
}

/// How many entries of each kind a bundle has.
public struct BundleCounts: Hashable, Sendable {
    public var clean: UInt64 = 0
    public var suspicious: UInt64 = 0
    public var malicious: UInt64 = 0
    public var dispositions: UInt64 = 0
    public var keyEvents: UInt64 = 0
    /// Revocations, receipts and successions.
    public var others: UInt64 = 0

    public init() {}

    public var verdicts: UInt64 { clean + suspicious + malicious }

    public mutating func count(_ statement: Statement) {
        switch statement {
        case .verdict(let verdict):
            switch verdict.verdict {
            case .clean: clean += 1
            case .suspicious: suspicious += 1
            case .malicious: malicious += 1
            }
        case .disposition: dispositions += 1
        case .keyEvent: keyEvents += 1
        case .revocation, .importReceipt, .logSuccession: others += 1
        }
    }
}

/// One more walk through the file, now with keys: signatures on the way down, inclusion on the proofs' lines.
private struct BundleVerification {
    let received: ReceivedBundle
    let trust: TrustedLog
    let root: SHA256Digest
    private(set) var keyring = Keyring()
    private(set) var counts = BundleCounts()

    init(received: ReceivedBundle, trust: TrustedLog, root: SHA256Digest) {
        self.received = received
        self.trust = trust
        self.root = root
    }

    mutating func run(_ progress: (UInt64, UInt64) -> Void) throws(ExchangeFailure) {
        let count = received.entries.count
        guard received.entries[0].logIndex == 0 else {
            throw .line(
                received.line(ofProof: 0), reason: "the first entry of a bundle is the first of its log, a root key")
        }
        var lines = try BundleLines(received.bytes, limits: received.limits)
        while let line = try lines.next() {
            let position = line.number - 1
            if position < count {
                try checkEntry(position, line)
                if position % 256 == 255 { progress(UInt64(position + 1), UInt64(count)) }
            } else if position > count, position - count - 1 < count {
                try checkProof(position - count - 1, line)
            }
        }
        // What was verified must be what was received: the file may have been changed in between.
        guard lines.finish() == received.digest else { throw received.changed(received.headerLine) }
        progress(UInt64(count), UInt64(count))
    }

    private mutating func checkEntry(_ position: Int, _ line: BundleLine) throws(ExchangeFailure) {
        let entry = received.entries[position]
        guard MerkleTree.leafHash(line.bytes) == entry.leafHash else { throw received.changed(line.number) }
        let verified: VerifiedEnvelope
        do throws(StatementError) {
            verified = try keyring.read(line.bytes, at: entry.logIndex)
        } catch {
            throw .line(line.number, reason: "\(error)")
        }
        guard received.selection.covers(verified.statement, at: entry.logIndex) else {
            throw .line(line.number, reason: "the entry is not part of the bundle's selection")
        }
        try checkSpeaker(verified, line)
        counts.count(verified.statement)
    }

    /// Who makes claims about artifacts must be trusted; who only says what the log itself did, need not.
    private func checkSpeaker(_ verified: VerifiedEnvelope, _ line: BundleLine) throws(ExchangeFailure) {
        switch verified.statement {
        case .verdict, .disposition: break
        case .keyEvent, .revocation, .importReceipt, .logSuccession: return
        }
        guard trust.accepts(verified.signer, vouchedForBy: keyring.vouchers(of: verified.signer)) else {
            throw .line(
                line.number,
                reason: "key \(verified.signer.hex) is neither a trusted signer nor introduced by a trusted root")
        }
    }

    private func checkProof(_ position: Int, _ line: BundleLine) throws(ExchangeFailure) {
        let entry = received.entries[position]
        let reason: String
        do {
            let proof = try BundleProof(parsing: line.bytes)
            let inclusion = InclusionProof(
                index: LogIndex(entry.logIndex), size: received.checkpoint.size, hashes: proof.hashes)
            try inclusion.verify(leafHash: entry.leafHash, root: root)
            return
        } catch let error as BundleTextError {
            reason = error.reason
        } catch {
            reason = "the entry on line \(received.line(ofEntry: position)) is not shown to be in the log: \(error)"
        }
        throw .line(line.number, reason: reason)
    }
}
