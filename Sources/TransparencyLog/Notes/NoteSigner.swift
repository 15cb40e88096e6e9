public import Cryptography

/// A named private key that signs notes, as a log does.
///
/// Spec: C2SP signed-note, "Ed25519 signatures".
public struct NoteSigner: Sendable {
    /// What checks this signer's signatures; its `vkey` is what peers are given.
    public let verifier: NoteVerifier
    private let key: Ed25519SigningKey

    /// Names a private key.
    ///
    /// - Throws: `NoteError.malformedName`.
    public init(name: String, key: Ed25519SigningKey) throws(NoteError) {
        verifier = try NoteVerifier(name: name, type: .ed25519, publicKey: key.publicKey)
        self.key = key
    }

    /// Signs a note's text.
    public func sign(_ text: String) -> NoteSignature {
        NoteSignature(name: verifier.name, keyHash: verifier.keyHash, bytes: key.sign(Array(text.utf8)))
    }
}

/// A named private key that cosigns checkpoints, as a witness does.
///
/// Whoever calls this has verified that the checkpoint extends the largest one that it saw of the same log, and has
/// stored it durably: the cosignature says so.
///
/// Spec: C2SP tlog-cosignature, "Ed25519 signed message".
public struct Cosigner: Sendable {
    /// What checks this witness's cosignatures; its `vkey` is what logs and clients are given.
    public let verifier: NoteVerifier
    private let key: Ed25519SigningKey

    /// Names a private key.
    ///
    /// - Throws: `NoteError.malformedName`.
    public init(name: String, key: Ed25519SigningKey) throws(NoteError) {
        verifier = try NoteVerifier(name: name, type: .cosignatureV1, publicKey: key.publicKey)
        self.key = key
    }

    /// Cosigns a checkpoint at a time in POSIX seconds, which is not negative.
    public func cosign(_ checkpoint: Checkpoint, atSecondsSinceEpoch seconds: Int64) -> NoteSignature {
        precondition(seconds >= 0, "a cosignature's time is not negative")
        let unsigned = Cosignature(secondsSinceEpoch: seconds, signature: [])
        let signed = Cosignature(
            secondsSinceEpoch: seconds, signature: key.sign(unsigned.message(for: checkpoint.text)))
        return NoteSignature(name: verifier.name, keyHash: verifier.keyHash, bytes: signed.bytes)
    }
}

/// A time and a signature over it and a checkpoint: the payload of a signature line of type 0x04.
struct Cosignature: Hashable {
    let secondsSinceEpoch: Int64
    let signature: [UInt8]

    init(secondsSinceEpoch: Int64, signature: [UInt8]) {
        self.secondsSinceEpoch = secondsSinceEpoch
        self.signature = signature
    }

    /// Reads eight big-endian bytes of time and 64 of signature; nil for other lengths and times after 2^63 − 1.
    init?(parsing bytes: [UInt8]) {
        guard bytes.count == 72 else { return nil }
        let time = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let seconds = Int64(exactly: time) else { return nil }
        secondsSinceEpoch = seconds
        signature = Array(bytes.dropFirst(8))
    }

    var bytes: [UInt8] {
        let time = UInt64(secondsSinceEpoch)
        return (0..<8).map { UInt8(truncatingIfNeeded: time >> UInt64(56 - 8 * $0)) } + signature
    }

    func message(for checkpointText: String) -> [UInt8] {
        Array("cosignature/v1\ntime \(secondsSinceEpoch)\n\(checkpointText)".utf8)
    }
}
