import Cryptography
import Platform
import Screening
import TransparencyLog
import VerdictStore

/// What a peer says of its own log: name, keys, roots. Good for nothing before a person has compared it with the peer's
/// operators over another way.
struct PeerOffer: Sendable {
    let origin: String
    /// The log keys that signed the checkpoint.
    let keys: [NoteVerifier]
    /// The root keys that stand now, by their ids.
    let roots: [KeyID]
    let size: UInt64
    /// Where it was read from, when that is the address of a read path.
    let url: String?

    private static let maxBundleBytes = 256 << 20
    /// Log keys change rarely; a log whose keys are not in this many bundles of entries says so.
    private static let maxTiles = 64

    /// Reads what stands at an address, or in a bundle file.
    static func read(_ source: String, environment: ProcessEnvironment) async throws(CommandFailure) -> PeerOffer {
        if source.hasPrefix("https://") || source.hasPrefix("http://") {
            return try await read(FetchedLog(url: source, environment: environment))
        }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try Files.readAll(source, maxBytes: maxBundleBytes) } catch {
            throw CommandFailure(.failure, "\(error)")
        }
        let bundle: ReceivedBundle
        do throws(ExchangeFailure) { bundle = try ReceivedBundle(parsing: bytes) } catch {
            throw CommandFailure(.verificationFailed, "\(source): \(error)")
        }
        var offer = OfferReading()
        for line in bytes.split(separator: 0x0A).prefix(Int(clamping: bundle.statements)) { try offer.add(Array(line)) }
        return try offer.finish(bundle.note, url: nil)
    }

    /// Reads the beginning of a log, as far as it takes to explain the checkpoint.
    private static func read(_ log: FetchedLog) async throws(CommandFailure) -> PeerOffer {
        let note = try await log.checkpoint()
        let checkpoint: Checkpoint
        do throws(CheckpointError) { checkpoint = try Checkpoint(parsing: note.text) } catch {
            throw CommandFailure(.verificationFailed, "\(log.url)/checkpoint is no checkpoint: \(error)")
        }
        var reading = OfferReading()
        var last = CommandFailure(.verificationFailed, "\(log.url): the log is empty")
        for path in TilePath.entryBundles(from: .zero, to: checkpoint.size).prefix(maxTiles) {
            for entry in try await log.entries(path) { try reading.add(entry) }
            // Keys that were added later are in later bundles.
            do throws(CommandFailure) { return try reading.finish(note, url: log.url) } catch { last = error }
        }
        throw last
    }
}

/// Collects key events until they explain a checkpoint.
private struct OfferReading {
    private var keyring = Keyring()
    private var index: UInt64 = 0

    mutating func add(_ leaf: [UInt8]) throws(CommandFailure) {
        defer { index += 1 }
        do throws(StatementError) {
            let envelope = try Envelope(parsingLeaf: leaf)
            guard case .keyEvent(let event) = try Statement(parsingCanonical: envelope.payload) else { return }
            _ = try VerifiedEnvelope.verify(envelope, with: keyring, at: index)
            try keyring.apply(event, at: index, signedBy: envelope.signatures.map(\.keyID))
        } catch {
            throw CommandFailure(.verificationFailed, "entry \(index) does not hold: \(error)")
        }
    }

    func finish(_ note: SignedNote, url: String?) throws(CommandFailure) -> PeerOffer {
        do {
            let checkpoint = try Checkpoint(parsing: note.text)
            let keys = keyring.logVerifiers(origin: checkpoint.origin).filter { key in
                keyring.isValidNow(key.publicKey.keyID)
            }
            guard !keys.isEmpty else {
                throw CommandFailure(.verificationFailed, "no key event introduces a log key of \(checkpoint.origin)")
            }
            let signed = try note.verify(by: keys).map(\.verifier)
            let roots = keyring.keys.filter { $0.role == .root && keyring.isValidNow($0.publicKey.keyID) }
            return PeerOffer(
                origin: checkpoint.origin, keys: signed, roots: roots.map(\.publicKey.keyID).sorted(),
                size: checkpoint.size.value, url: url)
        } catch let error as CommandFailure { throw error } catch {
            throw CommandFailure(.verificationFailed, "the checkpoint does not hold: \(error)")
        }
    }
}
