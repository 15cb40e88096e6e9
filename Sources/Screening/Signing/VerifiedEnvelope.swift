public import Cryptography
import Registry

/// An envelope whose form, signatures and authority have been checked. There is no other way to make one.
///
/// Spec: verdict-log, sections 1 and 3.
public struct VerifiedEnvelope: Sendable, Equatable {
    public let envelope: Envelope
    public let statement: Statement
    public let statementID: StatementID
    /// The key that speaks; the first of them when several root keys signed.
    public let signer: KeyID
    /// Every key that signed, ascending.
    public var signers: [KeyID] { envelope.signatures.map(\.keyID) }

    /// Checks an envelope that is to be appended, or that stands at `index` of a log that is being read.
    ///
    /// The first entry of a log adds a root key that signs itself; whoever reads the log decides whether that key is the
    /// one they trust.
    ///
    /// - Parameters:
    ///   - keyring: the key events before `index`.
    ///   - index: the entry's log index; nil for an entry after all that the keyring knows.
    /// - Throws: `StatementError` for a payload that is not canonical, a bad signature, or a key that is unknown, void or
    ///   not allowed to say this.
    public static func verify(
        _ envelope: Envelope, with keyring: Keyring, at index: UInt64? = nil
    ) throws(StatementError) -> VerifiedEnvelope {
        try verify(try ExaminedEnvelope(envelope), with: keyring, at: index)
    }

    /// The same for an envelope that was examined ahead; what was found then is not computed again.
    ///
    /// - Throws: as for the envelope itself, the same error for the same envelope, keys and index.
    public static func verify(
        _ examined: ExaminedEnvelope, with keyring: Keyring, at index: UInt64? = nil
    ) throws(StatementError) -> VerifiedEnvelope {
        let signatures = examined.envelope.signatures
        if keyring.isEmpty {
            try verifyFirst(examined)
        } else {
            for position in signatures.indices { try verify(position, of: examined, keyring: keyring, index: index) }
            try checkCount(signatures, of: examined.statement, keyring: keyring, index: index)
        }
        return VerifiedEnvelope(
            envelope: examined.envelope, statement: examined.statement, statementID: examined.statementID,
            signer: signatures[0].keyID)
    }

    private init(envelope: Envelope, statement: Statement, statementID: StatementID, signer: KeyID) {
        self.envelope = envelope
        self.statement = statement
        self.statementID = statementID
        self.signer = signer
    }

    private static func verifyFirst(_ examined: ExaminedEnvelope) throws(StatementError) {
        let signature = examined.envelope.signatures[0]
        guard examined.envelope.signatures.count == 1, case .keyEvent(let event) = examined.statement,
            event.event == .add, event.role == .root, event.publicKey.keyID == signature.keyID
        else { throw .keyNotAllowed(signature.keyID, reason: "a log begins with a root key that signs itself") }
        guard examined.isValid(0, by: event.publicKey) else { throw .badSignature(signature.keyID) }
    }

    private static func verify(
        _ position: Int, of examined: ExaminedEnvelope, keyring: Keyring, index: UInt64?
    ) throws(StatementError) {
        let id = examined.envelope.signatures[position].keyID
        guard let entry = keyring.key(id) else { throw .unknownKey(id) }
        let isValid = index.map { keyring.isValid(id, at: $0) } ?? keyring.isValidNow(id)
        guard isValid else { throw .keyNotValid(id, invalidFromIndex: entry.invalidFrom ?? entry.addedAt) }
        try checkAuthority(of: entry, over: examined.statement)
        guard examined.isValid(position, by: entry.publicKey) else { throw .badSignature(id) }
    }

    private static func checkAuthority(of entry: KeyringEntry, over statement: Statement) throws(StatementError) {
        let id = entry.publicKey.keyID
        guard entry.scope.predicateTypes.contains(statement.predicateType) else {
            throw .keyNotAllowed(
                id,
                reason: "its role is \(entry.role.rawValue), and its scope lacks \(statement.predicateType.rawValue)")
        }
        switch statement {
        case .verdict(let verdict):
            if let analyzers = entry.scope.analyzers, !analyzers.contains(verdict.analyzer.id) {
                throw .keyNotAllowed(id, reason: "its scope lacks the analyzer \(verdict.analyzer.id)")
            }
        case .disposition(let disposition):
            guard entry.holder.map({ $0.utf8.elementsEqual(disposition.actor.utf8) }) ?? false else {
                throw .keyNotAllowed(
                    id, reason: "it belongs to \(entry.holder ?? "nobody"), not to \(disposition.actor)")
            }
            guard let registries = entry.scope.registries else { return }
            let named = disposition.scope.registries
            guard !named.isEmpty, named.allSatisfy(registries.contains) else {
                throw .keyNotAllowed(
                    id, reason: "it may rule only on \(registries.map(\.text).joined(separator: ", "))")
            }
        case .revocation(let revocation):
            // What is more than one statement is for those who keep the root keys to decide.
            guard entry.role == .root || revocation.target.isStatement else {
                throw .keyNotAllowed(
                    id, reason: "a \(entry.role.rawValue) key revokes single statements only; use the root keys")
            }
        case .keyEvent, .importReceipt, .logSuccession: break
        }
    }

    private static func checkCount(
        _ signatures: [EnvelopeSignature], of statement: Statement, keyring: Keyring, index: UInt64?
    ) throws(StatementError) {
        let isByRoots = signatures.allSatisfy { keyring.key($0.keyID)?.role == .root }
        guard isByRoots else {
            guard signatures.count == 1 else {
                throw .keyNotAllowed(
                    signatures[1].keyID, reason: "several keys sign together only when all of them are root keys")
            }
            return
        }
        let required = keyring.requiredRootSignatures(at: index ?? .max)
        guard signatures.count >= required else {
            throw .keyNotAllowed(
                signatures[0].keyID,
                reason: "\(statement.predicateType.rawValue) by root keys needs \(required) of them, "
                    + "found \(signatures.count)")
        }
    }
}

extension RevocationTarget {
    fileprivate var isStatement: Bool {
        switch self {
        case .statement: true
        case .ruleset, .analyzer, .key: false
        }
    }
}

extension Keyring {
    /// Reads the next entry of a log that is gone through from its first entry on: verifies it with the keys of the
    /// entries before it, and takes over what it says about keys.
    ///
    /// - Throws: as `VerifiedEnvelope.verify`, and `StatementError` for a leaf that is none or a key event that cannot be.
    public mutating func read(_ leaf: [UInt8], at index: UInt64) throws(StatementError) -> VerifiedEnvelope {
        let verified = try VerifiedEnvelope.verify(try Envelope(parsingLeaf: leaf), with: self, at: index)
        if case .keyEvent(let event) = verified.statement {
            try apply(event, at: index, signedBy: verified.signers)
        }
        return verified
    }
}
