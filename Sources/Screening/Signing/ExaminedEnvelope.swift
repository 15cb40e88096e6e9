public import Cryptography

/// An envelope that was read and whose signatures were checked: the work of `VerifiedEnvelope` that is the same at every
/// place of a log, and can therefore be done ahead, on any thread, in any order.
///
/// It says nothing about who may sign what; only `VerifiedEnvelope.verify` does, which needs the keys as of its place.
public struct ExaminedEnvelope: Sendable {
    public let envelope: Envelope
    public let statement: Statement
    public let statementID: StatementID
    /// For each signature whether it is valid; nil where the key was not known.
    private let outcomes: [Bool?]

    /// Reads the statement and checks the signatures by keys that `key` knows.
    ///
    /// A key identifier is the digest of its key, so it does not matter when and where the key was learnt.
    ///
    /// - Parameter key: the public key of that identifier, nil when it is not known yet; it is checked later then.
    /// - Throws: `StatementError` for a payload that is not canonical.
    public init(
        _ envelope: Envelope, key: (KeyID) -> Ed25519PublicKey? = { _ in nil }
    ) throws(StatementError) {
        statement = try Statement(parsingCanonical: envelope.payload)
        let message = Envelope.preAuthenticationEncoding(of: envelope.payload)
        statementID = StatementID(digest: SHA256Digest(hashing: message))
        outcomes = envelope.signatures.map { signature in
            guard let key = key(signature.keyID) else { return nil }
            precondition(key.keyID == signature.keyID, "a key was given for the identifier of another")
            return key.isValid(signature: signature.signature, for: message)
        }
        self.envelope = envelope
    }

    /// Whether the signature at `position` is by `key`, whose identifier it names.
    func isValid(_ position: Int, by key: Ed25519PublicKey) -> Bool {
        precondition(key.keyID == envelope.signatures[position].keyID, "a signature is asked about another key")
        if let outcome = outcomes[position] { return outcome }
        return key.isValid(
            signature: envelope.signatures[position].signature,
            for: Envelope.preAuthenticationEncoding(of: envelope.payload))
    }
}
